using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Tensors;

public sealed class ShapeTests
{
    [Fact]
    public void Scalar_Facts_AreOneElementAndNoDimension()
    {
        Assert.Equal(1, Shape.Scalar.Count);
        Assert.Equal(0, Shape.Scalar.Rank);
        Assert.Equal(string.Empty, Shape.Scalar.ToString());
    }

    [Theory]
    [InlineData("2x5x10", 100)]
    [InlineData("0x5x10", 0)]
    [InlineData("7", 7)]
    [InlineData("1x1x1", 1)]
    [InlineData("2147483647", int.MaxValue)]
    public void TryParse_WhatToStringWrites_IsTheShape(string text, int count)
    {
        Assert.True(Shape.TryParse(text, out Shape shape));
        Assert.Equal(count, shape.Count);
        Assert.Equal(text, Culture.WithCommas(shape.ToString));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("2x")]
    [InlineData("x2")]
    [InlineData("2xx5")]
    [InlineData("-1x5")]
    [InlineData("+1x5")]
    [InlineData("02x5")]
    [InlineData(" 2x5")]
    [InlineData("2X5")]
    [InlineData("2.0x5")]
    [InlineData("2x5x1e1")]
    [InlineData("2147483648")]
    [InlineData("65536x65536")]
    [InlineData("99999999999999999999")]
    public void TryParse_AnythingElse_IsRefused(string text)
    {
        Assert.False(Shape.TryParse(text, out Shape shape));
        Assert.Same(Shape.Scalar, shape);
    }

    [Fact]
    public void Constructor_NegativeExtent_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => new Shape(2, -1));

    [Fact]
    public void Constructor_TooManyElements_Throws() => Assert.Throws<OverflowException>(() => new Shape(65536, 32768));

    [Fact]
    public void Equals_SameExtents_IsTrueAndHashesAlike()
    {
        Shape shape = new(2, 5);
        Assert.Equal(shape, new Shape(2, 5));
        Assert.Equal(shape.GetHashCode(), new Shape(2, 5).GetHashCode());
        Assert.NotEqual(shape, new Shape(5, 2));
        Assert.NotEqual(shape, new Shape(2, 5, 1));
        Assert.False(shape.Equals(null));
    }
}
