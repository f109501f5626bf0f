using Conformance.Core.Tensors;
using Conformance.Core.UnderTest;

namespace Conformance.Core.Tests.UnderTest;

public sealed class LossFunctionTypeTests
{
    [Fact]
    public void Of_EveryInterface_HasTheirDTypesAndGradients()
    {
        LossFunctionType type = LossFunctionType.Of(typeof(EveryTypeLoss));

        Assert.Equal(typeof(EveryTypeLoss), type.Type);
        Assert.Equal([DType.Float16, DType.Float32, DType.Float64], type.DTypes);
        Assert.True(type.HasGradient);
    }

    [Theory]
    [InlineData(typeof(DerivedLoss), "float64")]
    [InlineData(typeof(GenericLoss<Half>), "float16")]
    [InlineData(typeof(StructLoss), "float32")]
    public void Of_InheritedGenericOrStruct_HasNoGradient(Type type, string dtype)
    {
        LossFunctionType found = LossFunctionType.Of(type);

        Assert.Equal([DType.Find(dtype)!], found.DTypes);
        Assert.False(found.HasGradient);
    }

    [Theory]
    [InlineData(typeof(AbstractLoss), "'Conformance.Core.Tests.UnderTest.AbstractLoss' is abstract, of which there are no instances; name a class that implements ILossFunction<T>.")]
    [InlineData(typeof(Given), "'Conformance.Core.Tests.Given' is static, of which there are no instances; name a class that implements ILossFunction<T>.")]
    [InlineData(typeof(ILossFunction<float>), "is an interface, of which there are no instances; name a class that implements ILossFunction<T>.")]
    [InlineData(typeof(GenericLoss<>), "'Conformance.Core.Tests.UnderTest.GenericLoss`1' is generic, and nobody says of what; derive a class from it for one element type, and name that.")]
    [InlineData(typeof(ActionLoss), "'Conformance.Core.Tests.UnderTest.ActionLoss' has no public constructor without parameters; add one, or derive a class that has one.")]
    [InlineData(typeof(IntegerLoss), "'Conformance.Core.Tests.UnderTest.IntegerLoss' implements ILossFunction<T> for an element type that no case has; implement it for Half, float or double.")]
    [InlineData(typeof(LossFunctionTypeTests), "'Conformance.Core.Tests.UnderTest.LossFunctionTypeTests' does not implement Conformance.Core.UnderTest.ILossFunction<T>; implement it for Half, float or double.")]
    [InlineData(typeof(HalfGradientLoss), "'Conformance.Core.Tests.UnderTest.HalfGradientLoss' has gradients for some dtypes and none for float64; implement ILossGradient<T> for all of them or for none.")]
    public void Of_TypeThatCannotBeJudged_SaysWhy(Type type, string message) =>
        Assert.EndsWith(message, Assert.Throws<InvalidInputException>(() => LossFunctionType.Of(type)).Message, StringComparison.Ordinal);

    [Fact]
    public void IsCandidate_Types_AreThoseWithTheInterfaceAndInstances()
    {
        Assert.All([typeof(EveryTypeLoss), typeof(DerivedLoss), typeof(IntegerLoss), typeof(GenericLoss<>)], type => Assert.True(LossFunctionType.IsCandidate(type), type.Name));
        Assert.All([typeof(AbstractLoss), typeof(ILossGradient<float>), typeof(Given)], type => Assert.False(LossFunctionType.IsCandidate(type), type.Name));
    }
}
