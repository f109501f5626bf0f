using Conformance.Core.Cases;
using Conformance.Core.Losses;
using Conformance.Core.Tensors;

namespace Conformance.Core.Backends;

/// <summary>
/// One evaluation of one implementation, with the memory to read from and to write to. Where the inputs come from, a drawn case or
/// somebody's own numbers, is not the backend's business; their dtype and shape are those of the tensors.
/// </summary>
/// <param name="Name">What the inputs are called in messages: a case's id, a test of a file.</param>
/// <param name="Implementation">What to evaluate.</param>
/// <param name="Function">The loss that it is to compute.</param>
/// <param name="Reduction">What becomes of the elementwise losses.</param>
/// <param name="Logits">The logits; read only.</param>
/// <param name="Labels">The labels, of the logits' shape and dtype; read only.</param>
/// <param name="Loss">Receives the loss, of the shape that the reduction makes of the logits' and of their dtype.</param>
/// <param name="Gradient">Receives the gradient with respect to the logits, or null where it is not wanted.</param>
public sealed record EvaluationRequest(
    string Name,
    ImplementationInfo Implementation,
    Loss Function,
    Reduction Reduction,
    Tensor Logits,
    Tensor Labels,
    Tensor Loss,
    Tensor? Gradient)
{
    /// <summary>A request for a drawn case.</summary>
    /// <param name="implementation">What to evaluate.</param>
    /// <param name="testCase">The case, which says the loss and the reduction.</param>
    /// <param name="logits">The case's logits.</param>
    /// <param name="labels">The case's labels.</param>
    /// <param name="loss">Receives the loss.</param>
    /// <param name="gradient">Receives the gradient, or null where it is not wanted.</param>
    public EvaluationRequest(ImplementationInfo implementation, Case testCase, Tensor logits, Tensor labels, Tensor loss, Tensor? gradient)
        : this(testCase.Id, implementation, testCase.Draw.Loss, testCase.Reduction, logits, labels, loss, gradient)
    {
    }
}
