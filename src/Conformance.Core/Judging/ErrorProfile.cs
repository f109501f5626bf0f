using Conformance.Core.Backends;
using Conformance.Core.Tensors;
using Conformance.Core.Waivers;

namespace Conformance.Core.Judging;

/// <summary>
/// The errors of one output of one implementation in one dtype over the logit, and their distribution, over a run. Errors are compared as float32,
/// which is what reports have, so that runs in parts find the same worst elements as one run.
/// </summary>
internal sealed class ErrorProfile(ImplementationInfo implementation, DType dtype, string output)
{
    /// <summary>Where errors of up to 1/2 ULP are counted; exact outputs are before them, and what is beyond is after them, by powers of two.</summary>
    public const int HalfUlp = 1;

    private readonly long[] _histogram = new long[HalfUlp + 2 + 1024];
    private readonly long[] _counts = new long[LogitBins.Count];
    private readonly Worst?[] _worst = new Worst?[LogitBins.Count];

    public ImplementationInfo Implementation { get; } = implementation;

    public DType DType { get; } = dtype;

    public string Output { get; } = output;

    /// <summary>Elements whose error is no number of ULP.</summary>
    public long Infinite { get; private set; }

    /// <summary>Elements by |error|.</summary>
    public ReadOnlySpan<long> Histogram => _histogram;

    /// <summary>The bins that have elements, with how many and the worst of them; in ascending order.</summary>
    public IEnumerable<(int Bin, long Count, Worst Worst)> Bins =>
        from position in Enumerable.Range(0, LogitBins.Count)
        where _counts[position] > 0
        select (position - LogitBins.Infinity, _counts[position], _worst[position]!);

    public void Add(CaseContext context, int index, int bin, in Standing standing, WaiverUse? waiver)
    {
        double error = Math.Abs(standing.Error);
        if (double.IsInfinity(error))
        {
            Infinite++;
        }
        else
        {
            _histogram[PlaceOf(error)]++;
        }

        int position = bin + LogitBins.Infinity;
        _counts[position]++;
        if (_worst[position] is not { } worst || (float)error > Math.Abs(worst.Ulps))
        {
            _worst[position] = new Worst(context, index, DType, standing, waiver is not null);
        }
    }

    /// <summary>Where an error is counted.</summary>
    internal static int PlaceOf(double error)
    {
        if (error <= 0.5)
        {
            return error == 0 ? 0 : HalfUlp;
        }

        // The least power of two that is not below the error.
        ulong bits = BitConverter.DoubleToUInt64Bits(error);
        int exponent = (int)(bits >> 52) - 1023 + ((bits & ((1ul << 52) - 1)) == 0 ? 0 : 1);
        return HalfUlp + 1 + exponent;
    }

    /// <summary>The worst element of a bin.</summary>
    internal sealed class Worst(CaseContext context, int index, DType dtype, in Standing standing, bool isWaived)
    {
        public string CaseId { get; } = context.Case.Id;

        public int Index { get; } = index;

        public ulong Logit { get; } = context.Logits.BitsAt(index);

        public ulong Label { get; } = context.Labels.BitsAt(index);

        public ulong Actual { get; } = dtype.ToBits(standing.Output);

        public ulong Truth { get; } = dtype.ToBits(standing.Truth.Value);

        public float Ulps { get; } = (float)standing.Error;

        public float Bound { get; } = (float)standing.Bound;

        public ErrorTraits Flags { get; } =
            (standing.IsWithin ? 0 : ErrorTraits.BeyondContract)
            | (isWaived ? ErrorTraits.Waived : 0)
            | (standing.HasLostEverything ? ErrorTraits.LostEverything : 0)
            | (standing.IsFlushed ? ErrorTraits.Flushed : 0)
            | (standing.IsNonFiniteMismatch ? ErrorTraits.NonFiniteMismatch : 0);
    }
}
