namespace Conformance.Core.Sweeps;

/// <summary>Counts how one output of one implementation stands to the truth. Tallies of different elements add up, in any order.</summary>
internal sealed class SweepTally(int binades)
{
    /// <summary>One more than the exponent of the largest power of two that bounds a number of ULP.</summary>
    public const int HistogramLength = 1025;

    private readonly SweepCandidate[] _worstByBinade = [.. Enumerable.Repeat(SweepCandidate.None, binades)];
    private readonly long[] _misroundedByBinade = new long[binades];
    private readonly long[] _histogram = new long[HistogramLength];

    public long Elements { get; set; }

    public long CorrectlyRounded { get; set; }

    public long LostEverything { get; set; }

    public long Flushed { get; set; }

    public long NonFiniteMismatches { get; set; }

    public long BeyondContract { get; set; }

    public long DecidedByOracle { get; set; }

    public long NaNInputs { get; set; }

    public long WrongAtNaNInputs { get; set; }

    public long InfiniteInputs { get; set; }

    public long WrongAtInfiniteInputs { get; set; }

    /// <summary>By n, the wrong outputs that are numbers with an error of at most 2^n ULP and more than 2^(n−1), of 1 and less for n = 0.</summary>
    public Span<long> Histogram => _histogram;

    /// <summary>By binade of the logit, how many outputs are not the correctly rounded truth.</summary>
    public Span<long> MisroundedByBinade => _misroundedByBinade;

    /// <summary>By binade of the logit, the worst by <see cref="WorstErrors"/>' measure.</summary>
    public Span<SweepCandidate> WorstByBinade => _worstByBinade;

    /// <summary>The worst by |error| in ULP, where output and truth are finite and no subnormal was flushed.</summary>
    public SweepCandidates WorstErrors { get; } = new();

    /// <summary>The worst by the share of the contract's bound, of outputs that are not the correctly rounded truth.</summary>
    public SweepCandidates WorstShares { get; } = new();

    /// <summary>The place in the histogram of an error.</summary>
    /// <param name="ulps">|error|; positive.</param>
    /// <returns>The least n ≥ 0 with error ≤ 2^n.</returns>
    public static int BinOf(double ulps) => Math.Max(0, (int)((BitConverter.DoubleToInt64Bits(ulps) - 1) >> 52) - 1022);

    /// <summary>Counts an output that is not the correctly rounded truth.</summary>
    /// <param name="fault">What it is.</param>
    /// <param name="ulps">|error|.</param>
    /// <param name="isBeyond">Whether it is beyond the contract.</param>
    /// <param name="binade">The logit's binade.</param>
    /// <param name="position">Where.</param>
    /// <param name="output">The output.</param>
    public void AddWrong(SweepFault fault, double ulps, bool isBeyond, int binade, long position, double output)
    {
        _misroundedByBinade[binade]++;
        BeyondContract += isBeyond ? 1 : 0;
        switch (fault)
        {
            case SweepFault.NonFinite:
                NonFiniteMismatches++;
                return;
            case SweepFault.Flushed:
                Flushed++;
                return;
            case SweepFault.LostEverything:
                LostEverything++;
                break;
            default:
                _histogram[BinOf(ulps)]++;
                break;
        }

        ref SweepCandidate worst = ref _worstByBinade[binade];
        if (ulps > worst.Estimate)
        {
            worst = new SweepCandidate(ulps, position, output);
            if (ulps > WorstErrors.Floor)
            {
                WorstErrors.Add(worst);
            }
        }
        else if (ulps > WorstErrors.Floor)
        {
            WorstErrors.Add(new SweepCandidate(ulps, position, output));
        }
    }

    /// <summary>Adds what another tally counted.</summary>
    public void Add(SweepTally other)
    {
        Elements += other.Elements;
        CorrectlyRounded += other.CorrectlyRounded;
        LostEverything += other.LostEverything;
        Flushed += other.Flushed;
        NonFiniteMismatches += other.NonFiniteMismatches;
        BeyondContract += other.BeyondContract;
        DecidedByOracle += other.DecidedByOracle;
        NaNInputs += other.NaNInputs;
        WrongAtNaNInputs += other.WrongAtNaNInputs;
        InfiniteInputs += other.InfiniteInputs;
        WrongAtInfiniteInputs += other.WrongAtInfiniteInputs;
        for (int i = 0; i < _histogram.Length; i++)
        {
            _histogram[i] += other._histogram[i];
        }

        for (int i = 0; i < _misroundedByBinade.Length; i++)
        {
            _misroundedByBinade[i] += other._misroundedByBinade[i];
            if (other._worstByBinade[i].IsWorseThan(_worstByBinade[i]))
            {
                _worstByBinade[i] = other._worstByBinade[i];
            }
        }

        WorstErrors.Add(other.WorstErrors);
        WorstShares.Add(other.WorstShares);
    }

    /// <summary>Begins anew after all that another tally counted.</summary>
    public void Restart(SweepTally before)
    {
        Elements = CorrectlyRounded = LostEverything = Flushed = NonFiniteMismatches = BeyondContract = DecidedByOracle = 0;
        NaNInputs = WrongAtNaNInputs = InfiniteInputs = WrongAtInfiniteInputs = 0;
        Array.Clear(_histogram);
        Array.Clear(_misroundedByBinade);
        Array.Fill(_worstByBinade, SweepCandidate.None);
        WorstErrors.Restart(before.WorstErrors);
        WorstShares.Restart(before.WorstShares);
    }
}
