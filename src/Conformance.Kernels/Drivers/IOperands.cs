namespace Conformance.Kernels.Drivers;

/// <summary>Pinned memory that a pass reads and writes, in some layout.</summary>
internal interface IOperands
{
    /// <summary>The length of the range that a <see cref="ThreadTeam{TWork}"/> divides; about the number of elements.</summary>
    nint Length { get; }

    /// <summary>Walks over a part of that range, whose bounds are those of the whole or multiples of <see cref="ThreadTeam.PartLength"/>.</summary>
    /// <typeparam name="TElement">The CLR type of an element.</typeparam>
    /// <typeparam name="TRun">The type of the run.</typeparam>
    /// <param name="run">What is done with each run of elements.</param>
    /// <param name="start">Where the part starts.</param>
    /// <param name="length">How long it is.</param>
    void Walk<TElement, TRun>(ref TRun run, nint start, nint length)
        where TElement : unmanaged
        where TRun : struct, IRun<TElement>;
}
