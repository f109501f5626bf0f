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

    [Theory]
    [InlineData(1 << 20, "used more than 1 MiB of memory")]
    [InlineData(300 << 20, "used more than 0.29 GiB of memory")]
    [InlineData(3 * Gibibyte / 2, "used more than 1.5 GiB of memory")]
    public void UsedTooMuch_OfAnyLimit_IsANumberThatIsNotZero(long memory, string text) =>
        Assert.Equal(text, new EvaluationLimits { Memory = memory }.UsedTooMuch);
}
