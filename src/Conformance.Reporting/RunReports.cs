namespace Conformance.Reporting;

/// <summary>The formats.</summary>
public static class RunReports
{
    /// <summary>Every format; the first is the default.</summary>
    public static readonly IReadOnlyList<IRunReport> All = [new ConsoleReport(), new JsonReport()];
}
