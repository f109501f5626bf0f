using System.Globalization;

namespace Conformance.Core.Tensors;

/// <summary>An IEEE 754 element type: its wire name, its width, and the conversions between values and bits.</summary>
public abstract class DType
{
    /// <summary>IEEE 754 binary32.</summary>
    public static readonly DType Float32 = new Float32DType();

    /// <summary>IEEE 754 binary64.</summary>
    public static readonly DType Float64 = new Float64DType();

    /// <summary>Every dtype that cases can have.</summary>
    public static readonly IReadOnlyList<DType> All = [Float32, Float64];

    /// <summary>The NumPy name, for example <c>float32</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Bytes per element.</summary>
    public abstract int Size { get; }

    /// <summary>Explicit significand bits: 23 for float32.</summary>
    public abstract int SignificandBits { get; }

    /// <summary>Half the distance from 1 to the next larger value: 2⁻²⁴ for float32.</summary>
    public double UnitRoundoff => Math.ScaleB(1, -SignificandBits - 1);

    /// <summary>The smallest positive normal value.</summary>
    public abstract double SmallestNormal { get; }

    /// <summary>The largest finite value.</summary>
    public abstract double MaxValue { get; }

    /// <summary>Hexadecimal digits of one element's bits: 8 for float32.</summary>
    public int HexDigits => Size * 2;

    /// <summary>Every bit of an element, set.</summary>
    public ulong BitMask => ulong.MaxValue >> (64 - (Size * 8));

    /// <summary>The dtype of that name.</summary>
    /// <param name="name">A wire name.</param>
    /// <returns>The dtype, or null where there is none of that name.</returns>
    public static DType? Find(string name) => All.FirstOrDefault(dtype => dtype.Name == name);

    /// <summary>The bits of the value nearest to <paramref name="value"/>, ties to even.</summary>
    /// <param name="value">Any value; NaN becomes a quiet NaN.</param>
    /// <returns>The bits, in the low <see cref="Size"/> bytes.</returns>
    public abstract ulong ToBits(double value);

    /// <summary>The value that the bits stand for; exact.</summary>
    /// <param name="bits">An element's bits.</param>
    /// <returns>The value.</returns>
    public abstract double ToDouble(ulong bits);

    /// <summary>Runs a generic computation with this dtype's CLR type.</summary>
    /// <typeparam name="TOperation">The computation.</typeparam>
    /// <typeparam name="TResult">Its result.</typeparam>
    /// <param name="operation">The computation's state.</param>
    /// <returns>What the computation returns.</returns>
    public abstract TResult Dispatch<TOperation, TResult>(TOperation operation)
        where TOperation : IDTypeOperation<TResult>;

    /// <summary>The bits in fixed-width lower-case hexadecimal, most significant digit first.</summary>
    /// <param name="bits">An element's bits.</param>
    /// <returns><see cref="HexDigits"/> digits, without a prefix.</returns>
    public string ToHex(ulong bits) => bits.ToString(HexDigits == 8 ? "x8" : "x16", CultureInfo.InvariantCulture);

    /// <summary>The shortest decimal that rounds to the same bits, in the invariant culture.</summary>
    /// <param name="bits">An element's bits.</param>
    /// <returns>A decimal, <c>NaN</c>, <c>inf</c> or <c>-inf</c>.</returns>
    public string ToDecimal(ulong bits)
    {
        double value = ToDouble(bits);
        return double.IsPositiveInfinity(value) ? "inf"
            : double.IsNegativeInfinity(value) ? "-inf"
            : FormatShortest(bits);
    }

    /// <summary>
    /// The number of representable values between two elements: their sign-magnitude bits are mapped to a monotone
    /// integer, so that +0 and −0 are 0 apart and values of opposite sign are as far apart as the values between them.
    /// </summary>
    /// <param name="left">An element's bits.</param>
    /// <param name="right">Another element's bits.</param>
    /// <returns>The distance; 0 where both are NaN, <see cref="ulong.MaxValue"/> where one is.</returns>
    public ulong UlpDistance(ulong left, ulong right)
    {
        bool leftIsNaN = double.IsNaN(ToDouble(left));
        bool rightIsNaN = double.IsNaN(ToDouble(right));
        if (leftIsNaN || rightIsNaN)
        {
            return leftIsNaN && rightIsNaN ? 0 : ulong.MaxValue;
        }

        Int128 distance = Monotone(left) - Monotone(right);
        return (ulong)Int128.Abs(distance);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>The shortest round-trip decimal of finite values and NaN.</summary>
    /// <param name="bits">An element's bits.</param>
    /// <returns>The decimal.</returns>
    protected abstract string FormatShortest(ulong bits);

    private Int128 Monotone(ulong bits)
    {
        ulong magnitude = bits & (BitMask >> 1);
        return magnitude == bits ? magnitude : -(Int128)magnitude;
    }

    private sealed class Float32DType : DType
    {
        public override string Name => "float32";

        public override int Size => 4;

        public override int SignificandBits => 23;

        public override double SmallestNormal => 1.17549435082228750796873653722e-38;

        public override double MaxValue => float.MaxValue;

        public override ulong ToBits(double value) => BitConverter.SingleToUInt32Bits((float)value);

        public override double ToDouble(ulong bits) => BitConverter.UInt32BitsToSingle((uint)bits);

        public override TResult Dispatch<TOperation, TResult>(TOperation operation) => operation.Invoke<float>();

        protected override string FormatShortest(ulong bits) =>
            BitConverter.UInt32BitsToSingle((uint)bits).ToString("R", CultureInfo.InvariantCulture);
    }

    private sealed class Float64DType : DType
    {
        public override string Name => "float64";

        public override int Size => 8;

        public override int SignificandBits => 52;

        public override double SmallestNormal => 2.2250738585072014e-308;

        public override double MaxValue => double.MaxValue;

        public override ulong ToBits(double value) => BitConverter.DoubleToUInt64Bits(value);

        public override double ToDouble(ulong bits) => BitConverter.UInt64BitsToDouble(bits);

        public override TResult Dispatch<TOperation, TResult>(TOperation operation) => operation.Invoke<double>();

        protected override string FormatShortest(ulong bits) => ToDouble(bits).ToString("R", CultureInfo.InvariantCulture);
    }
}
