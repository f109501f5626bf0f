using Conformance.Core.Cases;
using Conformance.Core.Tensors;

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

    [Fact]
    public void LossShape_EachReduction_KeepsTheInputsOrIsAScalar()
    {
        Shape inputs = new(2, 3);
        Assert.Equal(inputs, Reduction.None.LossShape(inputs));
        Assert.Equal(Shape.Scalar, Reduction.Mean.LossShape(inputs));
        Assert.Equal(Shape.Scalar, Reduction.Sum.LossShape(inputs));
    }
}
