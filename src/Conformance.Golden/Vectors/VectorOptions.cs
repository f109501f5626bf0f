using Conformance.Core.Losses;

namespace Conformance.Golden.Vectors;

/// <summary>The options of the loss in one test.</summary>
public sealed record VectorOptions
{
    /// <summary>The reduction's name.</summary>
    public required string Reduction { get; init; }

    /// <summary>The factor of the positive part, used as it rounds to the test's dtype; null for none.</summary>
    public double? PosWeight { get; init; }

    /// <summary>a in z·(1−a) + a/2, which takes the place of the label z; null for none.</summary>
    public double? LabelSmoothing { get; init; }

    /// <summary>The options as the loss takes them.</summary>
    /// <returns>Positive weight and smoothing.</returns>
    /// <exception cref="Core.InvalidInputException">The weight is not finite, or the smoothing is not in [0, 1].</exception>
    public LossOptions ToLossOptions() => new() { PosWeight = PosWeight ?? 1, LabelSmoothing = LabelSmoothing ?? 0 };
}
