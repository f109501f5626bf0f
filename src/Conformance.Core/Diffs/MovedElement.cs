using Conformance.Core.Judging;

namespace Conformance.Core.Diffs;

/// <summary>One element that moved.</summary>
public sealed record MovedElement
{
    /// <summary>The test.</summary>
    public required string TestId { get; init; }

    /// <summary>The name of the output: <c>loss</c> or <c>gradient</c>.</summary>
    public required string Output { get; init; }

    /// <summary>Its position in memory; null for a scalar.</summary>
    public int? Index { get; init; }

    /// <summary>Its logit; null for a scalar.</summary>
    public Element? Logit { get; init; }

    /// <summary>Its label; null for a scalar.</summary>
    public Element? Label { get; init; }

    /// <summary>What was returned.</summary>
    public required Element Before { get; init; }

    /// <summary>What is returned.</summary>
    public required Element After { get; init; }

    /// <summary>The truth, correctly rounded.</summary>
    public required Element Truth { get; init; }

    /// <summary>The representable values between the two; null where one is NaN or an infinity.</summary>
    public ulong? Ulps { get; init; }

    /// <summary>How far from the unrounded truth it was, in ULP and with its sign.</summary>
    public required double BeforeError { get; init; }

    /// <summary>How far it is.</summary>
    public required double AfterError { get; init; }

    /// <summary>How far the contract of the later implementation allows; null where it has none for such a test.</summary>
    public double? BoundUlps { get; init; }

    /// <summary>Whether it moved away from the truth and is not within the contract.</summary>
    public bool IsBeyond { get; init; }
}
