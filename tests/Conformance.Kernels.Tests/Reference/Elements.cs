using System.Runtime.CompilerServices;
using Conformance.Core.Tensors;
using Conformance.Kernels.Formats;

namespace Conformance.Kernels.Tests.Reference;

/// <summary>Elements of any dtype from and to doubles and bits, by the dtype's own conversions, which the kernels do not use.</summary>
/// <typeparam name="T">The element type.</typeparam>
internal static class Elements<T>
    where T : unmanaged
{
    public static readonly DType DType = ElementFormats.DTypeOf<T>();

    /// <summary>The nearest element.</summary>
    public static T Of(double value) => OfBits(DType.ToBits(value));

    public static T[] Of(IEnumerable<double> values) => [.. values.Select(Of)];

    public static T OfBits(ulong bits) => Unsafe.As<ulong, T>(ref bits);

    public static double Value(T element) => DType.ToDouble(Bits(element));

    public static double[] Values(ReadOnlySpan<T> elements)
    {
        double[] values = new double[elements.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Value(elements[i]);
        }

        return values;
    }

    public static ulong Bits(T element)
    {
        ulong bits = 0;
        Unsafe.As<ulong, T>(ref bits) = element;
        return bits;
    }

    /// <summary>The bits, but the same ones for every NaN, whose bits are the processor's choice.</summary>
    public static ulong[] Comparable(ReadOnlySpan<T> elements)
    {
        ulong[] bits = new ulong[elements.Length];
        for (int i = 0; i < bits.Length; i++)
        {
            bits[i] = double.IsNaN(Value(elements[i])) ? DType.QuietNaN : Bits(elements[i]);
        }

        return bits;
    }
}
