using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;
using Conformance.Core.UnderTest;

namespace Conformance.Core.Tests.UnderTest;

/// <summary>How somebody's implementation is declared.</summary>
public sealed class ImplementationUnderTestTests
{
    private static readonly ImplementationUnderTest UnderTest = new()
    {
        Backend = "python", EntryPoint = "losses.py:loss", DTypes = [DType.Float32], Reductions = [Reduction.None], Contract = ContractChoice.Strict(),
    };

    [Fact]
    public void Declare_LossAlone_HasNoGradientInAnyRole()
    {
        ImplementationInfo implementation = UnderTest.Declare();
        Assert.Equal("python/losses.py:loss", implementation.Id);
        Assert.False(implementation.HasGradient);
        Assert.False(implementation.RelationRoles.HasFlag(RelationRoles.Gradient));
        Assert.True((UnderTest with { HasGradient = true }).Declare().RelationRoles.HasFlag(RelationRoles.Gradient));
    }

    [Theory]
    [InlineData("2x5x10", "channels_first", true)]
    [InlineData("7x5x10", "channels_first", true)]
    [InlineData("2x5x10", "channels_last", false)]
    [InlineData("2x4x10", "channels_first", false)]
    [InlineData("2x10x5", "channels_last", true)]
    public void Supports_FixedExtents_AreThoseInMemory(string shape, string layout, bool isSupported)
    {
        ImplementationInfo implementation = (UnderTest with { InputDimensions = [null, 5, 10] }).Declare();
        Case testCase = Case.Parse($"sigmoid_cross_entropy/float32/{layout}/none/{shape}/normal/soft/seed1/draw0");
        Assert.Equal(isSupported, implementation.Supports(testCase));
        Assert.True(UnderTest.Declare().Supports(testCase));
    }
}
