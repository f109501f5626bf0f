using Conformance.Core;

namespace Conformance.Cli;

/// <summary>Where the golden data is: in the checkout that the current folder belongs to, or else what came with the tool.</summary>
internal static class GoldenFolder
{
    private const string Name = "golden";
    private const string WaiverFileName = "waivers.json";

    // Any of them: a folder that lost one must be found, so that what is missing is said.
    private static readonly string[] Signs = [WaiverFileName, "manifest.json", "vectors"];

    public static string WaiverFile => Path.Combine(Find(), WaiverFileName);

    public static string VectorFolder => Path.Combine(Find(), "vectors");

    public static string[] VectorFiles() => Directory.Exists(VectorFolder)
        ? [.. Directory.EnumerateFiles(VectorFolder, "*.json").Select(path => Path.GetRelativePath(Environment.CurrentDirectory, path)).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>The golden folder of the checkout, for what writes there: what came with the tool is nobody's to change.</summary>
    public static string FindOwn() => FindInCheckout() ?? throw new InvalidInputException(
        $"There is no golden folder here or above '{Environment.CurrentDirectory}'; go to the checkout whose golden data you mean, or make a folder '{Name}' with a '{WaiverFileName}'.");

    public static string Find() => FindInCheckout() ?? Path.Combine(AppContext.BaseDirectory, Name);

    private static string? FindInCheckout()
    {
        for (DirectoryInfo? folder = new(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, Name);
            if (Signs.Any(sign => Path.Exists(Path.Combine(candidate, sign))))
            {
                return candidate;
            }
        }

        return null;
    }
}
