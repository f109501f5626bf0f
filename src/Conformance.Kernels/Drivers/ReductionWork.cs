using System.Runtime.CompilerServices;
using Conformance.Kernels.Arithmetic;
using Conformance.Kernels.Formats;

namespace Conformance.Kernels.Drivers;

/// <summary>The sum over all elements, of which any part may be added by any thread.</summary>
/// <typeparam name="TElement">The CLR type of an element.</typeparam>
/// <typeparam name="TFormat">Its format.</typeparam>
/// <typeparam name="TLanes">The lanes.</typeparam>
/// <typeparam name="TPass">The losses of plain elements.</typeparam>
/// <typeparam name="TLoss">The loss at any element.</typeparam>
/// <param name="pointers">The memory.</param>
/// <param name="sum">Receives the sum.</param>
/// <param name="isWide">Whether in double-double.</param>
internal readonly unsafe struct ReductionWork<TElement, TFormat, TLanes, TPass, TLoss>(
    ElementwisePointers<TElement> pointers, SumEnclosure sum, bool isWide) : IRangeWork
    where TElement : unmanaged
    where TFormat : struct, IElementFormat<TElement>
    where TLanes : struct, ILanes<TLanes>
    where TPass : struct, IPass
    where TLoss : struct, IElementwiseOperator
{
    /// <inheritdoc/>
    public void Invoke(nint start, nint length)
    {
        SumEnclosure part = SumEnclosure.Rent();
        ref TElement x = ref Unsafe.AsRef<TElement>(pointers.X + start);
        ref TElement z = ref Unsafe.AsRef<TElement>(pointers.Z + start);
        ref TElement w = ref pointers.First is null ? ref Unsafe.NullRef<TElement>() : ref Unsafe.AsRef<TElement>(pointers.First + start);
        if (isWide)
        {
            ReductionDriver<TElement, TFormat, TLanes, TPass, TLoss>.AddWide(ref x, ref z, ref w, (nuint)length, part);
        }
        else
        {
            ReductionDriver<TElement, TFormat, TLanes, TPass, TLoss>.Add(ref x, ref z, ref w, (nuint)length, part);
        }

        lock (sum)
        {
            sum.Add(part);
        }

        SumEnclosure.Return(part);
    }
}
