using System.Runtime.CompilerServices;

namespace Conformance.Kernels.Drivers;

/// <summary>A number for each operand: the logits, the labels, the losses or weights, the gradients.</summary>
[InlineArray(Count)]
internal struct PerOperand
{
    /// <summary>How many operands there are, absent ones included.</summary>
    public const int Count = 4;

    private nint _first;
}
