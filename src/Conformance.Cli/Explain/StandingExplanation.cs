using Conformance.Core.Backends;
using Conformance.Core.Judging;
using Conformance.Core.Tensors;
using Conformance.Core.Waivers;

namespace Conformance.Cli.Explain;

/// <summary>How one implementation's output stands to the truth.</summary>
internal sealed record StandingExplanation
{
    public required string Implementation { get; init; }

    public required string Formula { get; init; }

    /// <summary>What it returned; null, as all below but the remark, where it returned nothing usable.</summary>
    public Element? Value { get; init; }

    /// <summary>(output − truth)/ulp.</summary>
    public double? Error { get; init; }

    /// <summary>What its contract allows, in the same unit.</summary>
    public double? Bound { get; init; }

    /// <summary>|error|/bound.</summary>
    public double? Ratio { get; init; }

    public bool? IsCorrectlyRounded { get; init; }

    public bool? IsWithin { get; init; }

    /// <summary>The waiver by which an output that is not within its contract is known; null where there is none.</summary>
    public string? Waiver { get; init; }

    /// <summary>What was lost and where, or why there is no value; null where nothing was lost.</summary>
    public string? Remark { get; init; }

    public static StandingExplanation OfFailure(CaseOutput output, bool isGradient)
    {
        OutputSignature? returned = isGradient ? output.Evaluation.Gradient : output.Evaluation.Loss;
        return new StandingExplanation
        {
            Implementation = output.Implementation.Id,
            Formula = output.Implementation.Formula,
            Remark = output.Evaluation.Outcome != Outcome.Completed ? $"{output.Evaluation.Outcome}: {output.Evaluation.Message}"
                : returned is null ? "it returned nothing"
                : $"it returned the shape [{returned.Shape}]",
        };
    }

    public static StandingExplanation Of(in Standing standing, ulong bits, bool isGradient, KnownDeviations known)
    {
        string output = isGradient ? Judge.GradientName : Judge.LossName;
        Waiver? waiver = standing.Failure is { } check ? known.Find(standing.Implementation, output, check) : null;
        return new StandingExplanation
        {
            Implementation = standing.Implementation.Id,
            Formula = standing.Implementation.Formula,
            Value = Element.Of(standing.Truth.DType, bits),
            Error = standing.Error,
            Bound = standing.Bound,
            Ratio = standing.Ratio,
            IsCorrectlyRounded = standing.IsCorrectlyRounded,
            IsWithin = standing.IsWithin,
            Waiver = waiver?.Id,
            Remark = RemarkOn(standing, bits, output, waiver),
        };
    }

    private static string? RemarkOn(in Standing standing, ulong bits, string output, Waiver? waiver)
    {
        // What a formula can lose is of no interest where it did not.
        if (standing.IsCorrectlyRounded || (standing.IsWithin && Math.Abs(standing.Error) <= 1))
        {
            return null;
        }

        DType dtype = standing.Truth.DType;
        string what = standing.IsNonFiniteMismatch
            ? $"the {output} is {dtype.ToDecimal(bits)} where the truth is {dtype.ToDecimal(dtype.ToBits(standing.Truth.Value))}"
            : standing.IsFlushed ? $"the {output} is subnormal and was flushed to zero"
            : standing.HasLostEverything ? $"nothing of the {output} is left"
            : $"the {output} is {Standing.FormatUlps(Math.Abs(standing.Error))} ULP too {(standing.Error > 0 ? "high" : "low")}";
        string contract = standing.IsWithin ? string.Empty
            : waiver is null ? ", OUTSIDE the contract"
            : $", outside the contract and known: {waiver.Reason.TrimEnd('.')} (waiver '{waiver.Id}')";
        string cause = standing.DescribeConditioning() is { } sentence ? $"; {sentence}" : string.Empty;
        return $"{what}{contract}{cause}";
    }
}
