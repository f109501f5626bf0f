using Conformance.Core.Tensors;
using Conformance.Kernels.Arithmetic;
using Conformance.Kernels.Formats;
using Conformance.Kernels.Tests.Reference;

namespace Conformance.Kernels.Tests.Formats;

/// <summary>Which elements are plain, at the edges.</summary>
public sealed class ElementFormatTests
{
    [Fact]
    public void ArePlain_Float16_EndsAtItsLimits() => AssertPlain<Half, ShortElementFormat<Half, Float16Layout>>();

    [Fact]
    public void ArePlain_BFloat16_EndsAtItsLimits() => AssertPlain<BFloat16, ShortElementFormat<BFloat16, BFloat16Layout>>();

    [Fact]
    public void ArePlain_Float32_EndsAtItsLimits() => AssertPlain<float, SingleFormat>();

    [Fact]
    public void ArePlain_Float64_IsNever()
    {
        double x = 0.5;
        double z = 0.5;
        Assert.False(DoubleFormat.ArePlain<Lanes64>(in x, in z, DoubleFormat.MagnitudeBits(DoubleFormat.LargestPlainMagnitude)));
    }

    [Fact]
    public void Conversions_EveryPathOfAnElement_Agree()
    {
        foreach (double value in (double[])[0, -0.0, 1, 1e-5, 65504, 65520, 1e-8, 3.4e38, 1e39, -1e-45, double.NaN, double.NegativeInfinity])
        {
            AssertConverts<Half>(value);
            AssertConverts<BFloat16>(value);
            AssertConverts<float>(value);
            AssertConverts<double>(value);
        }
    }

    private static void AssertConverts<T>(double value)
        where T : unmanaged
    {
        T element = default;
        ElementFormats.Store(value, ref element);
        Assert.Equal(Elements<T>.Comparable([Elements<T>.Of(value)]), Elements<T>.Comparable([element]));
        double[] widened = [double.NegativeZero];
        ElementFormats.Widen<T>([element], widened);
        Assert.Equal([Elements<T>.Value(element)], widened);
        Assert.True(ElementFormats.Supports<T>());
        Assert.False(ElementFormats.Supports<short>());
    }

    private static void AssertPlain<T, TFormat>()
        where T : unmanaged
        where TFormat : struct, IElementFormat<T>
    {
        AssertPlain<T, TFormat, Lanes64>();
        AssertPlain<T, TFormat, Lanes128>();
        AssertPlain<T, TFormat, Lanes256>();
        AssertPlain<T, TFormat, Lanes512>();
    }

    private static void AssertPlain<T, TFormat, TLanes>()
        where T : unmanaged
        where TFormat : struct, IElementFormat<T>
        where TLanes : struct, ILanes<TLanes>
    {
        DType dtype = Elements<T>.DType;
        Assert.Same(dtype, TFormat.DType);
        uint largest = TFormat.MagnitudeBits(TFormat.LargestPlainMagnitude);
        double edge = dtype.ToDouble(largest);
        double above = dtype.ToDouble(largest + 1);
        Assert.InRange(edge, 0.99 * TFormat.LargestPlainMagnitude, TFormat.LargestPlainMagnitude);
        double justAboveOne = dtype.ToDouble(dtype.ToBits(1) + 1);
        Assert.InRange(Math.Exp(-edge) / 128, dtype.SmallestNormal, 1);

        foreach (double x in (double[])[0, -0.0, edge, -edge, Math.ScaleB(1, dtype.SmallestExponent)])
        {
            foreach (double z in (double[])[0, 1, 0.5, Math.ScaleB(1, dtype.SmallestExponent)])
            {
                AssertPlainness<T, TFormat, TLanes>(true, x, z, largest);
            }
        }

        foreach (double x in (double[])[above, -above, dtype.MaxValue, double.PositiveInfinity, double.NegativeInfinity, double.NaN])
        {
            AssertPlainness<T, TFormat, TLanes>(false, x, 0.5, largest);
        }

        foreach (double z in (double[])[-0.0, justAboveOne, -1, 2, -Math.ScaleB(1, dtype.SmallestExponent), double.PositiveInfinity, double.NegativeInfinity, double.NaN])
        {
            AssertPlainness<T, TFormat, TLanes>(false, 0.5, z, largest);
        }
    }

    private static void AssertPlainness<T, TFormat, TLanes>(bool expected, double x, double z, uint largest)
        where T : unmanaged
        where TFormat : struct, IElementFormat<T>
        where TLanes : struct, ILanes<TLanes>
    {
        foreach (int lane in (int[])[0, TLanes.Count - 1])
        {
            // As many elements as the widest loads touch.
            T[] logits = new T[TLanes.Count];
            T[] labels = new T[TLanes.Count];
            logits[lane] = Elements<T>.Of(x);
            labels[lane] = Elements<T>.Of(z);
            Assert.True(expected == TFormat.ArePlain<TLanes>(in logits[0], in labels[0], largest), $"{typeof(T).Name}, {typeof(TLanes).Name}: {x:R}, {z:R}");
        }
    }
}
