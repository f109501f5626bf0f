namespace Conformance.Golden.Tests;

/// <summary>The golden folder of the checkout to which the tests belong.</summary>
internal static class GoldenData
{
    public static IEnumerable<string> VectorFiles =>
        Directory.EnumerateFiles(Path.Combine(FindCheckout(), "golden", "vectors"), "*.json").Order(StringComparer.Ordinal);

    private static string FindCheckout()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Conformance.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests do not lie in a checkout.");
    }
}
