using Conformance.Core.Processes;

namespace Conformance.Core.Tests.Processes;

public sealed class EvaluationLimitsTests
{
    private const long Gibibyte = 1L << 30;

    [Theory]
    [InlineData(1, 2)]
    [InlineData(6, 3)]
    [InlineData(16, 8)]
    [InlineData(512, 8)]
    public void DefaultMemory_OfAMachine_IsHalfWithinLimits(long available, long expected) =>
        Assert.Equal(expected * Gibibyte, EvaluationLimits.DefaultMemory(available * Gibibyte));
}
