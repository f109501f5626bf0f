using Conformance.Core.Tensors;

namespace Conformance.Kernels.Formats;

/// <summary>Where the exponent and the significand of a 16-bit format are.</summary>
internal interface IShortLayout
{
    /// <summary>The dtype.</summary>
    static abstract DType DType { get; }

    /// <summary>Explicit significand bits.</summary>
    static abstract int SignificandBits { get; }

    /// <summary>The exponent field of 1.</summary>
    static abstract int ExponentBias { get; }

    /// <summary>As <see cref="IElementFormat{TElement}.LargestPlainMagnitude"/>.</summary>
    static abstract double LargestPlainMagnitude { get; }

    /// <summary>As <see cref="IElementFormat{TElement}.MagnitudeBits"/>.</summary>
    static abstract uint MagnitudeBits(double magnitude);
}
