using System.Numerics;
using Conformance.Core.Tensors;
using Conformance.Kernels.Arithmetic;

namespace Conformance.Kernels.Drivers;

/// <summary>An exact sum of values that may each be a little off, with a bound on all of that: encloses the sum of the real numbers.</summary>
internal sealed class SumEnclosure
{
    private const double ReadingError = 1.6543612251060553e-24; // 2^-79
    private const double DoubleError = 4.440892098500626e-16; // 2^-51

    [ThreadStatic]
    private static SumEnclosure? _spare;

    [ThreadStatic]
    private static SumEnclosure? _otherSpare;

    /// <summary>The sum of the values.</summary>
    public ExactSum Values { get; } = new();

    /// <summary>The sum of the weights, where there are any.</summary>
    public ExactSum Weights { get; } = new();

    /// <summary>A bound on |real − sum|.</summary>
    public double Error { get; set; }

    /// <summary>An empty one; the thread keeps two for the next sums, so that these allocate nothing.</summary>
    /// <returns>An empty enclosure.</returns>
    public static SumEnclosure Rent()
    {
        SumEnclosure sum = _spare ?? new SumEnclosure();
        (_spare, _otherSpare) = (_otherSpare, null);
        sum.Clear();
        return sum;
    }

    /// <summary>Gives one back.</summary>
    /// <param name="sum">It.</param>
    public static void Return(SumEnclosure sum) => (_spare, _otherSpare) = (sum, _spare);

    /// <summary>Adds another one.</summary>
    /// <param name="other">The other one.</param>
    public void Add(SumEnclosure other)
    {
        Values.Add(other.Values);
        Weights.Add(other.Weights);
        Error += other.Error;
    }

    /// <summary>Back to the empty sum.</summary>
    public void Clear()
    {
        Values.Clear();
        Weights.Clear();
        Error = 0;
    }

    /// <summary>The sum divided by a number, rounded once; null where the enclosure leaves more than one possibility.</summary>
    /// <param name="dtype">The dtype.</param>
    /// <param name="divisor">By what; 0 gives NaN, null is the sum of the weights.</param>
    /// <returns>The element, or null.</returns>
    public double? Round(DType dtype, BigInteger? divisor)
    {
        if (Values.HasLimit || Weights.HasLimit)
        {
            return Values.HasLimit && !Weights.HasLimit ? Values.Limit() : double.NaN;
        }

        if (divisor is { } count && count.Sign > 0 && TryRound(dtype, (double)count) is { } rounded)
        {
            return rounded;
        }

        // A double's units are 2^-1074: of the weights as well, so that theirs cancel once they are put back.
        BigInteger units = Values.ToUnits();
        BigInteger by = divisor ?? Weights.ToUnits();
        if (by.IsZero)
        {
            return double.NaN;
        }

        // Errors were added up with one rounding each: twice their sum covers that for as many as memory can hold.
        ExactSum bound = new();
        bound.Add(2 * Error);
        BigInteger slack = bound.ToUnits();
        int scale = divisor is null ? 1074 : 0;
        double low = ExactSum.RoundQuotient((units - slack) << scale, by, dtype);
        double high = ExactSum.RoundQuotient((units + slack) << scale, by, dtype);
        return double.IsFinite(Error) && low == high ? low : null;
    }

    // Nearly always double-double says enough, and then nothing is allocated.
    private double? TryRound(DType dtype, double divisor)
    {
        if (!Values.TryToDoubleDouble(out DoubleDouble<Lanes64> sum))
        {
            return null;
        }

        DoubleDouble<Lanes64> quotient = sum / new DoubleDouble<Lanes64>(Lanes64.Of(divisor), default);
        double high = quotient.High.Value;
        double error = (2 * Error / divisor) + (ReadingError * high);
        if (dtype == DType.Float64)
        {
            double below = high + (quotient.Low.Value - error);
            return below == high + (quotient.Low.Value + error) ? below : null;
        }

        // The low part and the roundings here are within 2^-51.
        error += DoubleError * high;
        double lower = dtype.ToDouble(dtype.ToBits(high - error));
        return lower == dtype.ToDouble(dtype.ToBits(high + error)) ? lower : null;
    }
}
