namespace Conformance.Cli;

/// <summary>Where the golden data is: in the checkout that the current folder belongs to, or else what came with the tool.</summary>
internal static class GoldenFolder
{
    private const string Name = "golden";
    private const string WaiverFileName = "waivers.json";

    public static string WaiverFile => Path.Combine(Find(), WaiverFileName);

    public static string VectorFolder => Path.Combine(Find(), "vectors");

    public static string[] VectorFiles() => Directory.Exists(VectorFolder)
        ? [.. Directory.EnumerateFiles(VectorFolder, "*.json").Select(path => Path.GetRelativePath(Environment.CurrentDirectory, path)).Order(StringComparer.Ordinal)]
        : [];

    public static string Find()
    {
        for (DirectoryInfo? folder = new(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, Name);
            if (File.Exists(Path.Combine(candidate, WaiverFileName)))
            {
                return candidate;
            }
        }

        return Path.Combine(AppContext.BaseDirectory, Name);
    }
}
