using Conformance.Core.Tensors;
using Conformance.Kernels.Arithmetic;

namespace Conformance.Kernels.Formats;

/// <summary>How elements of a dtype become doubles, and doubles elements.</summary>
/// <typeparam name="TElement">The CLR type of an element.</typeparam>
internal interface IElementFormat<TElement>
    where TElement : unmanaged
{
    /// <summary>The dtype.</summary>
    static abstract DType DType { get; }

    /// <summary>Whether a double has so many more bits that one can tell from it how nearly every value near it is rounded.</summary>
    static abstract bool IsNarrow { get; }

    /// <summary>
    /// For narrow formats the largest |x| of a plain element: exp(−|x|)/128 is still above the smallest normal number. Zero or less where
    /// there is none.
    /// </summary>
    static abstract double LargestPlainMagnitude { get; }

    /// <summary>The bits of a magnitude, rounded towards zero.</summary>
    static abstract uint MagnitudeBits(double magnitude);

    /// <summary>Whether |x| is at most a largest magnitude and z in [0, 1], without a sign, in every lane.</summary>
    static abstract bool ArePlain<T>(ref readonly TElement x, ref readonly TElement z, uint largestMagnitudeBits)
        where T : struct, ILanes<T>;

    /// <summary>Widens elements; exact.</summary>
    static abstract T Load<T>(ref readonly TElement source)
        where T : struct, ILanes<T>;

    /// <summary>
    /// Whether a value so near to halfway between two elements is among them that a relative error of 2^−38 could move it to the other
    /// side. For values in the range of the normal numbers; narrow formats only.
    /// </summary>
    static abstract bool AreDoubtful<T>(T values)
        where T : struct, ILanes<T>;

    /// <summary>The nearest elements, ties to even, as doubles: subnormal ones and infinities as well.</summary>
    static abstract T Round<T>(T values)
        where T : struct, ILanes<T>;

    /// <summary>Rounds to the nearest elements, ties to even, and stores them.</summary>
    static abstract void Store<T>(T values, ref TElement destination)
        where T : struct, ILanes<T>;
}
