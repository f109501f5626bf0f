using Conformance.Kernels.Arithmetic;
using Conformance.Kernels.Formats;

namespace Conformance.Kernels.Drivers;

/// <summary>One result per element, over any part of the elements.</summary>
/// <typeparam name="TElement">The CLR type of an element.</typeparam>
/// <typeparam name="TFormat">Its format.</typeparam>
/// <typeparam name="TLanes">The lanes.</typeparam>
/// <typeparam name="TPass">What is written, for plain elements.</typeparam>
/// <typeparam name="TLoss">The loss at any element.</typeparam>
/// <typeparam name="TGradient">The gradient at any element.</typeparam>
/// <typeparam name="TOperands">The layout.</typeparam>
/// <param name="operands">The memory.</param>
/// <param name="count">1, or the number of elements of the mean whose gradient it is.</param>
/// <param name="counts">Counts rare elements, if anybody asks.</param>
internal readonly struct ElementwiseWork<TElement, TFormat, TLanes, TPass, TLoss, TGradient, TOperands>(
    TOperands operands, int count, ElementCounts? counts) : IRangeWork
    where TElement : unmanaged
    where TFormat : struct, IElementFormat<TElement>
    where TLanes : struct, ILanes<TLanes>
    where TPass : struct, IPass
    where TLoss : struct, IElementwiseOperator
    where TGradient : struct, IElementwiseOperator
    where TOperands : struct, IOperands
{
    /// <inheritdoc/>
    public void Invoke(nint start, nint length)
    {
        ElementwiseRun<TElement, TFormat, TLanes, TPass, TLoss, TGradient> run = new(count, counts);
        operands.Walk<TElement, ElementwiseRun<TElement, TFormat, TLanes, TPass, TLoss, TGradient>>(ref run, start, length);
    }
}
