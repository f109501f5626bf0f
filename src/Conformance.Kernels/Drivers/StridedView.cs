namespace Conformance.Kernels.Drivers;

/// <summary>Where the elements of one operand are; the default is no operand.</summary>
/// <param name="address">The first element.</param>
/// <param name="strides">How many elements it is from one to the next, for each dimension.</param>
internal readonly unsafe ref struct StridedView(void* address, ReadOnlySpan<nint> strides)
{
    /// <summary>The first element.</summary>
    public nint Address { get; } = (nint)address;

    /// <summary>How many elements it is from one to the next, for each dimension.</summary>
    public ReadOnlySpan<nint> Strides { get; } = strides;
}
