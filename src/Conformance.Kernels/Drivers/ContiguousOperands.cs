namespace Conformance.Kernels.Drivers;

/// <summary>Operands whose elements follow each other in memory: one run.</summary>
/// <param name="x">The logits.</param>
/// <param name="z">The labels.</param>
/// <param name="first">The losses; in a sum the weights, or null.</param>
/// <param name="second">The gradients, or null.</param>
/// <param name="length">How many elements.</param>
internal readonly unsafe struct ContiguousOperands(void* x, void* z, void* first, void* second, nint length) : IOperands
{
    private readonly void* _x = x;
    private readonly void* _z = z;
    private readonly void* _first = first;
    private readonly void* _second = second;

    /// <inheritdoc/>
    public nint Length { get; } = length;

    /// <inheritdoc/>
    public void Walk<TElement, TRun>(ref TRun run, nint start, nint length)
        where TElement : unmanaged
        where TRun : struct, IRun<TElement> =>
        run.Invoke(At<TElement>(_x, start), At<TElement>(_z, start), At<TElement>(_first, start), At<TElement>(_second, start), length);

    private static TElement* At<TElement>(void* operand, nint start)
        where TElement : unmanaged =>
        operand is null ? null : (TElement*)operand + start;
}
