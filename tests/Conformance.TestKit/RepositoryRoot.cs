namespace Conformance.TestKit;

/// <summary>The checkout that the running tests were built from.</summary>
public static class RepositoryRoot
{
    // Deterministic builds write source paths as if the checkout lay here.
    private const string DeterministicPrefix = "/_/";

    /// <summary>The folder that holds the solution.</summary>
    public static string Path { get; } = Find();

    /// <summary>The real path of a source file that the compiler named.</summary>
    /// <param name="sourceFile">What <c>[CallerFilePath]</c> gave.</param>
    /// <returns>The path on this machine.</returns>
    public static string Resolve(string sourceFile) => sourceFile.StartsWith(DeterministicPrefix, StringComparison.Ordinal)
        ? System.IO.Path.Combine(Path, sourceFile[DeterministicPrefix.Length..])
        : sourceFile;

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Conformance.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Conformance.sln above {AppContext.BaseDirectory}.");
    }
}
