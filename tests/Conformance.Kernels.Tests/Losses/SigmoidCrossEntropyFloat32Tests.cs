namespace Conformance.Kernels.Tests.Losses;

public sealed class SigmoidCrossEntropyFloat32Tests(ITestOutputHelper output) : SigmoidCrossEntropyTests<float>(output)
{
    protected override int RandomLogits => 1500;
}
