using Conformance.Core.Judging;

namespace Conformance.Golden.Verification;

/// <summary>One difference between what is recorded and what is live: on one test, of one output of one implementation.</summary>
public sealed record Movement
{
    /// <summary>How they differ.</summary>
    public required MovementKind Kind { get; init; }

    /// <summary>Whether it is a failure, or only worth knowing.</summary>
    public required bool IsFailure { get; init; }

    /// <summary>The test; null where all tests of an implementation are meant.</summary>
    public string? TestId { get; init; }

    /// <summary>The implementation; null where inputs or expected outputs moved.</summary>
    public string? Implementation { get; init; }

    /// <summary>The name of the tensor: <c>loss</c>, <c>gradient</c>, <c>logits</c> or <c>labels</c>; null where none is meant.</summary>
    public string? Output { get; init; }

    /// <summary>How many elements, or tests where no tensor is meant.</summary>
    public int Count { get; init; } = 1;

    /// <summary>The worst element's position in memory; null for a scalar or where no element is meant.</summary>
    public int? Index { get; init; }

    /// <summary>The worst element's recorded logit.</summary>
    public Element? Logit { get; init; }

    /// <summary>The worst element's recorded label.</summary>
    public Element? Label { get; init; }

    /// <summary>What the file has there.</summary>
    public Element? Recorded { get; init; }

    /// <summary>What is live or derived there.</summary>
    public Element? Live { get; init; }

    /// <summary>The representable values between the two; null where either is NaN or no element is meant.</summary>
    public ulong? Ulps { get; init; }

    /// <summary>What differs, in words, where no element is meant.</summary>
    public string? Message { get; init; }
}
