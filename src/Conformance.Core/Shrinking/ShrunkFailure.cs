using Conformance.Core.Backends;
using Conformance.Core.Judging;

namespace Conformance.Core.Shrinking;

/// <summary>The smallest inputs found on which an implementation still fails, and what it made of them.</summary>
public sealed record ShrunkFailure
{
    /// <summary>The failure with which shrinking began.</summary>
    public required ShrinkTarget Target { get; init; }

    /// <summary>The implementation.</summary>
    public required ImplementationInfo Implementation { get; init; }

    /// <summary>The logits, in the layout of the target's case.</summary>
    public required TensorBits Logits { get; init; }

    /// <summary>The labels.</summary>
    public required TensorBits Labels { get; init; }

    /// <summary>
    /// Whether the failure was there again when the case was evaluated by itself; false where it was not, so that <see cref="Logits"/> and
    /// <see cref="Labels"/> are the whole case's; null where it was not evaluated again, as with one that does not return in time.
    /// </summary>
    public required bool? Repeats { get; init; }

    /// <summary>Whether nothing simpler that was to be tried is left; false where a limit ended it.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>How many evaluations were made.</summary>
    public required int Evaluations { get; init; }

    /// <summary>How the evaluation of these inputs ended; null where there was none.</summary>
    public Evaluation? Evaluation { get; init; }

    /// <summary>The loss that was returned; null where none of the right shape was.</summary>
    public TensorBits? Loss { get; init; }

    /// <summary>The gradient that was returned; null where none was asked for, or none of the right shape was returned.</summary>
    public TensorBits? Gradient { get; init; }

    /// <summary>What the judge says of these inputs: element, output, truth, ULP and bound; null where it did not complete or does not repeat.</summary>
    public Finding? Finding { get; init; }

    /// <summary>The position in memory of the element at which it fails; null for one number over several elements, or where none is meant.</summary>
    public int? Index => Finding?.Index ?? (Logits.Shape.Count == 1 ? 0 : null);

    /// <summary>The inputs as a report has them.</summary>
    /// <param name="folder">The folder that repeats the failure, by the folder of the run; null where none is written.</param>
    /// <returns>The first elements, and what is wrong.</returns>
    public ShrunkInputs ToInputs(string? folder)
    {
        int listed = Math.Min(Logits.Shape.Count, ShrunkInputs.MaxElements);
        return new ShrunkInputs
        {
            Shape = Logits.Shape.ToString(),
            Logits = [.. Enumerable.Range(0, listed).Select(Logits.At)],
            Labels = [.. Enumerable.Range(0, listed).Select(Labels.At)],
            Index = Index,
            Check = Finding?.Check,
            Actual = Finding?.Actual,
            Truth = Finding?.Truth,
            Ulps = Finding?.Ulps,
            BoundUlps = Finding?.BoundUlps,
            Message = Finding?.Message ?? Evaluation?.Message,
            Repeats = Repeats,
            Evaluations = Evaluations,
            Folder = folder,
        };
    }
}
