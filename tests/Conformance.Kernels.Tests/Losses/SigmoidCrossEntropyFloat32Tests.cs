namespace Conformance.Kernels.Tests.Losses;

public sealed class SigmoidCrossEntropyFloat32Tests(ITestOutputHelper output) : SigmoidCrossEntropyTests<float>(output)
{
    protected override int RandomLogits => 6000;

    protected override double LossUlps => 0.5;

    protected override double SigmoidError => Math.ScaleB(1, -51);

    protected override int MisroundingsAllowed(int samples) => 0;
}
