using System.Runtime.CompilerServices;
using Conformance.Core.Tensors;
using Conformance.Kernels.Arithmetic;

namespace Conformance.Kernels.Formats;

/// <summary>The formats by element type, where one element at a time is enough.</summary>
internal static class ElementFormats
{
    /// <summary>Whether there is a format for an element type.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <returns>True for float, double, Half and BFloat16.</returns>
    public static bool Supports<T>() =>
        typeof(T) == typeof(float) || typeof(T) == typeof(double) || typeof(T) == typeof(Half) || typeof(T) == typeof(BFloat16);

    /// <summary>The dtype of an element type.</summary>
    /// <typeparam name="T">A supported type.</typeparam>
    /// <returns>The dtype.</returns>
    public static DType DTypeOf<T>() =>
        typeof(T) == typeof(float) ? DType.Float32
        : typeof(T) == typeof(double) ? DType.Float64
        : typeof(T) == typeof(Half) ? DType.Float16
        : DType.BFloat16;

    /// <summary>Rounds a double to an element.</summary>
    /// <typeparam name="T">A supported type.</typeparam>
    /// <param name="value">The double.</param>
    /// <param name="destination">Receives the element.</param>
    public static void Store<T>(double value, ref T destination)
        where T : unmanaged
    {
        Lanes64 lane = Lanes64.Of(value);
        if (typeof(T) == typeof(float))
        {
            SingleFormat.Store(lane, ref Unsafe.As<T, float>(ref destination));
        }
        else if (typeof(T) == typeof(double))
        {
            DoubleFormat.Store(lane, ref Unsafe.As<T, double>(ref destination));
        }
        else if (typeof(T) == typeof(Half))
        {
            ShortElementFormat<Half, Float16Layout>.Store(lane, ref Unsafe.As<T, Half>(ref destination));
        }
        else
        {
            ShortElementFormat<BFloat16, BFloat16Layout>.Store(lane, ref Unsafe.As<T, BFloat16>(ref destination));
        }
    }

    /// <summary>All elements as doubles; exact.</summary>
    /// <typeparam name="T">A supported type.</typeparam>
    /// <param name="elements">The elements.</param>
    /// <param name="values">Receives their values.</param>
    public static unsafe void Widen<T>(ReadOnlySpan<T> elements, Span<double> values)
        where T : unmanaged
    {
        DType dtype = DTypeOf<T>();
        for (int i = 0; i < elements.Length; i++)
        {
            ulong bits = sizeof(T) switch
            {
                2 => Unsafe.BitCast<T, ushort>(elements[i]),
                4 => Unsafe.BitCast<T, uint>(elements[i]),
                _ => Unsafe.BitCast<T, ulong>(elements[i]),
            };
            values[i] = dtype.ToDouble(bits);
        }
    }
}
