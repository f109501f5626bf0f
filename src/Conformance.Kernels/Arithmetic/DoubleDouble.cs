using System.Numerics;
using System.Runtime.CompilerServices;

namespace Conformance.Kernels.Arithmetic;

/// <summary>The unevaluated sum of two doubles: a value that is still to be rounded, once, to its dtype.</summary>
/// <remarks>
/// <para>
/// Normalized: <see cref="High"/> is the double nearest to the sum, and <see cref="Low"/> is 0 where High is infinite or NaN.
/// </para>
/// <para>
/// Only + − * / are used, each of which IEEE 754 rounds in one way; the runtime never contracts them into fused operations, so
/// the bits are the same on every machine. The products are split by Dekker's method instead of a fused multiply-add for the
/// same reason. Exactness needs round to nearest, no overflow (|factor| below 2^996) and no underflow of the low part (|product|
/// above 2^−969). Sources: T. J. Dekker, "A floating-point technique for extending the available precision" (1971);
/// D. E. Knuth, TAOCP 2, 4.2.2.
/// </para>
/// </remarks>
/// <param name="high">The leading part.</param>
/// <param name="low">The rest.</param>
internal readonly struct DoubleDouble(double high, double low)
{
    private const double Splitter = 134217729; // 2^27 + 1

    /// <summary>The double nearest to the value.</summary>
    public double High { get; } = high;

    /// <summary>What <see cref="High"/> lacks.</summary>
    public double Low { get; } = low;

    /// <summary>left + right, exactly.</summary>
    /// <param name="left">A finite number.</param>
    /// <param name="right">A finite number.</param>
    /// <returns>The rounded sum and its error.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble Sum(double left, double right)
    {
        double sum = left + right;
        double addend = sum - left;
        return new DoubleDouble(sum, (left - (sum - addend)) + (right - addend));
    }

    /// <summary>larger + smaller, exactly.</summary>
    /// <param name="larger">0, or not smaller in magnitude than <paramref name="smaller"/>.</param>
    /// <param name="smaller">The other number.</param>
    /// <returns>The rounded sum and its error.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble OrderedSum(double larger, double smaller)
    {
        double sum = larger + smaller;
        return new DoubleDouble(sum, smaller - (sum - larger));
    }

    /// <summary>left · right, exactly.</summary>
    /// <param name="left">A number below 2^996 in magnitude.</param>
    /// <param name="right">A number below 2^996 in magnitude.</param>
    /// <returns>The rounded product and its error.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble Product(double left, double right)
    {
        double leftHead = Head(left);
        double leftTail = left - leftHead;
        double rightHead = Head(right);
        double rightTail = right - rightHead;
        double product = left * right;
        double error = ((leftHead * rightHead) - product) + (leftHead * rightTail) + (leftTail * rightHead);
        return new DoubleDouble(product, error + (leftTail * rightTail));
    }

    /// <summary>The leading 26 bits of a number below 2^996 in magnitude; what is left has at most 26 bits as well.</summary>
    /// <param name="value">The number.</param>
    /// <returns>Its head.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Head(double value)
    {
        double scaled = value * Splitter;
        return scaled - (scaled - value);
    }

    /// <summary>The sum of two values whose leading parts have any order; relative error below 2^−104 of |left| + |right|.</summary>
    /// <param name="left">A finite value.</param>
    /// <param name="right">A finite value.</param>
    /// <returns>The normalized sum.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble operator +(DoubleDouble left, DoubleDouble right)
    {
        DoubleDouble sum = Sum(left.High, right.High);
        return OrderedSum(sum.High, sum.Low + (left.Low + right.Low));
    }

    /// <summary>The quotient; relative error below 2^−102 where no part underflows.</summary>
    /// <param name="dividend">A finite value.</param>
    /// <param name="divisor">A finite value other than 0.</param>
    /// <returns>The normalized quotient.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble operator /(DoubleDouble dividend, DoubleDouble divisor)
    {
        double quotient = dividend.High / divisor.High;
        DoubleDouble product = Product(quotient, divisor.High);
        double remainder = ((dividend.High - product.High) - product.Low) + (dividend.Low - (quotient * divisor.Low));
        return OrderedSum(quotient, remainder / divisor.High);
    }

    /// <summary>The negated value; exact.</summary>
    /// <param name="value">The value.</param>
    /// <returns>−value.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble operator -(DoubleDouble value) => new(-value.High, -value.Low);

    /// <summary>
    /// The quotient by a count, for the gradient of a mean. Infinite, NaN and near-overflow values lose their low part.
    /// </summary>
    /// <param name="count">A positive whole number below 2^53.</param>
    /// <returns>The normalized quotient.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public DoubleDouble DividedBy(double count) =>
        Math.Abs(High) < 1e290 ? this / new DoubleDouble(count, 0) : new DoubleDouble(High / count, 0);

    /// <summary>The value rounded to the nearest <typeparamref name="T"/>, ties to even.</summary>
    /// <remarks>
    /// A narrower type is reached through the double rounded to odd, which a second rounding cannot turn into a tie, so that
    /// the result is that of one rounding.
    /// </remarks>
    /// <typeparam name="T">double, or a type of at most 51 significant bits.</typeparam>
    /// <returns>The rounded value.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Round<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        T.CreateTruncating(typeof(T) == typeof(double) ? High : ToOdd());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private double ToOdd()
    {
        if (Low == 0)
        {
            return High;
        }

        // Truncate towards zero, then set the last bit: the sign of zero cannot occur here, as High is 0 only where Low is.
        long bits = BitConverter.DoubleToInt64Bits(High);
        long pullsTowardsZero = (bits ^ BitConverter.DoubleToInt64Bits(Low)) >>> 63;
        return BitConverter.Int64BitsToDouble((bits - pullsTowardsZero) | 1);
    }
}
