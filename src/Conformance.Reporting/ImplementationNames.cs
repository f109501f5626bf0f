using Conformance.Core.Runs;

namespace Conformance.Reporting;

/// <summary>Names of implementations for people: the modes of one entry point stand together.</summary>
internal sealed class ImplementationNames(Run run)
{
    private readonly Dictionary<string, string?> _modes = run.Implementations.ToDictionary(implementation => implementation.Id, implementation => implementation.Mode);

    public string Join(IEnumerable<string> ids) => string.Join(
        "; ",
        from id in ids
        let mode = _modes.GetValueOrDefault(id)
        group mode by mode is null ? id : id[..^(mode.Length + 1)] into modes
        select modes.Key + (modes.First() is null ? string.Empty : $" ({string.Join(", ", modes)})"));
}
