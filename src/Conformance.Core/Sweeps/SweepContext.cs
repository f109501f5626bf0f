using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;

namespace Conformance.Core.Sweeps;

/// <summary>A sweep and its truth: makes results of tallies, and tallies of results.</summary>
internal sealed class SweepContext
{
    public SweepContext(SweepOptions options, ImplementationInfo implementation)
    {
        Options = options;
        Implementation = implementation;
        Plan = new SweepPlan(options);
        Loss = Loss.Find(options.Loss) ?? throw new InvalidInputException($"There is no loss '{options.Loss}'; use {string.Join(", ", Loss.All)}.");
        Oracle = Loss.CreateOracle(LossOptions.Default);
    }

    public SweepOptions Options { get; }

    public ImplementationInfo Implementation { get; }

    public SweepPlan Plan { get; }

    public Loss Loss { get; }

    public LossOracle Oracle { get; }

    /// <summary>The outputs that are judged of each element, 1 or 2.</summary>
    public int Outputs => Options.Gradient ? 2 : 1;

    /// <summary>Tallies of nothing: for each label the loss and then, where asked for, the gradient.</summary>
    public SweepTally[] NewTallies() => [.. Enumerable.Range(0, Plan.Measures * Outputs).Select(_ => new SweepTally(Plan.BinadeCount))];

    public SweepJudge NewJudge(bool isGradient) => new(Loss, Oracle, Implementation, Plan.DType, isGradient);

    public ImmutableArray<SweepMeasure> ToMeasures(SweepTally[] tallies) => [.. tallies.Select((tally, i) => ToMeasure(tally, i / Outputs, isGradient: i % Outputs == 1))];

    /// <summary>The tallies that measures were made of.</summary>
    public SweepTally[] ToTallies(ImmutableArray<SweepMeasure> measures)
    {
        SweepTally[] tallies = NewTallies();
        for (int i = 0; i < tallies.Length; i++)
        {
            Fill(tallies[i], measures[i]);
        }

        return tallies;
    }

    private void Fill(SweepTally tally, SweepMeasure measure)
    {
        tally.Elements = measure.Elements;
        tally.CorrectlyRounded = measure.CorrectlyRounded;
        tally.LostEverything = measure.LostEverything;
        tally.Flushed = measure.Flushed;
        tally.NonFiniteMismatches = measure.NonFiniteMismatches;
        tally.BeyondContract = measure.BeyondContract;
        tally.DecidedByOracle = measure.DecidedByOracle;
        tally.NaNInputs = measure.NaNInputs;
        tally.WrongAtNaNInputs = measure.WrongAtNaNInputs;
        tally.InfiniteInputs = measure.InfiniteInputs;
        tally.WrongAtInfiniteInputs = measure.WrongAtInfiniteInputs;
        foreach (SweepBin bin in measure.Histogram)
        {
            tally.Histogram[SweepTally.BinOf(bin.UpTo)] = bin.Count;
        }

        foreach (SweepBinade binade in measure.Binades)
        {
            tally.MisroundedByBinade[binade.Index] = binade.Misrounded;
            tally.WorstByBinade[binade.Index] = binade.Worst is null ? SweepCandidate.None : ToCandidate(binade.Worst);
        }

        foreach (SweepExtreme extreme in measure.Worst)
        {
            tally.WorstErrors.Add(ToCandidate(extreme));
        }

        foreach (SweepExtreme extreme in measure.WorstShares)
        {
            tally.WorstShares.Add(ToCandidate(extreme));
        }
    }

    private SweepCandidate ToCandidate(SweepExtreme extreme) =>
        new(extreme.Estimate, extreme.Position, Plan.DType.ToDouble(SweepPlan.BitsOf(Plan.DType, extreme.Actual)!.Value));

    private SweepMeasure ToMeasure(SweepTally tally, int label, bool isGradient)
    {
        ImmutableArray<SweepBin>.Builder histogram = ImmutableArray.CreateBuilder<SweepBin>();
        for (int n = 0; n < SweepTally.HistogramLength; n++)
        {
            if (tally.Histogram[n] > 0)
            {
                histogram.Add(new SweepBin(Math.ScaleB(1, n), tally.Histogram[n]));
            }
        }

        ImmutableArray<SweepBinade>.Builder binades = ImmutableArray.CreateBuilder<SweepBinade>();
        for (int binade = 0; binade < Plan.BinadeCount; binade++)
        {
            if (tally.MisroundedByBinade[binade] > 0)
            {
                SweepCandidate worst = tally.WorstByBinade[binade];
                binades.Add(new SweepBinade(
                    Plan.DescribeBinade(binade),
                    binade,
                    tally.MisroundedByBinade[binade],
                    worst == SweepCandidate.None ? null : ToExtreme(worst, isGradient)));
            }
        }

        return new SweepMeasure
        {
            Output = Judge.NameOf(isGradient),
            Label = Options.Labels.IsEmpty ? null : Options.Labels[label],
            Elements = tally.Elements,
            CorrectlyRounded = tally.CorrectlyRounded,
            Histogram = histogram.DrainToImmutable(),
            LostEverything = tally.LostEverything,
            Flushed = tally.Flushed,
            NonFiniteMismatches = tally.NonFiniteMismatches,
            NaNInputs = tally.NaNInputs,
            WrongAtNaNInputs = tally.WrongAtNaNInputs,
            InfiniteInputs = tally.InfiniteInputs,
            WrongAtInfiniteInputs = tally.WrongAtInfiniteInputs,
            BeyondContract = tally.BeyondContract,
            DecidedByOracle = tally.DecidedByOracle,
            Worst = ToExtremes(tally.WorstErrors, isGradient, extreme => Math.Abs(extreme.Ulps)),
            WorstShares = ToExtremes(tally.WorstShares, isGradient, extreme => extreme.Share),
            Binades = binades.DrainToImmutable(),
        };
    }

    private ImmutableArray<SweepExtreme> ToExtremes(SweepCandidates candidates, bool isGradient, Func<SweepExtreme, double> badness) =>
    [
        .. candidates.Worst.ToArray().Select(candidate => ToExtreme(candidate, isGradient))
            .OrderByDescending(badness).ThenBy(extreme => extreme.Position),
    ];

    private SweepExtreme ToExtreme(in SweepCandidate candidate, bool isGradient)
    {
        ulong logitBits = Plan.LogitAt(candidate.Position);
        ulong labelBits = Plan.LabelAt(candidate.Position);
        DType dtype = Plan.DType;
        double logit = dtype.ToDouble(logitBits);
        double label = dtype.ToDouble(labelBits);
        Truth truth = isGradient ? Oracle.Gradient(dtype, logit, label) : Oracle.Loss(dtype, logit, label);
        Standing standing = Standing.Of(
            Implementation, isGradient, truth, candidate.Output, OutputTerms.OfElement(Loss.TermsAt(logit, label), truth));
        return new SweepExtreme(
            candidate.Position,
            Element.Of(dtype, logitBits),
            Element.Of(dtype, labelBits),
            Element.Of(dtype, dtype.ToBits(candidate.Output)),
            Element.Of(dtype, dtype.ToBits(truth.Value)),
            standing.Error,
            standing.Bound,
            standing.Ratio,
            standing.DescribeConditioning(),
            candidate.Estimate);
    }
}
