using Conformance.Kernels.Losses;

namespace Conformance.Kernels.Tests.Losses;

public sealed class SigmoidCrossEntropyElementTypeTests
{
    [Fact]
    public void ElementType_WithoutAKernel_ThrowsAndWritesNothing()
    {
        int[] given = [1, 2, 3];
        Action[] calls =
        [
            () => SigmoidCrossEntropy.Loss<int>([1, 2, 3], [0, 1, 0], given),
            () => SigmoidCrossEntropy.Gradient<int>([1, 2, 3], [0, 1, 0], given),
            () => SigmoidCrossEntropy.MeanGradient<int>([1, 2, 3], [0, 1, 0], given),
            () => SigmoidCrossEntropy.LossAndGradient<int>([1, 2, 3], [0, 1, 0], given, new int[3]),
            () => SigmoidCrossEntropy.Sum<int>(given, given),
            () => SigmoidCrossEntropy.Mean<int>(given, given),
            () => SigmoidCrossEntropy.WeightedMean<int>(given, given, given),
        ];
        Assert.All(
            calls, call => Assert.Equal("The kernels take float, double, Half and BFloat16, not Int32.", Assert.Throws<NotSupportedException>(call).Message));
        Assert.Equal([1, 2, 3], given);
    }
}
