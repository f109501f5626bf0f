using System.Globalization;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;

namespace Conformance.Core.Judging;

/// <summary>
/// What holds for the outputs of a case whatever their truth is, so that it is seen even where a contract is wide. Where the label is in
/// [0, 1], the loss is not negative and the gradient is within [−1, 1], or [−1/N, 1/N] if it is that of the mean. Over the elements with
/// label 0 the loss does not fall as the logit grows, over those with label 1 it does not rise, and the gradient falls over neither.
/// </summary>
/// <remarks>
/// NaN and infinities break none of this: whether they belong where they are, is a matter of <see cref="Check.NonFinite"/>. Nor does what
/// other labels give from one logit to another: each has the minimum of its loss at a logit of its own.
/// </remarks>
/// <param name="testCase">The case.</param>
/// <param name="logits">Its logits.</param>
/// <param name="labels">Its labels.</param>
internal sealed class InvariantChecks(Case testCase, double[] logits, double[] labels)
{
    /// <summary>
    /// How far an output may go back from one logit to another: the loss, in ULP of the larger of the two; the gradient, in units of
    /// roundoff, or of roundoff over N in a mean.
    /// </summary>
    /// <remarks>
    /// Vector code and the scalar code at the end of a buffer round differently, and no framework's exp and log1p are monotone to the last
    /// bit. Over the suite deep, with 2.6 million logits in one case, the largest step back of a loss was 4 ULP, in ONNX Runtime's graphs; it
    /// was 3 in TensorFlow and 2 under XLA. Gradients keep absolute accuracy alone: ONNX Runtime's sigmoid in float32 is 1/2 plus a quotient,
    /// of which nothing but roundings is left where p is near 0, and steps back by up to 3 units there; TensorFlow's gradient by up to 2.
    /// Twice the largest leaves room for other processors' vector code.
    /// </remarks>
    public const double MaxStepBack = 8;

    /// <summary>By how many units of roundoff the gradient of a mean may be beyond 1/N; a gradient that is not divided has no such room.</summary>
    /// <remarks>
    /// 1/N is itself rounded, and twice where a mean is taken over one axis and then over the others: the function of Keras, dividing by 10
    /// and by 11, comes to 2 units beyond 1/110. Three roundings make 3 units, to first order; 4 are more than that.
    /// </remarks>
    public const double MaxMeanGradientRoundoffs = 4;

    private int[]? _zeros;
    private int[]? _ones;

    // Sorted once for all implementations, and only where one has an output with elements.
    private int[] Zeros => _zeros ??= PositionsByLogit(0);

    private int[] Ones => _ones ??= PositionsByLogit(1);

    /// <summary>Checks one output of one implementation.</summary>
    /// <param name="isGradient">Whether it is the gradient or the loss.</param>
    /// <param name="values">The output.</param>
    /// <param name="arithmetic">The dtype in which the implementation computes, by whose ULP it is measured.</param>
    /// <returns>Its violations, element by element; empty as a rule.</returns>
    public IReadOnlyList<InvariantViolation> Check(bool isGradient, ReadOnlySpan<double> values, DType arithmetic)
    {
        List<InvariantViolation>? violations = null;
        if (!isGradient && testCase.Reduction != Reduction.None)
        {
            CheckReducedLoss(values[0], ref violations);
            return violations ?? [];
        }

        bool isMean = testCase.Reduction == Reduction.Mean;
        double highest = !isGradient ? double.PositiveInfinity
            : isMean ? (1 + (MaxMeanGradientRoundoffs * arithmetic.UnitRoundoff)) / logits.Length
            : 1;
        CheckRange(values, isGradient ? -highest : 0, highest, ref violations);
        double? unit = isGradient ? arithmetic.UnitRoundoff / (isMean ? logits.Length : 1) : null;
        CheckMonotone(values, Zeros, isDescending: false, arithmetic, unit, ref violations);
        CheckMonotone(values, Ones, isDescending: !isGradient, arithmetic, unit, ref violations);
        return violations ?? [];
    }

    /// <summary>What a violation is, in words.</summary>
    /// <param name="violation">One of what <see cref="Check"/> returned.</param>
    /// <param name="isGradient">Whether the output is the gradient or the loss.</param>
    /// <param name="values">The output.</param>
    /// <returns>A clause without a full stop.</returns>
    public string Describe(in InvariantViolation violation, bool isGradient, ReadOnlySpan<double> values)
    {
        double value = values[violation.Index];
        if (violation.Other is not { } other)
        {
            return !isGradient
                ? Invariant($"the loss is {value:R}, and cannot be negative where labels are in [0, 1]")
                : testCase.Reduction == Reduction.Mean
                    ? Invariant($"the gradient of the mean is {value:R}, outside [-1/{logits.Length}, 1/{logits.Length}] although the label is in [0, 1]")
                    : Invariant($"the gradient is {value:R}, outside [-1, 1] although the label is in [0, 1]");
        }

        double label = labels[violation.Index];
        string statement = !isGradient && label == 1 ? "the loss of label 1 does not rise" : Invariant($"the {(isGradient ? "gradient" : "loss")} of label {label:R} does not fall");
        return Invariant($"{value:R} at the logit {logits[violation.Index]:R} beside {values[other]:R} at {logits[other]:R}: {statement} as the logit grows");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void Add(ref List<InvariantViolation>? violations, in InvariantViolation violation) => (violations ??= []).Add(violation);

    private static bool IsInUnitInterval(double label) => label is >= 0 and <= 1;

    private void CheckReducedLoss(double loss, ref List<InvariantViolation>? violations)
    {
        if (loss < 0 && double.IsFinite(loss) && Array.TrueForAll(labels, IsInUnitInterval))
        {
            Add(ref violations, new InvariantViolation(Judging.Check.Range, 0, null, -loss));
        }
    }

    private void CheckRange(ReadOnlySpan<double> values, double lowest, double highest, ref List<InvariantViolation>? violations)
    {
        for (int i = 0; i < values.Length; i++)
        {
            double value = values[i];
            if ((value < lowest || value > highest) && double.IsFinite(value) && IsInUnitInterval(labels[i]))
            {
                Add(ref violations, new InvariantViolation(Judging.Check.Range, i, null, Math.Max(lowest - value, value - highest)));
            }
        }
    }

    private static void CheckMonotone(
        ReadOnlySpan<double> values, int[] positions, bool isDescending, DType arithmetic, double? unit, ref List<InvariantViolation>? violations)
    {
        List<InvariantViolation>? up = FindStepsBack(values, positions, isDescending, isFromTop: false, arithmetic, unit);
        if (up is null)
        {
            return;
        }

        // One value that is too high leaves all that follow below it, and one that is too low all before above it: the fewer are the wrong ones.
        List<InvariantViolation>? down = FindStepsBack(values, positions, isDescending, isFromTop: true, arithmetic, unit);
        (violations ??= []).AddRange(down?.Count < up.Count ? down : up);
    }

    // Values below the highest so far; or, from the top, above the lowest so far.
    private static List<InvariantViolation>? FindStepsBack(
        ReadOnlySpan<double> values, int[] positions, bool isDescending, bool isFromTop, DType arithmetic, double? unit)
    {
        List<InvariantViolation>? steps = null;
        bool isBackward = isDescending != isFromTop;
        int sign = isFromTop ? -1 : 1;
        double best = double.NegativeInfinity;
        int bestPosition = -1;
        for (int i = 0; i < positions.Length; i++)
        {
            int position = positions[isBackward ? positions.Length - 1 - i : i];
            double value = sign * values[position];
            if (!double.IsFinite(value))
            {
                continue;
            }

            if (value >= best)
            {
                best = value;
                bestPosition = position;
            }
            else if (StepBack(best, value, arithmetic, unit) is var size and > MaxStepBack)
            {
                Add(ref steps, new InvariantViolation(Judging.Check.Monotone, position, bestPosition, size));
            }
        }

        return steps;
    }

    private static double StepBack(double best, double value, DType arithmetic, double? unit)
    {
        double step = best - value;
        if (unit is not null)
        {
            return step / unit.Value;
        }

        // What is subnormal may be flushed to zero, by the vectors of a buffer and not by the scalars at its end.
        double larger = Math.Max(Math.Abs(best), Math.Abs(value));
        return step <= arithmetic.SmallestNormal ? 0 : step / Math.ScaleB(1, Math.ILogB(larger) - arithmetic.SignificandBits);
    }

    private int[] PositionsByLogit(double label)
    {
        int count = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            count += IsAt(i, label) ? 1 : 0;
        }

        int[] positions = new int[count];
        double[] keys = new double[count];
        for (int i = 0, next = 0; i < labels.Length; i++)
        {
            if (IsAt(i, label))
            {
                positions[next] = i;
                keys[next++] = logits[i];
            }
        }

        Array.Sort(keys, positions);
        return positions;
    }

    private bool IsAt(int index, double label) => labels[index] == label && !double.IsNaN(logits[index]);
}
