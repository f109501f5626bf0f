namespace Conformance.Kernels.Drivers;

/// <summary>Work on a range of elements, any part of which can be done by any thread.</summary>
internal interface IRangeWork
{
    /// <summary>Does a part.</summary>
    /// <param name="start">The first element.</param>
    /// <param name="length">How many.</param>
    void Invoke(nint start, nint length);
}
