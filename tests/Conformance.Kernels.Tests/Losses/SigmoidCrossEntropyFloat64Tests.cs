namespace Conformance.Kernels.Tests.Losses;

public sealed class SigmoidCrossEntropyFloat64Tests(ITestOutputHelper output) : SigmoidCrossEntropyTests<double>(output)
{
    protected override int RandomLogits => 800;
}
