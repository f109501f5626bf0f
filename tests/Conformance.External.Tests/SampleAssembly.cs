namespace Conformance.External.Tests;

/// <summary>Somebody's assembly as it was built, with its dependency beside it.</summary>
internal static class SampleAssembly
{
    private const string Name = "Conformance.External.Samples";

    // artifacts/bin/PROJECT/CONFIGURATION: the samples' configuration is that of these tests.
    public static string Path { get; } = System.IO.Path.GetFullPath(System.IO.Path.Combine(
        AppContext.BaseDirectory, "..", "..", Name, new DirectoryInfo(AppContext.BaseDirectory).Name, Name + ".dll"));
}
