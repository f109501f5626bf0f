using Conformance.Core.Runs;

namespace Conformance.Reporting;

/// <summary>A format in which a run is shown. Reads nothing but the run.</summary>
public interface IRunReport
{
    /// <summary>The name that <c>--format</c> takes.</summary>
    string Name { get; }

    /// <summary>Writes the run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="output">Receives text.</param>
    void Write(Run run, TextWriter output);
}
