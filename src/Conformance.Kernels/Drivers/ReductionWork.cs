using Conformance.Kernels.Arithmetic;
using Conformance.Kernels.Formats;

namespace Conformance.Kernels.Drivers;

/// <summary>The sum over all elements, of which any part may be added by any thread.</summary>
/// <typeparam name="TElement">The CLR type of an element.</typeparam>
/// <typeparam name="TFormat">Its format.</typeparam>
/// <typeparam name="TLanes">The lanes.</typeparam>
/// <typeparam name="TPass">The losses of plain elements.</typeparam>
/// <typeparam name="TLoss">The loss at any element.</typeparam>
/// <typeparam name="TOperands">The layout.</typeparam>
/// <param name="operands">The memory.</param>
/// <param name="sum">Receives the sum.</param>
/// <param name="isWide">Whether in double-double.</param>
internal readonly struct ReductionWork<TElement, TFormat, TLanes, TPass, TLoss, TOperands>(TOperands operands, SumEnclosure sum, bool isWide) : IRangeWork
    where TElement : unmanaged
    where TFormat : struct, IElementFormat<TElement>
    where TLanes : struct, ILanes<TLanes>
    where TPass : struct, IPass
    where TLoss : struct, IElementwiseOperator
    where TOperands : struct, IOperands
{
    /// <inheritdoc/>
    public void Invoke(nint start, nint length)
    {
        SumEnclosure part = SumEnclosure.Rent();
        ReductionRun<TElement, TFormat, TLanes, TPass, TLoss> run = new(part, isWide);
        operands.Walk<TElement, ReductionRun<TElement, TFormat, TLanes, TPass, TLoss>>(ref run, start, length);
        lock (sum)
        {
            sum.Add(part);
        }

        SumEnclosure.Return(part);
    }
}
