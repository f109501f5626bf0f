using System.Runtime.CompilerServices;
using Conformance.Kernels.Arithmetic;
using Conformance.Kernels.Formats;

namespace Conformance.Kernels.Drivers;

/// <summary>One result per element.</summary>
/// <typeparam name="TElement">The CLR type of an element.</typeparam>
/// <typeparam name="TFormat">Its format.</typeparam>
/// <typeparam name="TLanes">The lanes.</typeparam>
/// <typeparam name="TPass">What is written, for plain elements.</typeparam>
/// <typeparam name="TLoss">The loss at any element.</typeparam>
/// <typeparam name="TGradient">The gradient at any element.</typeparam>
/// <param name="count">1, or the number of elements of the mean whose gradient it is.</param>
/// <param name="counts">Counts rare elements, if anybody asks.</param>
internal readonly unsafe struct ElementwiseRun<TElement, TFormat, TLanes, TPass, TLoss, TGradient>(int count, ElementCounts? counts) : IRun<TElement>
    where TElement : unmanaged
    where TFormat : struct, IElementFormat<TElement>
    where TLanes : struct, ILanes<TLanes>
    where TPass : struct, IPass
    where TLoss : struct, IElementwiseOperator
    where TGradient : struct, IElementwiseOperator
{
    /// <inheritdoc/>
    public void Invoke(TElement* x, TElement* z, TElement* first, TElement* second, nint length) =>
        ElementwiseDriver<TElement, TFormat, TLanes, TPass, TLoss, TGradient>.Invoke(
            ref Unsafe.AsRef<TElement>(x),
            ref Unsafe.AsRef<TElement>(z),
            ref Unsafe.AsRef<TElement>(first),
            ref Unsafe.AsRef<TElement>(second),
            (nuint)length,
            count,
            counts);
}
