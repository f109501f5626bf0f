using System.Runtime.CompilerServices;
using Conformance.Kernels.Arithmetic;
using Conformance.Kernels.Formats;

namespace Conformance.Kernels.Drivers;

/// <summary>Adds losses to a sum.</summary>
/// <typeparam name="TElement">The CLR type of an element.</typeparam>
/// <typeparam name="TFormat">Its format.</typeparam>
/// <typeparam name="TLanes">The lanes.</typeparam>
/// <typeparam name="TPass">The losses of plain elements.</typeparam>
/// <typeparam name="TLoss">The loss at any element.</typeparam>
/// <param name="sum">Receives the sum.</param>
/// <param name="isWide">Whether in double-double.</param>
internal readonly unsafe struct ReductionRun<TElement, TFormat, TLanes, TPass, TLoss>(SumEnclosure sum, bool isWide) : IRun<TElement>
    where TElement : unmanaged
    where TFormat : struct, IElementFormat<TElement>
    where TLanes : struct, ILanes<TLanes>
    where TPass : struct, IPass
    where TLoss : struct, IElementwiseOperator
{
    /// <inheritdoc/>
    public void Invoke(TElement* x, TElement* z, TElement* first, TElement* second, nint length)
    {
        ref TElement logits = ref Unsafe.AsRef<TElement>(x);
        ref TElement labels = ref Unsafe.AsRef<TElement>(z);
        ref TElement weights = ref Unsafe.AsRef<TElement>(first);
        if (isWide)
        {
            ReductionDriver<TElement, TFormat, TLanes, TPass, TLoss>.AddWide(ref logits, ref labels, ref weights, (nuint)length, sum);
        }
        else
        {
            ReductionDriver<TElement, TFormat, TLanes, TPass, TLoss>.Add(ref logits, ref labels, ref weights, (nuint)length, sum);
        }
    }
}
