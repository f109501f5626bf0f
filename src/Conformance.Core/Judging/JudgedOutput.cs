using Conformance.Core.Backends;
using Conformance.Core.Losses;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;
using Conformance.Core.Waivers;

namespace Conformance.Core.Judging;

/// <summary>One output of one implementation on one case while it is judged against the truth, block by block.</summary>
/// <param name="position">Where the implementation stands among those of the case.</param>
/// <param name="implementation">The implementation.</param>
/// <param name="actual">The output.</param>
/// <param name="tally">Counts over the run.</param>
/// <param name="profile">Errors over the logit; null for an output that is one number for all.</param>
/// <param name="waivers">The waivers that speak of this output.</param>
internal sealed class JudgedOutput(
    int position, ImplementationInfo implementation, Tensor actual, AccuracyTally tally, ErrorProfile? profile, IReadOnlyList<WaiverUse> waivers)
{
    private readonly List<Deviation> _deviations = [];
    private double[] _values = [];
    private ElementState[] _states = [];

    public int Position { get; } = position;

    public ImplementationInfo Implementation { get; } = implementation;

    public Tensor Actual { get; } = actual;

    public IReadOnlyList<Deviation> Deviations => _deviations;

    /// <summary>The values of the block that was judged last.</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <summary>What became of them.</summary>
    public ReadOnlySpan<ElementState> States => _states;

    public void Judge(
        CaseContext context, bool isGradient, int start, ReadOnlySpan<Truth> truths, ReadOnlySpan<OutputTerms> terms, double? maxUlps)
    {
        if (_values.Length != truths.Length)
        {
            _values = new double[truths.Length];
            _states = new ElementState[truths.Length];
        }

        Actual.CopyTo(start, _values);
        for (int i = 0; i < truths.Length; i++)
        {
            Standing standing = Standing.Of(Implementation, isGradient, truths[i], _values[i], terms[i], maxUlps);
            WaiverUse? waiver = null;
            if (standing.Failure is { } check)
            {
                waiver = FindWaiver(context, isGradient, check, start + i);
                Deviate(check, waiver, start + i, standing);
                _states[i] = waiver is null ? ElementState.Failed : ElementState.Waived;
            }
            else
            {
                _states[i] = ElementState.Within;
            }

            tally.Add(context, start + i, standing, waiver);
            profile?.Add(context, start + i, context.Bins[i], standing, waiver);
        }
    }

    /// <summary>The first waiver that covers a check at one element; null where none does.</summary>
    public WaiverUse? FindWaiver(CaseContext context, bool isGradient, Check check, int index)
    {
        foreach (WaiverUse use in waivers)
        {
            if (use.Covers(check, context.Logits, context.Labels, context.IsReduced(isGradient) ? null : index)
                && use.Waiver.AllowedOutput?.Invoke(Actual.ValueAt(index)) is not false)
            {
                return use;
            }
        }

        return null;
    }

    private void Deviate(Check check, WaiverUse? waiver, int index, in Standing standing)
    {
        Deviation? deviation = _deviations.Find(d => d.Check == check && d.Waiver == waiver);
        if (deviation is null)
        {
            _deviations.Add(deviation = new Deviation(check, waiver));
        }

        deviation.Add(index, standing);
    }
}
