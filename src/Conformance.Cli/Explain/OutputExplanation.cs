using System.Collections.Immutable;
using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;

namespace Conformance.Cli.Explain;

/// <summary>The loss or the gradient: its truth, and what the implementations return in its place.</summary>
internal sealed record OutputExplanation
{
    public required string Output { get; init; }

    /// <summary>The truth in decimal.</summary>
    public required string Truth { get; init; }

    /// <summary>The truth, correctly rounded.</summary>
    public required Element Rounded { get; init; }

    /// <summary>
    /// (truth − rounded)/ulp; where the truth is finite and rounds to an infinity, truth/ulp. Null where the truth is NaN or an infinity.
    /// </summary>
    public double? Residual { get; init; }

    /// <summary>The unit in the last place at the truth; null likewise.</summary>
    public double? Ulp { get; init; }

    /// <summary>In the order of the backends.</summary>
    public required ImmutableArray<StandingExplanation> Standings { get; init; }

    /// <summary>The pairs whose outputs are not equal; the earlier of two scales the tolerance.</summary>
    public required ImmutableArray<PairExplanation> Pairs { get; init; }

    public static OutputExplanation Of(TargetTruth target, bool isGradient, IReadOnlyList<CaseOutput> outputs, Tolerance tolerance, KnownDeviations known)
    {
        Truth truth = target.Of(isGradient);
        OutputTerms terms = target.TermsOf(isGradient, truth);
        int position = target.PositionOf(isGradient);
        List<(StandingExplanation Explanation, double Output)> usable = [];
        List<StandingExplanation> standings = [];
        foreach (CaseOutput output in outputs)
        {
            Tensor? tensor = isGradient ? output.UsableGradient : output.UsableLoss;
            if (tensor is null)
            {
                standings.Add(StandingExplanation.OfFailure(output, isGradient));
                continue;
            }

            Standing standing = Standing.Of(output.Implementation, isGradient, truth, tensor.ValueAt(position), terms);
            standings.Add(StandingExplanation.Of(standing, tensor.BitsAt(position), isGradient, known));
            usable.Add((standings[^1], standing.Output));
        }

        return new OutputExplanation
        {
            Output = isGradient ? Judge.GradientName : Judge.LossName,
            Truth = target.DigitsOf(isGradient),
            Rounded = Element.Of(truth.DType, double.IsNaN(truth.Value) ? truth.DType.QuietNaN : truth.DType.ToBits(truth.Value)),
            Residual = truth.IsReal ? truth.Residual : null,
            Ulp = truth.IsReal ? truth.Ulp : null,
            Standings = [.. standings],
            Pairs =
            [
                .. from other in Enumerable.Range(0, usable.Count)
                   from one in Enumerable.Range(other + 1, usable.Count - other - 1)
                   let pair = PairExplanation.Of(usable[one], usable[other], tolerance)
                   where pair is not null
                   select pair,
            ],
        };
    }
}
