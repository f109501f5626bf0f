using System.Numerics;
using Conformance.Core.Tensors;
using CsCheck;

namespace Conformance.Core.Tests.Tensors;

public sealed class DTypeTests
{
    public static readonly TheoryData<string> Names = [.. DType.All.Select(dtype => dtype.Name)];

    [Fact]
    public void All_Facts_AreThoseOfIeee754()
    {
        Assert.Equal(["float32", "float64"], DType.All.Select(dtype => dtype.Name));
        Assert.Equal([4, 8], DType.All.Select(dtype => dtype.Size));
        Assert.Equal([8, 16], DType.All.Select(dtype => dtype.HexDigits));
        Assert.Equal([23, 52], DType.All.Select(dtype => dtype.SignificandBits));
        Assert.Equal([0xFFFFFFFFul, ulong.MaxValue], DType.All.Select(dtype => dtype.BitMask));
        Assert.Equal([Math.ScaleB(1, -24), Math.ScaleB(1, -53)], DType.All.Select(dtype => dtype.UnitRoundoff));
        Assert.Equal([Math.ScaleB(1, -126), Math.ScaleB(1, -1022)], DType.All.Select(dtype => dtype.SmallestNormal));
        Assert.Equal([float.MaxValue, double.MaxValue], DType.All.Select(dtype => dtype.MaxValue));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Find_ItsName_IsItself(string name) => Assert.Equal(name, DType.Find(name)!.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("Float32")]
    [InlineData("float16")]
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

    [Fact]
    public void Dispatch_EachDType_UsesItsClrType() =>
        Assert.Equal([typeof(float), typeof(double)], DType.All.Select(dtype => dtype.Dispatch<ClrType, Type>(default)));

    private readonly struct ClrType : IDTypeOperation<Type>
    {
        public Type Invoke<T>()
            where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T> => typeof(T);
    }
}
