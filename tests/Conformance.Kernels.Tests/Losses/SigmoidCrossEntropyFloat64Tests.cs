namespace Conformance.Kernels.Tests.Losses;

public sealed class SigmoidCrossEntropyFloat64Tests(ITestOutputHelper output) : SigmoidCrossEntropyTests<double>(output)
{
    protected override int RandomLogits => 6000;

    protected override double LossUlps => 0.63;

    protected override double SigmoidError => Math.ScaleB(1, -56);

    protected override int MisroundingsAllowed(int samples) => samples / 50;
}
