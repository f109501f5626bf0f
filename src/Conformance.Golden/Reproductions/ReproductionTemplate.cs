using System.Text.RegularExpressions;

namespace Conformance.Golden.Reproductions;

/// <summary>A program to write out, of which regions between marks such as <c># &lt;data&gt;</c> and <c># &lt;/data&gt;</c> are filled.</summary>
internal static partial class ReproductionTemplate
{
    private const string Prefix = "Conformance.Golden.Reproductions.";

    /// <summary>The text of a template.</summary>
    public static string Read(string name)
    {
        using Stream stream = typeof(ReproductionTemplate).Assembly.GetManifestResourceStream(Prefix + name)
            ?? throw new InvalidOperationException($"There is no template '{name}'.");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    /// <summary>A template with other lines in a region, without its marks.</summary>
    public static string Fill(string template, string region, IEnumerable<string> lines)
    {
        Match match = Region().Matches(template).FirstOrDefault(match => match.Groups["name"].Value == region)
            ?? throw new InvalidOperationException($"The template has no region '{region}'.");
        string indent = match.Groups["indent"].Value;
        string filled = string.Concat(lines.Select(line => line.Length == 0 ? "\n" : $"{indent}{line}\n"));
        return string.Concat(template.AsSpan(0, match.Index), filled, template.AsSpan(match.Index + match.Length));
    }

    [GeneratedRegex(@"^(?<indent>[ ]*)(#|//) <(?<name>\w+)>\n(.*\n)*?[ ]*(#|//) </\k<name>>\n", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Region();
}
