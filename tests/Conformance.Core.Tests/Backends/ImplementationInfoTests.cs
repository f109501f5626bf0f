using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Backends;

public sealed class ImplementationInfoTests
{
    [Theory]
    [InlineData("backend/entry")]
    [InlineData("backend/entry/mode")]
    public void Id_BackendEntryPointAndMode_AreJoined(string id)
    {
        ImplementationInfo implementation = Given.Implementation(id);
        Assert.Equal(id, implementation.Id);
        Assert.Equal(id, implementation.ToString());
        Assert.Equal(id, implementation.UnreducedId);
        Assert.Equal(implementation.ShortName, implementation.RelationColumn);
        Assert.Equal("other", (implementation with { UnreducedId = "other" }).UnreducedId);
        Assert.Equal("column", (implementation with { RelationColumn = "column" }).RelationColumn);
    }

    [Theory]
    [InlineData("float32", "mean", true)]
    [InlineData("float64", "mean", false)]
    [InlineData("float32", "sum", false)]
    [InlineData("float64", "none", false)]
    public void Supports_EachCase_NeedsDTypeAndReduction(string dtype, string reduction, bool expected)
    {
        ImplementationInfo implementation = Given.Implementation("a/b") with { Contracts = [Given.Exact with { DTypes = [DType.Float32] }], Reductions = [Reduction.Mean] };
        Assert.Equal(expected, implementation.Supports(Given.Case(DType.Find(dtype), reduction: Reduction.Find(reduction))));
        Assert.Equal(expected, implementation.Supports(DType.Find(dtype)!, Reduction.Find(reduction)!));
    }

    [Fact]
    public void ContractFor_EachDType_IsItsOwn()
    {
        Contract narrow = Given.Within(1) with { DTypes = [DType.Float16, DType.BFloat16] };
        Contract wide = Given.Within(2) with { DTypes = [DType.Float64] };
        ImplementationInfo implementation = Given.Implementation("a/b") with { Contracts = [narrow, wide] };
        Assert.Equal([DType.Float16, DType.BFloat16, DType.Float64], implementation.DTypes);
        Assert.Same(narrow, implementation.ContractFor(DType.BFloat16));
        Assert.Same(wide, implementation.ContractFor(DType.Float64));
        Assert.Equal("dtype", Assert.Throws<ArgumentException>(() => implementation.ContractFor(DType.Float32)).ParamName);
    }

    [Fact]
    public void Contracts_TwoForOneDType_Throw() =>
        Assert.Throws<ArgumentException>(() => Given.Implementation("a/b") with { Contracts = [Given.Within(1), Given.Within(2)] });

    [Fact]
    public void Completed_Request_HasTheSignaturesAskedFor()
    {
        using NativeTensorArena arena = new();
        Case testCase = Given.Case(reduction: Reduction.Mean);
        var (logits, labels) = Given.Inputs(arena, testCase);
        Tensor loss = arena.Allocate(DType.Float32, Shape.Scalar);
        EvaluationRequest request = new(Given.Implementation("a/b"), testCase, logits, labels, loss, null);
        Assert.Equal(new Evaluation(Outcome.Completed, new OutputSignature("float32", Shape.Scalar)), Evaluation.Completed(request));
        Assert.Equal(
            new OutputSignature("float32", new Shape(2, 5, 10)), Evaluation.Completed(request with { Gradient = logits }).Gradient);
    }

    [Fact]
    public void BackendStatus_BothKinds_SayWhatTheyAre()
    {
        BackendStatus available = BackendStatus.Available([new("b", "2"), new("a", "1")]);
        Assert.True(available.IsAvailable);
        Assert.Equal(["a", "b"], available.Versions.Keys);
        BackendStatus unavailable = BackendStatus.Unavailable("It is missing.", "Install it.");
        Assert.False(unavailable.IsAvailable);
        Assert.Equal(("It is missing.", "Install it."), (unavailable.Missing, unavailable.Fix));
    }
}
