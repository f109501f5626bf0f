using System.Collections.Immutable;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;

namespace Conformance.Xunit;

/// <summary>What the relations of a row compare.</summary>
/// <param name="Views">Which of a draw's cases.</param>
/// <param name="Gradient">Whether their gradients are.</param>
internal sealed record RelationNeeds(ImmutableHashSet<(Layout Layout, Reduction Reduction, int? Example, bool IsMirrored)> Views, bool Gradient)
{
    /// <summary>A case, whatever its draw.</summary>
    public static (Layout Layout, Reduction Reduction, int? Example, bool IsMirrored) ViewOf(Case testCase) =>
        (testCase.Layout, testCase.Reduction, testCase.Example, testCase.IsMirrored);
}
