namespace Conformance.Golden.Tests;

/// <summary>The golden folder of the checkout to which the tests belong.</summary>
internal static class GoldenData
{
    public static IEnumerable<string> VectorFiles =>
        Directory.EnumerateFiles(Path.Combine(TestKit.RepositoryRoot.Path, "golden", "vectors"), "*.json").Order(StringComparer.Ordinal);
}
