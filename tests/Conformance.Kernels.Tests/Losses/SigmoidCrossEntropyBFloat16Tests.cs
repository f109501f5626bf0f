namespace Conformance.Kernels.Tests.Losses;

public sealed class SigmoidCrossEntropyBFloat16Tests(ITestOutputHelper output) : ShortSigmoidCrossEntropyTests<BFloat16>(output)
{
    protected override int RandomLogits => 1000;
}
