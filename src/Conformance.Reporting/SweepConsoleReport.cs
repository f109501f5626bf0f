using Conformance.Core.Sweeps;

namespace Conformance.Reporting;

/// <summary>A sweep for a person at a terminal.</summary>
public static class SweepConsoleReport
{
    /// <summary>Writes a result.</summary>
    /// <param name="result">The result.</param>
    /// <param name="output">Receives text.</param>
    public static void Write(SweepResult result, TextWriter output) => SweepJsonReport.Write(result, output);
}
