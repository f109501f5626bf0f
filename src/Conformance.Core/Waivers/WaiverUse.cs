using Conformance.Core.Judging;
using Conformance.Core.Tensors;

namespace Conformance.Core.Waivers;

/// <summary>What one waiver did in a run.</summary>
/// <param name="waiver">The waiver.</param>
/// <param name="today">The day by which <see cref="Waiver.Until"/> is judged.</param>
public sealed class WaiverUse(Waiver waiver, DateOnly today)
{
    private readonly HashSet<string> _exercisedBy = new(StringComparer.Ordinal);

    /// <summary>The waiver.</summary>
    public Waiver Waiver { get; } = waiver;

    /// <summary>Whether its end date has passed, so that it waives nothing.</summary>
    public bool IsExpired { get; } = waiver.Until is { } until && today > until;

    /// <summary>How many deviating elements it covered.</summary>
    public long WaivedElements { get; private set; }

    /// <summary>The implementations whose deviation could have shown: evaluated on inputs on which it is said to.</summary>
    public IReadOnlySet<string> ExercisedBy => _exercisedBy;

    /// <summary>One of the findings that it waived.</summary>
    public Finding? Example { get; private set; }

    /// <summary>Whether the deviation could have shown and did not: the waiver must go.</summary>
    public bool IsStale => _exercisedBy.Count > 0 && WaivedElements == 0 && !IsExpired && !Waiver.IsRuling;

    /// <summary>Counts a finding that it waived.</summary>
    /// <param name="finding">The finding.</param>
    public void Count(Finding finding)
    {
        WaivedElements += finding.Count;
        Example ??= finding;
    }

    /// <summary>Notes whether an evaluation that the waiver concerns has inputs on which the deviation is said to show.</summary>
    /// <param name="implementationId">The implementation.</param>
    /// <param name="logits">The case's logits.</param>
    /// <param name="labels">The case's labels.</param>
    public void NoteEvaluation(string implementationId, Tensor logits, Tensor labels)
    {
        if (!_exercisedBy.Contains(implementationId)
            && (Waiver.When?.IsElementwise is not true || AnyElementHolds(logits, labels)))
        {
            _exercisedBy.Add(implementationId);
        }
    }

    /// <summary>Whether the waiver, if it has not expired, covers the failure of a check on an output that it speaks of.</summary>
    /// <param name="check">The check.</param>
    /// <param name="logits">The logits.</param>
    /// <param name="labels">The labels.</param>
    /// <param name="index">The element's position; null for one number over all elements, for which any element's inputs will do.</param>
    /// <returns>True where it does.</returns>
    public bool Covers(Check check, Tensor logits, Tensor labels, int? index) =>
        !IsExpired
        && Waiver.Checks.Contains(check)
        && (Waiver.When?.IsElementwise is not true
            || (index is { } element
                ? Waiver.When.Holds(logits.ValueAt(element), labels.ValueAt(element))
                : AnyElementHolds(logits, labels)));

    /// <summary>Whether any element of a case meets the waiver's condition.</summary>
    /// <param name="logits">The case's logits.</param>
    /// <param name="labels">The case's labels.</param>
    /// <returns>True where one does.</returns>
    public bool AnyElementHolds(Tensor logits, Tensor labels)
    {
        for (int i = 0; i < logits.Shape.Count; i++)
        {
            if (Waiver.When?.Holds(logits.ValueAt(i), labels.ValueAt(i)) is not false)
            {
                return true;
            }
        }

        return false;
    }
}
