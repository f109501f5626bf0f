namespace Conformance.Core.Waivers;

/// <summary>On which inputs a deviation is known; every stated part must hold.</summary>
public sealed record WaiverCondition
{
    /// <summary>A condition on the element's logit.</summary>
    public ValueCondition? Logit { get; init; }

    /// <summary>A condition on the element's label.</summary>
    public ValueCondition? Label { get; init; }

    /// <summary>Whether the case must have no elements at all.</summary>
    public bool EmptyBatch { get; init; }

    /// <summary>Whether it looks at elements.</summary>
    public bool IsElementwise => Logit is not null || Label is not null;

    /// <summary>Whether an element meets the condition.</summary>
    /// <param name="logit">Its logit.</param>
    /// <param name="label">Its label.</param>
    /// <returns>True where it does.</returns>
    public bool Holds(double logit, double label) => Logit?.Holds(logit) is not false && Label?.Holds(label) is not false;
}
