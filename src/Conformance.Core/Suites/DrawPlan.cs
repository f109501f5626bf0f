using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;

namespace Conformance.Core.Suites;

/// <summary>A draw and what is evaluated of it.</summary>
/// <param name="Draw">The draw.</param>
/// <param name="Cases">Its cases.</param>
/// <param name="AllModes">Whether every implementation evaluates the whole batch, or those alone of which relations ask it.</param>
/// <param name="ChecksRelations">Whether the relations are checked over the outputs.</param>
public sealed record DrawPlan(Draw Draw, ImmutableArray<Case> Cases, bool AllModes, bool ChecksRelations)
{
    /// <summary>Whether the plan asks an implementation for a case, were it to support it.</summary>
    /// <param name="implementation">The implementation.</param>
    /// <param name="testCase">One of the plan's cases.</param>
    /// <returns>True where it is asked for.</returns>
    public bool Asks(ImplementationInfo implementation, Case testCase)
    {
        if (AllModes && testCase.Example is null)
        {
            return true;
        }

        // Unreduced losses serve the relations of those that compute them, not of those that reduce another's.
        RelationRoles needed = testCase switch
        {
            { Example: not null } => RelationRoles.Singles,
            { IsMirrored: true } => RelationRoles.Batch,
            _ => RelationRoles.Batch | RelationRoles.Gradient,
        };
        return (implementation.RelationRoles & needed) != 0
            && (testCase.Reduction != Reduction.None || implementation.UnreducedId == implementation.Id);
    }

    /// <summary>Whether a case is evaluated a second time where repeats are asked for: the whole batch as drawn, in the draws of every mode.</summary>
    /// <param name="testCase">One of the plan's cases.</param>
    /// <returns>True where it is.</returns>
    public bool Repeats(Case testCase) => AllModes && testCase is { Example: null, IsMirrored: false };

    /// <summary>The plan with inputs of another shape.</summary>
    /// <param name="shape">[batch, classes, length].</param>
    /// <returns>The plan with those of its cases that a batch of that size has.</returns>
    internal DrawPlan WithShape(Shape shape)
    {
        Draw draw = Draw with { Shape = shape };
        return this with
        {
            Draw = draw,
            Cases = [.. Cases.Where(testCase => testCase.Example is not { } example || example < shape.Dimensions[0]).Select(testCase => testCase with { Draw = draw })],
        };
    }

    /// <summary>Whether the plan wants the gradient beside the loss.</summary>
    /// <param name="implementation">An implementation that is asked for the case.</param>
    /// <param name="testCase">The case.</param>
    /// <returns>True where it does.</returns>
    public bool WantsGradient(ImplementationInfo implementation, Case testCase) =>
        implementation.HasGradient && testCase.Example is null && (AllModes || (!testCase.IsMirrored && implementation.RelationRoles.HasFlag(RelationRoles.Gradient)));
}
