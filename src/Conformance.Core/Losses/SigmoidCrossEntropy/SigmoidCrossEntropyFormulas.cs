using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Judging;
using Conformance.Core.Waivers;

namespace Conformance.Core.Losses.SigmoidCrossEntropy;

/// <summary>
/// The formulas of sigmoid cross-entropy that somebody may state; u is half a unit in the last place of 1, so 4 ULP are at most 8 u. So much
/// is what vector libraries state: NumPy's float32 exp and log are within 2.52 and 3.83 ULP (numpy/numpy#13134), those that it takes from SVML
/// on processors with AVX-512 within 4 (numpy/numpy#19478).
/// </summary>
internal static class SigmoidCrossEntropyFormulas
{
    private const string TailReason = "exp and log1p are within 4 ULP, 8 u, each, and the sum rounds their result once more";

    private const string GradientReason = "Gradient: sigmoid(x) - z, whose exp is within 8 u, and 1 + e and the quotient round once each; the difference rounds the result. Where exp(-x) overflows the sigmoid is subnormal, and 1/(1 + exp(-x)) is 0.";

    private static readonly ErrorBound Difference = new() { Sigmoid = 10, Result = 1 };

    private static readonly ImmutableArray<FormulaRuling> ProductRulings =
    [
        new("infinite-logit", Judge.LossName, _ => new WaiverCondition { Logit = new ValueCondition { IsInfinite = true } }, double.IsNaN,
            "relu(x) - x*z is inf - inf or inf*0 at an infinite logit, where the truth is 0 or inf."),

        // Half the largest value and up: a label of 2 doubles it.
        new("product-overflow", Judge.LossName, dtype => new WaiverCondition
        {
            Logit = new ValueCondition { Min = dtype.MaxValue / 2, IsInfinite = false },
            Label = new ValueCondition { Min = 1 + dtype.UnitRoundoff },
        },
            output => !double.IsFinite(output),
            "x*z overflows for a label above 1, although |x|*(1-z) does not."),
    ];

    public static readonly IReadOnlyList<LossFormula> All =
    [
        new(
            "relu",
            "relu(x) - x*z + log1p(exp(-|x|))",
            new ErrorBound { Product = 1, Linear = 2, Tail = 17 },
            Difference,
            $"Loss: the product, the difference and the sum round once each; {TailReason}. {GradientReason}",
            ProductRulings) { FlushesSubnormalGradients = true },
        new(
            "linear",
            "|x|*(x >= 0 ? 1-z : z) + log1p(exp(-|x|))",
            new ErrorBound { Linear = 3, Tail = 17 },
            Difference,
            $"Loss: 1-z, the product and the sum round once each; {TailReason}. {GradientReason}",
            [
                new("infinite-logit", Judge.LossName, _ => new WaiverCondition { Logit = new ValueCondition { IsInfinite = true } }, double.IsNaN,
                    "|x|*(1-z) is inf*0 at (inf, 1), and |x|*z at (-inf, 0), where the truth is 0."),
            ]) { FlushesSubnormalGradients = true },
        new(
            "textbook",
            "relu(x) - x*z + log(1 + exp(-|x|))",
            new ErrorBound { Product = 1, Linear = 2, Tail = 17, Constant = 1 },
            new ErrorBound { Constant = 11, Result = 1 },
            $"Loss: the product, the difference and the sum round once each; 1 + exp rounds by up to 1 u, which the logarithm passes on in absolute terms, so that the tail is lost; exp and log are within 8 u each, and the sum rounds once more. Gradient: the sigmoid is within 10 u of 1 in absolute terms, and the difference rounds once more.",
            ProductRulings) { FlushesSubnormalGradients = true },
    ];
}
