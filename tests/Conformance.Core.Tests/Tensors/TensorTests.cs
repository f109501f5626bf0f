using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Tensors;

public sealed class TensorTests
{
    [Theory]
    [InlineData("float32", "3f800000bf00000080000000")]
    [InlineData("float64", "3ff0000000000000bfe00000000000008000000000000000")]
    public void ToHex_Elements_AreConcatenatedRowMajor(string dtype, string hex)
    {
        using NativeTensorArena arena = new();
        Tensor tensor = Given.Tensor(arena, DType.Find(dtype)!, new Shape(3, 1), 1, -0.5, -0.0);
        Assert.Equal(hex, tensor.ToHex());
        Assert.Equal(hex.Length / 2, tensor.Bytes.Length);
        Assert.Equal(-0.5, tensor.ValueAt(1));
    }

    [Fact]
    public void Span_OfItsType_SeesTheElements()
    {
        using NativeTensorArena arena = new();
        Tensor tensor = Given.Tensor(arena, DType.Float32, new Shape(2), 1, 2);
        tensor.Span<float>()[1] = 3;
        Assert.Equal(3, tensor.ValueAt(1));
    }

    [Fact]
    public void Span_OfAnotherWidth_Throws()
    {
        using NativeTensorArena arena = new();
        Tensor tensor = arena.Allocate(DType.Float32, new Shape(2));
        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(() => tensor.Span<double>().Length);
        Assert.Equal("A float32 tensor cannot be read as Double.", exception.Message);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    [InlineData(int.MaxValue)]
    public void BitsAt_OutOfRange_Throws(int index)
    {
        using NativeTensorArena arena = new();
        foreach (DType dtype in DType.All)
        {
            Tensor tensor = arena.Allocate(dtype, new Shape(2));
            Assert.Throws<ArgumentOutOfRangeException>(() => tensor.BitsAt(index));
            Assert.Throws<ArgumentOutOfRangeException>(() => tensor.SetBits(index, 0));
        }
    }

    [Fact]
    public void Bytes_Empty_HasNone()
    {
        using NativeTensorArena arena = new();
        Tensor tensor = arena.Allocate(DType.Float64, new Shape(0, 5));
        Assert.Equal(0, tensor.Bytes.Length);
        Assert.Equal(string.Empty, tensor.ToHex());
        Assert.Throws<ArgumentOutOfRangeException>(() => tensor.BitsAt(0));
    }

    [Theory]
    [InlineData("float16")]
    [InlineData("bfloat16")]
    [InlineData("float32")]
    [InlineData("float64")]
    public void CopyTo_AnyPart_IsTheValuesOneByOne(string dtypeName)
    {
        DType dtype = DType.Find(dtypeName)!;
        using NativeTensorArena arena = new();
        Tensor tensor = arena.Allocate(dtype, new Shape(67));
        Random random = new(1);
        for (int i = 0; i < 67; i++)
        {
            tensor.SetBits(i, (ulong)random.NextInt64() & dtype.BitMask);
        }

        for (int start = 0; start <= 67; start += 3)
        {
            double[] values = new double[67 - start];
            tensor.CopyTo(start, values);

            Assert.Equal(Enumerable.Range(start, values.Length).Select(tensor.ValueAt), values);
        }
    }
}
