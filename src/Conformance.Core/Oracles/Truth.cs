using Conformance.Core.Tensors;

namespace Conformance.Core.Oracles;

/// <summary>The real value of an element: correctly rounded to a dtype, and what the rounding left.</summary>
/// <remarks>
/// real = <see cref="Value"/> + <see cref="Residual"/>·ulp with ulp = 2^<see cref="UlpExponent"/>, the distance of the dtype's values
/// in the binade of the real value (not of the rounded one, which may be the next power of two), and the smallest subnormal
/// below the normal range.
/// </remarks>
public readonly record struct Truth
{
    private readonly bool _isOverflow;

    private Truth(DType dtype, double value, double residual, int ulpExponent, bool isOverflow)
    {
        DType = dtype;
        Value = value;
        Residual = residual;
        UlpExponent = ulpExponent;
        _isOverflow = isOverflow;
    }

    /// <summary>The dtype to which it is rounded.</summary>
    public DType DType { get; }

    /// <summary>The nearest value of the dtype, ties to even; an infinity where the real value rounds beyond the largest finite one; NaN.</summary>
    public double Value { get; }

    /// <summary>
    /// (real − value)/ulp, in [−½, ½]. Where <see cref="Value"/> is an infinity that the finite real value rounds to, real/ulp.
    /// </summary>
    public double Residual { get; }

    /// <summary>The exponent of the unit in the last place.</summary>
    public int UlpExponent { get; }

    /// <summary>The unit in the last place.</summary>
    public double Ulp => Math.ScaleB(1, UlpExponent);

    /// <summary>Whether the real value is a number; false for NaN and for limits that are infinite.</summary>
    public bool IsReal => double.IsFinite(Value) || _isOverflow;

    /// <summary>Whether the real value is a number in the subnormal range, zero excluded.</summary>
    public bool IsSubnormal => IsReal && UlpExponent == DType.SmallestExponent && Math.Abs(Value) < DType.SmallestNormal
        && (Value != 0 || Residual != 0);

    /// <summary>A finite truth.</summary>
    /// <param name="dtype">The dtype.</param>
    /// <param name="value">The rounded value.</param>
    /// <param name="residual">What the rounding left, in ULP.</param>
    /// <param name="ulpExponent">The exponent of the unit in the last place.</param>
    /// <returns>The truth.</returns>
    internal static Truth OfReal(DType dtype, double value, double residual, int ulpExponent) => new(dtype, value, residual, ulpExponent, isOverflow: false);

    /// <summary>A real value beyond the largest finite one.</summary>
    /// <param name="dtype">The dtype.</param>
    /// <param name="inUlps">The real value in units of the last place of the largest finite values.</param>
    /// <returns>The truth.</returns>
    internal static Truth OfOverflow(DType dtype, double inUlps) => new(
        dtype, Math.CopySign(double.PositiveInfinity, inUlps), inUlps, dtype.LargestExponent - dtype.SignificandBits, isOverflow: true);

    /// <summary>NaN, or a limit that is infinite.</summary>
    /// <param name="dtype">The dtype.</param>
    /// <param name="value">NaN or an infinity.</param>
    /// <returns>The truth.</returns>
    internal static Truth OfLimit(DType dtype, double value) => new(dtype, value, 0, dtype.LargestExponent - dtype.SignificandBits, isOverflow: false);

    /// <summary>Whether an output is the correctly rounded value: +0 equals −0, NaN equals NaN.</summary>
    /// <param name="output">An output of this dtype.</param>
    /// <returns>True where it is.</returns>
    public bool IsCorrectlyRounded(double output) => output == Value || (double.IsNaN(output) && double.IsNaN(Value));

    /// <summary>The error of an output in units of the last place: (output − real)/ulp.</summary>
    /// <remarks>
    /// An infinite output stands for 2^(emax+1), the value that would follow the largest finite one, so that an early overflow has a
    /// finite error; against a real value that rounds to that infinity its error is 0. NaN against a number, a number against NaN,
    /// and anything but itself against an infinite limit have an infinite error, and so have errors of 2^1024 ULP or more.
    /// </remarks>
    /// <param name="output">An output of this dtype.</param>
    /// <returns>The error; never NaN.</returns>
    public double ErrorOf(double output)
    {
        if (!IsReal || double.IsNaN(output))
        {
            return IsCorrectlyRounded(output) ? 0 : output < Value ? double.NegativeInfinity : double.PositiveInfinity;
        }

        if (double.IsInfinity(output))
        {
            return output == Value ? 0 : InUlps(Math.CopySign(Math.ScaleB(1, DType.LargestExponent), output)) * 2 - RealInUlps;
        }

        if (_isOverflow)
        {
            return InUlps(output) - Residual;
        }

        double difference = output - Value;
        return (double.IsFinite(difference) ? InUlps(difference) : InUlps(output) - InUlps(Value)) - Residual;
    }

    /// <summary>A double near the real value, and a bound on what lies between them: 2⁻²⁴ ULP for the residual, and the rounding of the sum.</summary>
    /// <returns>The value and the bound; a limit and 0 where the real value is none.</returns>
    internal (double Value, double Error) Bracket()
    {
        if (!IsReal)
        {
            return (Value, 0);
        }

        double value = _isOverflow ? Math.ScaleB(Residual, UlpExponent) : Value + Math.ScaleB(Residual, UlpExponent);
        return (value, Math.ScaleB(1, UlpExponent - 24) + (2 * DType.Float64.UnitRoundoff * Math.Abs(value)));
    }

    private double RealInUlps => _isOverflow ? Residual : InUlps(Value) + Residual;

    private double InUlps(double value) => Math.ScaleB(value, -UlpExponent);
}
