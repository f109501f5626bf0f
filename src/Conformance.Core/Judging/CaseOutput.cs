using Conformance.Core.Backends;
using Conformance.Core.Tensors;

namespace Conformance.Core.Judging;

/// <summary>What one implementation made of one case.</summary>
/// <param name="Implementation">The implementation.</param>
/// <param name="Evaluation">How the evaluation ended.</param>
/// <param name="Loss">Its loss; meaningful where the evaluation completed with this shape.</param>
/// <param name="Gradient">Its gradient; null where none was asked for.</param>
public sealed record CaseOutput(ImplementationInfo Implementation, Evaluation Evaluation, Tensor Loss, Tensor? Gradient)
{
    /// <summary>What it made of the case when it was asked a second time; null where it was not.</summary>
    public CaseOutput? Again { get; init; }

    /// <summary>The loss, or null where the evaluation gave none of the right shape.</summary>
    public Tensor? UsableLoss => Usable(Evaluation.Loss, Loss);

    /// <summary>The gradient, or null where the evaluation gave none of the right shape.</summary>
    public Tensor? UsableGradient => Usable(Evaluation.Gradient, Gradient);

    private Tensor? Usable(OutputSignature? signature, Tensor? tensor) =>
        Evaluation.Outcome == Outcome.Completed && tensor is not null && tensor.Shape.Equals(signature?.Shape) ? tensor : null;
}
