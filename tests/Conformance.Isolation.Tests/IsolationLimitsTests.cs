namespace Conformance.Isolation.Tests;

public sealed class IsolationLimitsTests
{
    private const long Gibibyte = 1L << 30;

    [Theory]
    [InlineData(1, 2)]
    [InlineData(6, 3)]
    [InlineData(16, 8)]
    [InlineData(512, 8)]
    public void DefaultMemory_OfAMachine_IsHalfWithinLimits(long available, long expected) =>
        Assert.Equal(expected * Gibibyte, IsolationLimits.DefaultMemory(available * Gibibyte));
}
