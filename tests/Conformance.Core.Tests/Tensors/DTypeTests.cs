using System.Globalization;
using Conformance.Core.Tensors;
using CsCheck;

namespace Conformance.Core.Tests.Tensors;

public sealed class DTypeTests
{
    public static readonly TheoryData<string> Names = [.. DType.All.Select(dtype => dtype.Name)];

    [Fact]
    public void All_Facts_AreThoseOfIeee754()
    {
        Assert.Equal(["float16", "bfloat16", "float32", "float64"], DType.All.Select(dtype => dtype.Name));
        Assert.Equal([2, 2, 4, 8], DType.All.Select(dtype => dtype.Size));
        Assert.Equal([4, 4, 8, 16], DType.All.Select(dtype => dtype.HexDigits));
        Assert.Equal([10, 7, 23, 52], DType.All.Select(dtype => dtype.SignificandBits));
        Assert.Equal([0xFFFFul, 0xFFFFul, 0xFFFFFFFFul, ulong.MaxValue], DType.All.Select(dtype => dtype.BitMask));
        Assert.Equal([Math.ScaleB(1, -11), Math.ScaleB(1, -8), Math.ScaleB(1, -24), Math.ScaleB(1, -53)], DType.All.Select(dtype => dtype.UnitRoundoff));
        Assert.Equal([Math.ScaleB(1, -14), Math.ScaleB(1, -126), Math.ScaleB(1, -126), Math.ScaleB(1, -1022)], DType.All.Select(dtype => dtype.SmallestNormal));
        Assert.Equal([65504, Math.ScaleB(255, 120), float.MaxValue, double.MaxValue], DType.All.Select(dtype => dtype.MaxValue));
        Assert.Equal([11, 8, 24, 53], DType.All.Select(dtype => dtype.Precision));
        Assert.Equal([-24, -133, -149, -1074], DType.All.Select(dtype => dtype.SmallestExponent));
        Assert.Equal([15, 127, 127, 1023], DType.All.Select(dtype => dtype.LargestExponent));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Find_ItsName_IsItself(string name) => Assert.Equal(name, DType.Find(name)!.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("Float32")]
    [InlineData("float8")]
    public void Find_AnythingElse_IsNull(string name) => Assert.Null(DType.Find(name));

    [Theory]
    [InlineData("float32", 0.0, "00000000")]
    [InlineData("float32", -0.0, "80000000")]
    [InlineData("float32", 1.0, "3f800000")]
    [InlineData("float32", 0.1, "3dcccccd")]
    [InlineData("float32", 1e300, "7f800000")]
    [InlineData("float32", 1e-50, "00000000")]
    [InlineData("float32", 1.4012984643248171e-45, "00000001")]
    [InlineData("float32", double.NegativeInfinity, "ff800000")]
    [InlineData("float32", 16777217.0, "4b800000")]
    [InlineData("float32", 16777219.0, "4b800002")]
    [InlineData("float64", 0.1, "3fb999999999999a")]
    [InlineData("float64", -2.0, "c000000000000000")]
    [InlineData("float64", 4.9406564584124654e-324, "0000000000000001")]
    [InlineData("float64", double.PositiveInfinity, "7ff0000000000000")]
    public void ToHex_KnownValue_IsItsBits(string name, double value, string hex)
    {
        DType dtype = DType.Find(name)!;
        Assert.Equal(hex, dtype.ToHex(dtype.ToBits(value)));
    }

    [Theory]
    [InlineData("float32", 0x3DCCCCCDul, "0.1")]
    [InlineData("float32", 0x80000000ul, "-0")]
    [InlineData("float32", 0x7F7FFFFFul, "3.4028235E+38")]
    [InlineData("float32", 0x00000001ul, "1E-45")]
    [InlineData("float32", 0x7F800000ul, "inf")]
    [InlineData("float32", 0xFF800000ul, "-inf")]
    [InlineData("float32", 0xFFC00000ul, "NaN")]
    [InlineData("float64", 0x3FB999999999999Aul, "0.1")]
    [InlineData("float64", 0x3FE5555555555555ul, "0.6666666666666666")]
    [InlineData("float64", 0x7FF8000000000001ul, "NaN")]
    public void ToDecimal_InACultureWithCommas_IsTheShortestInvariantDecimal(string name, ulong bits, string expected) =>
        Assert.Equal(expected, Culture.WithCommas(() => DType.Find(name)!.ToDecimal(bits)));

    [Theory]
    [MemberData(nameof(Names))]
    public void ToDecimal_AnyFinite_ReadsBackToTheSameBits(string name)
    {
        DType dtype = DType.Find(name)!;
        Gen.ULong.Select(bits => bits & dtype.BitMask).Where(bits => double.IsFinite(dtype.ToDouble(bits))).Sample(bits =>
            bits == dtype.ToBits(double.Parse(dtype.ToDecimal(bits), System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ToBits_OfToDouble_IsTheIdentityButForNaN(string name)
    {
        DType dtype = DType.Find(name)!;
        Gen.ULong.Select(bits => bits & dtype.BitMask).Sample(bits =>
            double.IsNaN(dtype.ToDouble(bits)) ? double.IsNaN(dtype.ToDouble(dtype.ToBits(dtype.ToDouble(bits)))) : dtype.ToBits(dtype.ToDouble(bits)) == bits);
    }

    [Theory]
    [InlineData("float16", 0x7e00)]
    [InlineData("bfloat16", 0x7fc0)]
    [InlineData("float32", 0x7fc00000)]
    [InlineData("float64", 0x7ff8000000000000)]
    public void QuietNaN_EachDType_IsPositiveAndWithoutPayload(string name, ulong bits)
    {
        DType dtype = DType.Find(name)!;
        Assert.Equal(bits, dtype.QuietNaN);
        Assert.True(double.IsNaN(dtype.ToDouble(bits)));
    }

    [Theory]
    [InlineData(0x00000000ul, 0x80000000ul, 0ul)] // +0, -0
    [InlineData(0x00000001ul, 0x80000001ul, 2ul)] // across zero
    [InlineData(0x80000000ul, 0x00000001ul, 1ul)]
    [InlineData(0x3F800000ul, 0x3F7FFFFFul, 1ul)] // the edge of a binade
    [InlineData(0x007FFFFFul, 0x00800000ul, 1ul)] // the largest subnormal, the smallest normal
    [InlineData(0x7F7FFFFFul, 0x7F800000ul, 1ul)] // the maximum, infinity
    [InlineData(0x7F800000ul, 0xFF800000ul, 0xFF000000ul)]
    [InlineData(0x3F800000ul, 0xBF800000ul, 0x7F000000ul)]
    [InlineData(0x7FC00000ul, 0xFFC00001ul, 0ul)] // NaN, another NaN
    [InlineData(0x7FC00000ul, 0x7F800000ul, ulong.MaxValue)]
    [InlineData(0x00000000ul, 0x7FC00000ul, ulong.MaxValue)]
    public void UlpDistance_Float32_IsTheNumberOfSteps(ulong left, ulong right, ulong expected)
    {
        Assert.Equal(expected, DType.Float32.UlpDistance(left, right));
        Assert.Equal(expected, DType.Float32.UlpDistance(right, left));
    }

    [Theory]
    [InlineData(0.0, -0.0, 0ul)]
    [InlineData(double.MaxValue, double.PositiveInfinity, 1ul)]
    [InlineData(1.0, 1.0000000000000002, 1ul)]
    [InlineData(double.NegativeInfinity, double.PositiveInfinity, 0xFFE0000000000000ul)]
    [InlineData(double.NaN, 1.0, ulong.MaxValue)]
    public void UlpDistance_Float64_IsTheNumberOfSteps(double left, double right, ulong expected) =>
        Assert.Equal(expected, DType.Float64.UlpDistance(DType.Float64.ToBits(left), DType.Float64.ToBits(right)));

    [Fact]
    public void UlpDistance_NextValue_IsOne() => Gen.Float.Where(float.IsFinite).Sample(value =>
        DType.Float32.UlpDistance(BitConverter.SingleToUInt32Bits(value), BitConverter.SingleToUInt32Bits(float.BitIncrement(value))) == 1);

    [Fact]
    public void UlpDistance_AlongALine_AddsUp() => Gen.Select(Gen.Float.Where(float.IsFinite), Gen.Float.Where(float.IsFinite), Gen.Float.Where(float.IsFinite))
        .Sample((a, b, c) =>
        {
            ulong[] bits = [.. new[] { a, b, c }.Order().Select(value => (ulong)BitConverter.SingleToUInt32Bits(value))];
            return DType.Float32.UlpDistance(bits[0], bits[2])
                == DType.Float32.UlpDistance(bits[0], bits[1]) + DType.Float32.UlpDistance(bits[1], bits[2]);
        });

    [Theory]
    [InlineData("float16", 65519.99, 0x7BFF)]
    [InlineData("float16", 65520, 0x7C00)]
    [InlineData("float16", 5.9604644775390625e-8, 0x0001)]
    [InlineData("float16", 2.98023223876953125e-8, 0x0000)]
    [InlineData("bfloat16", 1.00390625, 0x3F80)]
    [InlineData("bfloat16", 1.0039062500000002, 0x3F81)]
    [InlineData("bfloat16", -1.01171875, 0xBF82)]
    [InlineData("bfloat16", 1.0117187499999998, 0x3F81)]
    [InlineData("bfloat16", 3.39617752923046e38, 0x7F80)]
    [InlineData("bfloat16", 3.396177529230459e38, 0x7F7F)]
    [InlineData("bfloat16", 9.183549615799121e-41, 0x0001)]
    [InlineData("bfloat16", 4.591774807899561e-41, 0x0000)]
    [InlineData("bfloat16", -1e300, 0xFF80)]
    public void ToBits_NarrowDType_RoundsOnceToTheNearest(string dtype, double value, int bits) =>
        Assert.Equal((ulong)bits, DType.Find(dtype)!.ToBits(value));

    [Theory]
    [InlineData("float16")]
    [InlineData("bfloat16")]
    public void ToBits_EveryValueOfANarrowDType_ComesBack(string name)
    {
        DType dtype = DType.Find(name)!;
        for (ulong bits = 0; bits <= 0xFFFF; bits++)
        {
            double value = dtype.ToDouble(bits);
            Assert.True(double.IsNaN(value) ? double.IsNaN(dtype.ToDouble(dtype.ToBits(value))) : dtype.ToBits(value) == bits);
            Assert.True(!double.IsFinite(value) || dtype.ToBits(double.Parse(dtype.ToDecimal(bits), CultureInfo.InvariantCulture)) == bits);
        }
    }
}
