using System.IO.Compression;

namespace Conformance.Cli.Tests.Packaging;

/// <summary>
/// The packages as <c>dotnet pack</c> makes them, in a folder of their own and of a version that no cache knows; and the tool installed from there.
/// </summary>
public sealed class PackedPackages : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("conformance-packages-");

    /// <summary>The version of all of them.</summary>
    public string Version => $"0.1.0-{Suffix}";

    /// <summary>The folder of the packages.</summary>
    public string Packages => Path.Combine(_folder.FullName, "packages");

    /// <summary>The tool's command.</summary>
    public string Tool => Path.Combine(_folder.FullName, "tool", OperatingSystem.IsWindows() ? "conformance.exe" : "conformance");

    private string Suffix => $"test.{_folder.Name.ToLowerInvariant().Replace("conformance-packages-", "t", StringComparison.Ordinal).Replace("_", "u", StringComparison.Ordinal)}";

    /// <summary>What private package folder to restore to: what is there already is taken from the user's.</summary>
    public IReadOnlyDictionary<string, string> RestoreEnvironment => new Dictionary<string, string>
    {
        ["NUGET_PACKAGES"] = Path.Combine(_folder.FullName, "restored"),
        ["RestoreFallbackFolders"] = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } packages
            ? packages
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages"),
    };

    /// <summary>A folder for one test.</summary>
    public string CreateFolder(string name) => _folder.CreateSubdirectory(name).FullName;

    /// <summary>The files of a package, without what every package has for the format's sake.</summary>
    public string[] FilesOf(string id)
    {
        using ZipArchive archive = ZipFile.OpenRead(PathOf(id));
        return
        [
            .. archive.Entries.Select(entry => entry.FullName)
                .Where(name => name != "[Content_Types].xml" && !name.StartsWith("_rels/", StringComparison.Ordinal) && !name.StartsWith("package/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>One file of a package.</summary>
    public string Read(string id, string file)
    {
        using ZipArchive archive = ZipFile.OpenRead(PathOf(id));
        using StreamReader reader = new(archive.GetEntry(file)!.Open());
        return reader.ReadToEnd();
    }

    /// <summary>A package's file.</summary>
    public string PathOf(string id) => Path.Combine(Packages, $"{id}.{Version}.nupkg");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        string root = TestKit.RepositoryRoot.Path;
        await MustRunAsync(root, "pack", "-c", "Release", "-o", Packages, "--version-suffix", Suffix, "-m:2", $"-p:ArtifactsPath={Path.Combine(_folder.FullName, "artifacts")}", "-p:RunAnalyzers=false");
        string config = Path.Combine(_folder.FullName, "local.config");
        await File.WriteAllTextAsync(config, $"""<configuration><packageSources><clear /><add key="packed" value="{Packages}" /></packageSources></configuration>""");
        await MustRunAsync(
            _folder.FullName, "tool", "install", "Conformance.Tool", "--version", Version, "--tool-path", Path.GetDirectoryName(Tool)!, "--configfile", config);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private static async Task MustRunAsync(string folder, params string[] arguments)
    {
        (int exitCode, string output) = await ToolProcess.RunAsync("dotnet", folder, new Dictionary<string, string>(), TestContext.Current.CancellationToken, arguments);
        Assert.True(exitCode == 0, $"dotnet {string.Join(' ', arguments)} ended with {exitCode}:\n{output}");
    }
}
