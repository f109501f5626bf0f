using Conformance.Core;

namespace Conformance.Reporting;

/// <summary>The formats.</summary>
public static class RunReports
{
    /// <summary>Every format; the first is the default.</summary>
    public static readonly IReadOnlyList<IRunReport> All =
    [
        new ConsoleReport(), new JsonReport(), new JunitReport(), new MarkdownReport(), new GitHubReport(), new SarifReport(), new HtmlReport(),
    ];

    /// <summary>The format of a name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The format.</returns>
    /// <exception cref="InvalidInputException">There is none.</exception>
    public static IRunReport Find(string name) => All.FirstOrDefault(report => report.Name == name)
        ?? throw new InvalidInputException($"There is no format '{name}'; use {string.Join(", ", All.SkipLast(1).Select(report => report.Name))} or {All[^1].Name}.");
}
