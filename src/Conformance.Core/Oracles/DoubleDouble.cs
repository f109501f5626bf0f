using System.Runtime.CompilerServices;

namespace Conformance.Core.Oracles;

/// <summary>The unevaluated sum of two doubles, with operations from + − × ÷ and fused multiply-add alone, so that their bits do not depend on the machine.</summary>
/// <remarks>
/// Errors are relative to the exact result and hold without overflow and underflow: J.-M. Muller and L. Rideau, "Formalization of
/// double-word arithmetic, and comments on tight and rigorous error bounds" (2022).
/// </remarks>
/// <param name="High">The leading part.</param>
/// <param name="Low">What it lacks.</param>
internal readonly record struct DoubleDouble(double High, double Low)
{
    /// <summary>left + right, exactly, whatever their order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble Sum(double left, double right)
    {
        double sum = left + right;
        double addend = sum - left;
        return new DoubleDouble(sum, (left - (sum - addend)) + (right - addend));
    }

    /// <summary>larger + smaller, exactly.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble OrderedSum(double larger, double smaller)
    {
        double sum = larger + smaller;
        return new DoubleDouble(sum, smaller - (sum - larger));
    }

    /// <summary>left · right, exactly where the low part does not underflow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble Product(double left, double right)
    {
        double product = left * right;
        return new DoubleDouble(product, Math.FusedMultiplyAdd(left, right, -product));
    }

    /// <summary>left + right, the left one not smaller; error below 2^−104 of |left| + |right|.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble OrderedSum(DoubleDouble larger, DoubleDouble smaller)
    {
        DoubleDouble sum = OrderedSum(larger.High, smaller.High);
        return OrderedSum(sum.High, sum.Low + (larger.Low + smaller.Low));
    }

    /// <summary>The product; relative error below 2^−102.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble operator *(DoubleDouble left, DoubleDouble right)
    {
        double product = left.High * right.High;
        double low = Math.FusedMultiplyAdd(left.High, right.High, -product);
        low = Math.FusedMultiplyAdd(left.High, right.Low, low);
        return OrderedSum(product, Math.FusedMultiplyAdd(left.Low, right.High, low));
    }

    /// <summary>The quotient; relative error below 2^−102.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble operator /(DoubleDouble dividend, DoubleDouble divisor)
    {
        double quotient = dividend.High / divisor.High;
        double rest = Math.FusedMultiplyAdd(-quotient, divisor.High, dividend.High);
        rest += Math.FusedMultiplyAdd(-quotient, divisor.Low, dividend.Low);
        return OrderedSum(quotient, rest / divisor.High);
    }
}
