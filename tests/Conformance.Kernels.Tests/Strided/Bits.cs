using System.Runtime.InteropServices;

namespace Conformance.Kernels.Tests.Strided;

/// <summary>Elements as bits, so that NaN equals NaN and zeros of different signs differ.</summary>
internal static class Bits
{
    /// <summary>The bytes of elements.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="elements">The elements.</param>
    /// <returns>Their bytes.</returns>
    public static byte[] Of<T>(T[] elements)
        where T : unmanaged =>
        MemoryMarshal.AsBytes(elements.AsSpan()).ToArray();
}
