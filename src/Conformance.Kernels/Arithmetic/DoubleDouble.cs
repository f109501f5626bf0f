using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Conformance.Kernels.Arithmetic;

/// <summary>The unevaluated sum of two doubles, in every lane: a value that is still to be rounded, once, to its dtype.</summary>
/// <remarks>
/// Errors are relative to the exact result and hold without overflow and where no low part underflows. Sources: T. J. Dekker, "A
/// floating-point technique for extending the available precision" (1971); D. E. Knuth, TAOCP 2, 4.2.2; J.-M. Muller and L. Rideau,
/// "Formalization of double-word arithmetic, and comments on tight and rigorous error bounds" (2022).
/// </remarks>
/// <typeparam name="T">The lanes.</typeparam>
/// <param name="high">The leading part.</param>
/// <param name="low">What it lacks.</param>
internal readonly struct DoubleDouble<T>(T high, T low)
    where T : struct, ILanes<T>
{
    private const double Splitter = 134217729; // 2^27 + 1

    /// <summary>The double nearest to the value.</summary>
    public readonly T High = high;

    /// <summary>What <see cref="High"/> lacks.</summary>
    public readonly T Low = low;

    // What the machine lacks would be a call into the C runtime.
    private static bool HasFusedMultiplyAdd => Fma.IsSupported || Avx512F.IsSupported || AdvSimd.Arm64.IsSupported;

    /// <summary>left + right, exactly, whatever their order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble<T> Sum(T left, T right)
    {
        T sum = left + right;
        T addend = sum - left;
        return new DoubleDouble<T>(sum, (left - (sum - addend)) + (right - addend));
    }

    /// <summary>larger + smaller, exactly.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble<T> OrderedSum(T larger, T smaller)
    {
        T sum = larger + smaller;
        return new DoubleDouble<T>(sum, smaller - (sum - larger));
    }

    /// <summary>left · right, exactly; factors below 2^996 in magnitude.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble<T> Product(T left, T right)
    {
        T product = left * right;
        if (HasFusedMultiplyAdd)
        {
            return new DoubleDouble<T>(product, T.FusedMultiplyAdd(left, right, T.Of(0) - product));
        }

        T leftHead = Head(left);
        T leftTail = left - leftHead;
        T rightHead = Head(right);
        T rightTail = right - rightHead;
        T error = ((leftHead * rightHead) - product) + (leftHead * rightTail) + (leftTail * rightHead);
        return new DoubleDouble<T>(product, error + (leftTail * rightTail));
    }

    /// <summary>The sum; error below 2^−104 of |left| + |right|.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble<T> operator +(DoubleDouble<T> left, DoubleDouble<T> right)
    {
        DoubleDouble<T> sum = Sum(left.High, right.High);
        return OrderedSum(sum.High, sum.Low + (left.Low + right.Low));
    }

    /// <summary>The difference; error below 2^−104 of |left| + |right|.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble<T> operator -(DoubleDouble<T> left, DoubleDouble<T> right)
    {
        DoubleDouble<T> sum = Sum(left.High, T.Of(0) - right.High);
        return OrderedSum(sum.High, sum.Low + (left.Low - right.Low));
    }

    /// <summary>The product; relative error below 2^−101.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble<T> operator *(DoubleDouble<T> left, DoubleDouble<T> right)
    {
        DoubleDouble<T> product = Product(left.High, right.High);
        return OrderedSum(product.High, product.Low + ((left.High * right.Low) + (left.Low * right.High)));
    }

    /// <summary>The quotient; relative error below 2^−101.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble<T> operator /(DoubleDouble<T> dividend, DoubleDouble<T> divisor)
    {
        T quotient = dividend.High / divisor.High;
        DoubleDouble<T> product = Product(quotient, divisor.High);
        T remainder = ((dividend.High - product.High) - product.Low) + (dividend.Low - (quotient * divisor.Low));
        return OrderedSum(quotient, remainder / divisor.High);
    }

    /// <summary>mask ? ifSet : otherwise.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble<T> Select(T mask, DoubleDouble<T> ifSet, DoubleDouble<T> otherwise) =>
        new(T.Select(mask, ifSet.High, otherwise.High), T.Select(mask, ifSet.Low, otherwise.Low));

    /// <summary>Both parts times a power of two, or ±1: exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public DoubleDouble<T> Scaled(T power) => new(High * power, Low * power);

    /// <summary>
    /// <see cref="High"/> where <see cref="Low"/> is 0, and otherwise the odd one of the two doubles that the value lies between: a second
    /// rounding, to 51 bits or fewer, cannot turn that into a tie, so that its result is that of one rounding. High must not be 0.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T ToOdd()
    {
        T zero = T.Of(0);

        // Where the signs differ the value lies closer to zero than High: all bits set are the whole number -1.
        T step = T.Select(T.AreEqual(T.ShiftBitsRight(High ^ Low, 63), zero), zero, T.Of(BitConverter.Int64BitsToDouble(-1)));
        T odd = T.AddBits(High, step) | T.Of(double.Epsilon);
        return T.Select(T.AreEqual(Low, zero), High, odd);
    }

    /// <summary>The leading 26 bits of numbers below 2^996 in magnitude; what is left has at most 26 bits as well.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Head(T value)
    {
        T scaled = value * T.Of(Splitter);
        return scaled - (scaled - value);
    }
}
