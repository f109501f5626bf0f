using Conformance.Core.Tensors;

namespace Conformance.Kernels.Formats;

/// <summary>float16.</summary>
internal readonly struct Float16Layout : IShortLayout
{
    /// <inheritdoc/>
    public static DType DType => DType.Float16;

    /// <inheritdoc/>
    public static int SignificandBits => 10;

    /// <inheritdoc/>
    public static int ExponentBias => 15;

    /// <inheritdoc/>
    public static double LargestPlainMagnitude => 4; // e^-4/128 = 2^-12.8

    /// <inheritdoc/>
    public static uint MagnitudeBits(double magnitude) => BitConverter.HalfToUInt16Bits(Half.BitDecrement((Half)magnitude));
}
