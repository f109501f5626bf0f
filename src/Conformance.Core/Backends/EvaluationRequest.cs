using Conformance.Core.Cases;
using Conformance.Core.Tensors;

namespace Conformance.Core.Backends;

/// <summary>One implementation on one case, with the memory to read from and to write to.</summary>
/// <param name="Implementation">What to evaluate.</param>
/// <param name="Case">On what.</param>
/// <param name="Logits">The logits; read only.</param>
/// <param name="Labels">The labels; read only.</param>
/// <param name="Loss">Receives the loss, of the case's loss shape and dtype.</param>
/// <param name="Gradient">Receives the gradient with respect to the logits, or null where it is not wanted.</param>
public sealed record EvaluationRequest(
    ImplementationInfo Implementation, Case Case, Tensor Logits, Tensor Labels, Tensor Loss, Tensor? Gradient);
