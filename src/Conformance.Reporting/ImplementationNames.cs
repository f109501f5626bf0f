using Conformance.Core.Runs;

namespace Conformance.Reporting;

/// <summary>Names of implementations for people: the modes of one entry point stand together.</summary>
internal sealed class ImplementationNames(Run run)
{
    private readonly Dictionary<string, string?> _modes = run.Implementations.ToDictionary(implementation => implementation.Id, implementation => implementation.Mode);

    private readonly Dictionary<string, string?> _recorded = run.Implementations.ToDictionary(implementation => implementation.Id, implementation => implementation.Recorded);

    /// <summary>A name with what marks outputs that were not evaluated in the run.</summary>
    public static string Mark(string name, string? recorded) => recorded is null ? name : $"{name} (recorded {recorded})";

    public string Join(IEnumerable<string> ids) => string.Join(
        "; ",
        from id in ids
        let mode = _modes.GetValueOrDefault(id)
        let recorded = _recorded.GetValueOrDefault(id)
        group mode by (Entry: mode is null ? id : id[..^(mode.Length + 1)], Recorded: recorded) into modes
        select Mark(modes.Key.Entry + (modes.First() is null ? string.Empty : $" ({string.Join(", ", modes)})"), modes.Key.Recorded));
}
