using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;
using Conformance.Core.Waivers;

namespace Conformance.Core.Judging;

/// <summary>Counts, over a run, how one output of one implementation stands to the truth, in one dtype and under one reduction.</summary>
internal sealed class AccuracyTally(ImplementationInfo implementation, DType dtype, string output, Reduction reduction)
{
    public ImplementationInfo Implementation { get; } = implementation;

    public DType DType { get; } = dtype;

    public string Output { get; } = output;

    public Reduction Reduction { get; } = reduction;

    public long Elements { get; private set; }

    public long CorrectlyRounded { get; private set; }

    public long LostEverything { get; private set; }

    public long Flushed { get; private set; }

    public long NonFiniteMismatches { get; private set; }

    public long Waived { get; private set; }

    /// <summary>The largest error of an output that is finite, where the truth is, and no subnormal flushed to zero; null before the first.</summary>
    public Extreme? WorstError { get; private set; }

    /// <summary>The largest share of the bound that an error took where no waiver covers it; null before the first.</summary>
    public Extreme? WorstRatio { get; private set; }

    /// <summary>The largest error, by its share of the bound, of finite outputs that a waiver covers; null before the first.</summary>
    public Extreme? WorstWaived { get; private set; }

    public void Add(CaseContext context, int index, in Standing standing, WaiverUse? waiver)
    {
        Elements++;
        CorrectlyRounded += standing.IsCorrectlyRounded ? 1 : 0;
        LostEverything += standing.HasLostEverything ? 1 : 0;
        Waived += waiver is null ? 0 : 1;
        if (standing.IsNonFiniteMismatch)
        {
            NonFiniteMismatches++;
        }
        else if (standing.IsFlushed)
        {
            Flushed++;
        }
        else if (double.IsFinite(standing.Output) && (WorstError is null || IsWorse(standing, WorstError.Standing)))
        {
            WorstError = ExtremeAt(context, index, standing, waiver);
        }

        if (waiver is not null && !standing.IsNonFiniteMismatch && (WorstWaived is null || IsLarger(standing.Ratio, WorstWaived.Standing.Ratio)))
        {
            WorstWaived = ExtremeAt(context, index, standing, waiver);
        }

        // An infinite limit that is met has no share in any bound.
        if (waiver is null && (standing.Truth.IsReal || !standing.IsWithin)
            && (WorstRatio is null || IsLarger(standing.Ratio, WorstRatio.Standing.Ratio)))
        {
            WorstRatio = ExtremeAt(context, index, standing, waiver);
        }
    }

    // Of equal errors, the one that surprises more.
    private static bool IsWorse(in Standing standing, in Standing worst)
    {
        int order = Math.Abs(standing.Error).CompareTo(Math.Abs(worst.Error));
        return order > 0 || (order == 0 && IsLarger(standing.Ratio, worst.Ratio));
    }

    // A total order, in which NaN is the least, so that it does not matter which of two comes first.
    private static bool IsLarger(double value, double than) => value.CompareTo(than) > 0;

    private Extreme ExtremeAt(CaseContext context, int index, in Standing standing, WaiverUse? waiver) =>
        context.IsReduced(Output == Judge.GradientName)
            ? new Extreme(context.Case.Id, null, null, null, standing, waiver?.Waiver.Id)
            : new Extreme(
                context.Case.Id,
                index,
                Element.Of(DType, context.Logits.BitsAt(index)),
                Element.Of(DType, context.Labels.BitsAt(index)),
                standing,
                waiver?.Waiver.Id);

    internal sealed record Extreme(string CaseId, int? Index, Element? Logit, Element? Label, Standing Standing, string? Waiver);
}
