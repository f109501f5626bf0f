namespace Conformance.Core.Judging;

/// <summary>One deviation: on one case, of one output, between two implementations or from what the case asks for.</summary>
public sealed record Finding
{
    /// <summary>The case.</summary>
    public required string CaseId { get; init; }

    /// <summary>The output's name: <c>loss</c> or <c>gradient</c>.</summary>
    public required string Output { get; init; }

    /// <summary>The implementation.</summary>
    public required string Implementation { get; init; }

    /// <summary>The other implementation; null where the output is not what the case asks for.</summary>
    public string? Other { get; init; }

    /// <summary>The check that failed.</summary>
    public required Check Check { get; init; }

    /// <summary>How many elements deviate.</summary>
    public long Count { get; init; } = 1;

    /// <summary>The worst element's position in memory; null for a scalar or where no element is meant.</summary>
    public int? Index { get; init; }

    /// <summary>The worst element's logit.</summary>
    public Element? Logit { get; init; }

    /// <summary>The worst element's label.</summary>
    public Element? Label { get; init; }

    /// <summary>What the implementation returned there.</summary>
    public Element? Actual { get; init; }

    /// <summary>What the other one returned there.</summary>
    public Element? OtherActual { get; init; }

    /// <summary>The representable values between the two; null where either is NaN or no element is meant.</summary>
    public ulong? Ulps { get; init; }

    /// <summary>What deviates, in words, where no element is meant.</summary>
    public string? Message { get; init; }

    /// <summary>The waiver that covers it; null where none does.</summary>
    public string? Waiver { get; init; }
}
