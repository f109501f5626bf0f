using System.Collections.Immutable;

namespace Conformance.Golden.Acceptance;

/// <summary>What changes in one golden file.</summary>
public sealed record FileAcceptance
{
    /// <summary>Its path below the golden folder.</summary>
    public required string Path { get; init; }

    /// <summary>Whether it was not there.</summary>
    public required bool IsNew { get; init; }

    /// <summary>Its tests from now on; with none, the file goes.</summary>
    public required int Tests { get; init; }

    /// <summary>Tests that it gets.</summary>
    public required ImmutableArray<string> Added { get; init; }

    /// <summary>Tests that go.</summary>
    public required ImmutableArray<string> Removed { get; init; }

    /// <summary>Tests that had no expected values, or no expected gradient, and get them.</summary>
    public required ImmutableArray<string> ExpectedAdded { get; init; }

    /// <summary>Tests whose expected values change.</summary>
    public required ImmutableArray<string> ExpectedChanged { get; init; }

    /// <summary>Tests whose flags change.</summary>
    public required ImmutableArray<string> FlagsChanged { get; init; }

    /// <summary>The implementations for which something else is recorded.</summary>
    public required ImmutableArray<ImplementationAcceptance> Implementations { get; init; }

    /// <summary>All that in one line, as the file's history has it.</summary>
    public required string Changes { get; init; }
}
