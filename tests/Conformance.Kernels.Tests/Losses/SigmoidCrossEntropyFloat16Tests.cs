namespace Conformance.Kernels.Tests.Losses;

public sealed class SigmoidCrossEntropyFloat16Tests(ITestOutputHelper output) : ShortSigmoidCrossEntropyTests<Half>(output)
{
    protected override int RandomLogits => 1000;
}
