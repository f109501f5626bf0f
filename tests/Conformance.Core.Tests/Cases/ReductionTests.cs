using Conformance.Core.Cases;

namespace Conformance.Core.Tests.Cases;

public sealed class ReductionTests
{
    [Fact]
    public void Find_Names_AreTheWireNames()
    {
        Assert.Equal(["none", "mean", "sum"], Reduction.All.Select(reduction => reduction.ToString()));
        Assert.All(Reduction.All, reduction => Assert.Same(reduction, Reduction.Find(reduction.Name)));
        Assert.Null(Reduction.Find("Mean"));
    }
}
