using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Cases;

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

    /// <summary>Whether the plan wants the gradient beside the loss.</summary>
    /// <param name="implementation">An implementation that is asked for the case.</param>
    /// <param name="testCase">The case.</param>
    /// <returns>True where it does.</returns>
    public bool WantsGradient(ImplementationInfo implementation, Case testCase) =>
        testCase.Example is null && (AllModes || (!testCase.IsMirrored && implementation.RelationRoles.HasFlag(RelationRoles.Gradient)));
}
