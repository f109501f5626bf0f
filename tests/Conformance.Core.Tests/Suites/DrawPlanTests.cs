using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Suites;

namespace Conformance.Core.Tests.Suites;

public sealed class DrawPlanTests
{
    [Theory]
    // All modes ask everybody for the whole batch, and for single examples those alone that relations ask for them.
    [InlineData(true, RelationRoles.None, false, "none", false, true)]
    [InlineData(true, RelationRoles.None, false, "mean", true, true)]
    [InlineData(true, RelationRoles.None, true, "none", false, false)]
    [InlineData(true, RelationRoles.Batch | RelationRoles.Gradient, true, "none", false, false)]
    [InlineData(true, RelationRoles.Singles, true, "none", false, true)]
    [InlineData(true, RelationRoles.Singles, true, "none", true, false)]
    [InlineData(true, RelationRoles.Singles, true, "mean", true, true)]
    // Otherwise relations decide about the batch too.
    [InlineData(false, RelationRoles.None, false, "none", false, false)]
    [InlineData(false, RelationRoles.Batch, false, "none", false, true)]
    [InlineData(false, RelationRoles.Gradient, false, "none", false, true)]
    [InlineData(false, RelationRoles.Singles, false, "none", false, false)]
    [InlineData(false, RelationRoles.All, false, "none", false, true)]
    // Those that reduce another's losses have no unreduced ones to give.
    [InlineData(false, RelationRoles.All, false, "none", true, false)]
    [InlineData(false, RelationRoles.All, false, "mean", true, true)]
    [InlineData(false, RelationRoles.All, false, "sum", true, true)]
    public void Asks_EachKind_IsAsTheTableSays(bool allModes, RelationRoles roles, bool isExample, string reduction, bool reducesAnother, bool expected)
    {
        Case testCase = Given.Case(reduction: Reduction.Find(reduction)) with { Example = isExample ? 0 : null };
        ImplementationInfo implementation = Given.Implementation("a/b") with { RelationRoles = roles };
        implementation = reducesAnother ? implementation with { UnreducedId = "a/other" } : implementation;
        Assert.Equal(expected, new DrawPlan(testCase.Draw, [testCase], allModes, ChecksRelations: true).Asks(implementation, testCase));
    }

    [Theory]
    [InlineData(true, RelationRoles.None, false, true, true)]
    [InlineData(false, RelationRoles.None, false, false, false)]
    [InlineData(false, RelationRoles.Batch, false, true, false)]
    [InlineData(false, RelationRoles.All, false, true, false)]
    [InlineData(false, RelationRoles.Gradient | RelationRoles.Singles, false, false, false)]
    [InlineData(false, RelationRoles.Batch, true, false, false)]
    public void Asks_MirroredCase_IsOfThoseThatTheRelationComparesAndWithoutGradient(
        bool allModes, RelationRoles roles, bool reducesAnother, bool asks, bool wantsGradient)
    {
        Case testCase = Given.Case() with { IsMirrored = true };
        ImplementationInfo implementation = Given.Implementation("a/b") with { RelationRoles = roles };
        implementation = reducesAnother ? implementation with { UnreducedId = "a/other" } : implementation;
        DrawPlan plan = new(testCase.Draw, [testCase], allModes, ChecksRelations: true);
        Assert.Equal((asks, wantsGradient), (plan.Asks(implementation, testCase), plan.WantsGradient(implementation, testCase)));
    }

    [Theory]
    [InlineData(true, RelationRoles.None, false, true)]
    [InlineData(true, RelationRoles.All, true, false)]
    [InlineData(false, RelationRoles.All, false, true)]
    [InlineData(false, RelationRoles.Gradient, false, true)]
    [InlineData(false, RelationRoles.Batch | RelationRoles.Singles, false, false)]
    [InlineData(false, RelationRoles.Gradient, true, false)]
    public void WantsGradient_EachKind_IsAsTheTableSays(bool allModes, RelationRoles roles, bool isExample, bool expected)
    {
        Case testCase = Given.Case() with { Example = isExample ? 0 : null };
        DrawPlan plan = new(testCase.Draw, [testCase], allModes, ChecksRelations: true);
        Assert.Equal(expected, plan.WantsGradient(Given.Implementation("a/b") with { RelationRoles = roles }, testCase));
    }
}
