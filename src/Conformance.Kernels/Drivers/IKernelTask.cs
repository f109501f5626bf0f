using Conformance.Kernels.Arithmetic;
using Conformance.Kernels.Formats;

namespace Conformance.Kernels.Drivers;

/// <summary>What a kernel does once the element type and the vector width are known.</summary>
internal interface IKernelTask
{
    /// <summary>Does it.</summary>
    /// <typeparam name="TElement">The CLR type of an element.</typeparam>
    /// <typeparam name="TFormat">Its format.</typeparam>
    /// <typeparam name="TLanes">The lanes.</typeparam>
    void Run<TElement, TFormat, TLanes>()
        where TElement : unmanaged
        where TFormat : struct, IElementFormat<TElement>
        where TLanes : struct, ILanes<TLanes>;
}
