using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Conformance.Core.Tensors;

/// <summary>An IEEE 754 element type: its wire name, its width, and the conversions between values and bits.</summary>
public abstract class DType
{
    /// <summary>IEEE 754 binary16.</summary>
    public static readonly DType Float16 = new Float16DType();

    /// <summary>The upper half of IEEE 754 binary32: 8 significant bits and its exponents.</summary>
    public static readonly DType BFloat16 = new BFloat16DType();

    /// <summary>IEEE 754 binary32.</summary>
    public static readonly DType Float32 = new Float32DType();

    /// <summary>IEEE 754 binary64.</summary>
    public static readonly DType Float64 = new Float64DType();

    /// <summary>Every dtype that cases can have.</summary>
    public static readonly IReadOnlyList<DType> All = [Float16, BFloat16, Float32, Float64];

    /// <summary>The NumPy name, for example <c>float32</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Bytes per element.</summary>
    public abstract int Size { get; }

    /// <summary>Explicit significand bits: 23 for float32.</summary>
    public abstract int SignificandBits { get; }

    /// <summary>Significant bits with the implicit one: 24 for float32.</summary>
    public int Precision => SignificandBits + 1;

    /// <summary>The exponent of the smallest positive value, 2⁻¹⁴⁹ for float32, which is the unit in the last place of all subnormals.</summary>
    public abstract int SmallestExponent { get; }

    /// <summary>The exponent of the largest finite values: 127 for float32.</summary>
    public abstract int LargestExponent { get; }

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

    /// <summary>The bits of the positive quiet NaN without payload. Which NaN arithmetic makes depends on the processor.</summary>
    public ulong QuietNaN => ToBits(double.PositiveInfinity) | (1ul << (SignificandBits - 1));

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

    /// <summary>The values that many elements' bits stand for; exact.</summary>
    /// <param name="bits">The elements' bytes.</param>
    /// <param name="values">Receives as many values.</param>
    public abstract void Widen(ReadOnlySpan<byte> bits, Span<double> values);

    /// <summary>The bits in fixed-width lower-case hexadecimal, most significant digit first.</summary>
    /// <param name="bits">An element's bits.</param>
    /// <returns><see cref="HexDigits"/> digits, without a prefix.</returns>
    public string ToHex(ulong bits) => bits.ToString(HexFormat, CultureInfo.InvariantCulture);

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

    private string HexFormat => Size switch
    {
        2 => "x4",
        4 => "x8",
        _ => "x16",
    };

    // Of 16 bits, a table of all values: no processor widens both formats in vectors.
    private static void Widen(double[] table, ReadOnlySpan<byte> bits, Span<double> values)
    {
        ReadOnlySpan<ushort> indices = MemoryMarshal.Cast<byte, ushort>(bits)[..values.Length];
        for (int i = 0; i < indices.Length; i++)
        {
            values[i] = table[indices[i]];
        }
    }

    private double[] AllValues() => [.. Enumerable.Range(0, 1 << 16).Select(bits => ToDouble((ulong)bits))];

    private Int128 Monotone(ulong bits)
    {
        ulong magnitude = bits & (BitMask >> 1);
        return magnitude == bits ? magnitude : -(Int128)magnitude;
    }

    private sealed class Float16DType : DType
    {
        private readonly Lazy<double[]> _values;

        public Float16DType() => _values = new(AllValues);

        public override string Name => "float16";

        public override int Size => 2;

        public override int SignificandBits => 10;

        public override int SmallestExponent => -24;

        public override int LargestExponent => 15;

        public override double SmallestNormal => 6.103515625e-05;

        public override double MaxValue => 65504;

        public override ulong ToBits(double value) => BitConverter.HalfToUInt16Bits((Half)value);

        public override double ToDouble(ulong bits) => (double)BitConverter.UInt16BitsToHalf((ushort)bits);

        public override void Widen(ReadOnlySpan<byte> bits, Span<double> values) => Widen(_values.Value, bits, values);

        protected override string FormatShortest(ulong bits) =>
            BitConverter.UInt16BitsToHalf((ushort)bits).ToString("R", CultureInfo.InvariantCulture);
    }

    private sealed class BFloat16DType : DType
    {
        private readonly Lazy<double[]> _values;

        public BFloat16DType() => _values = new(AllValues);

        public override string Name => "bfloat16";

        public override int Size => 2;

        public override int SignificandBits => 7;

        public override int SmallestExponent => -133;

        public override int LargestExponent => 127;

        public override double SmallestNormal => 1.17549435082228750796873653722e-38;

        public override double MaxValue => 3.3895313892515355e38;

        public override ulong ToBits(double value)
        {
            if (double.IsNaN(value))
            {
                return 0x7FC0;
            }

            // To float32 rounded to odd, which a second rounding cannot turn into a tie; then to nearest, ties to even.
            float single = (float)value;
            uint bits = BitConverter.SingleToUInt32Bits(single);
            if (single != value && !float.IsInfinity(single))
            {
                bits = ((Math.Abs(single) > Math.Abs(value) ? bits - 1 : bits) | 1);
            }
            else if (float.IsInfinity(single) && !double.IsInfinity(value))
            {
                bits--;
            }

            return (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
        }

        public override double ToDouble(ulong bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

        public override void Widen(ReadOnlySpan<byte> bits, Span<double> values) => Widen(_values.Value, bits, values);

        // Four digits distinguish 8 bits wherever they are; the shortest that comes back is the shortest there is.
        protected override string FormatShortest(ulong bits)
        {
            double value = ToDouble(bits);
            for (int digits = 1; digits < 5; digits++)
            {
                string text = value.ToString($"G{digits}", CultureInfo.InvariantCulture);
                if (ToBits(double.Parse(text, CultureInfo.InvariantCulture)) == bits)
                {
                    return text;
                }
            }

            return value.ToString("R", CultureInfo.InvariantCulture);
        }
    }

    private sealed class Float32DType : DType
    {
        public override string Name => "float32";

        public override int Size => 4;

        public override int SignificandBits => 23;

        public override int SmallestExponent => -149;

        public override int LargestExponent => 127;

        public override double SmallestNormal => 1.17549435082228750796873653722e-38;

        public override double MaxValue => float.MaxValue;

        public override ulong ToBits(double value) => BitConverter.SingleToUInt32Bits((float)value);

        public override double ToDouble(ulong bits) => BitConverter.UInt32BitsToSingle((uint)bits);

        public override void Widen(ReadOnlySpan<byte> bits, Span<double> values)
        {
            ReadOnlySpan<float> singles = MemoryMarshal.Cast<byte, float>(bits)[..values.Length];
            int i = 0;
            for (; i <= singles.Length - Vector<float>.Count; i += Vector<float>.Count)
            {
                Vector.Widen(new Vector<float>(singles[i..]), out Vector<double> low, out Vector<double> high);
                low.CopyTo(values[i..]);
                high.CopyTo(values[(i + Vector<double>.Count)..]);
            }

            for (; i < singles.Length; i++)
            {
                values[i] = singles[i];
            }
        }

        protected override string FormatShortest(ulong bits) =>
            BitConverter.UInt32BitsToSingle((uint)bits).ToString("R", CultureInfo.InvariantCulture);
    }

    private sealed class Float64DType : DType
    {
        public override string Name => "float64";

        public override int Size => 8;

        public override int SignificandBits => 52;

        public override int SmallestExponent => -1074;

        public override int LargestExponent => 1023;

        public override double SmallestNormal => 2.2250738585072014e-308;

        public override double MaxValue => double.MaxValue;

        public override ulong ToBits(double value) => BitConverter.DoubleToUInt64Bits(value);

        public override double ToDouble(ulong bits) => BitConverter.UInt64BitsToDouble(bits);

        public override void Widen(ReadOnlySpan<byte> bits, Span<double> values) =>
            MemoryMarshal.Cast<byte, double>(bits)[..values.Length].CopyTo(values);

        protected override string FormatShortest(ulong bits) => ToDouble(bits).ToString("R", CultureInfo.InvariantCulture);
    }
}
