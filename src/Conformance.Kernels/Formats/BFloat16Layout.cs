using Conformance.Core.Tensors;

namespace Conformance.Kernels.Formats;

/// <summary>bfloat16.</summary>
internal readonly struct BFloat16Layout : IShortLayout
{
    /// <inheritdoc/>
    public static DType DType => DType.BFloat16;

    /// <inheritdoc/>
    public static int SignificandBits => 7;

    /// <inheritdoc/>
    public static int ExponentBias => 127;

    /// <inheritdoc/>
    public static double LargestPlainMagnitude => 80; // e^-80/128 = 2^-122.4

    /// <inheritdoc/>
    public static uint MagnitudeBits(double magnitude) => BitConverter.SingleToUInt32Bits((float)magnitude) >> 16;
}
