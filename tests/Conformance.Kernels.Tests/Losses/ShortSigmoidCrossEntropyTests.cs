using Conformance.Core.Losses;
using Conformance.Core.Losses.SigmoidCrossEntropy;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;
using Conformance.Kernels.Losses;
using Conformance.Kernels.Tests.Reference;

namespace Conformance.Kernels.Tests.Losses;

/// <summary>What more can be tried where a dtype has only 65536 elements.</summary>
/// <typeparam name="T">The element type.</typeparam>
public abstract class ShortSigmoidCrossEntropyTests<T>(ITestOutputHelper output) : SigmoidCrossEntropyTests<T>(output)
    where T : unmanaged
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(0.5)]
    [InlineData(0.95)]
    [InlineData(1e-5)]
    [InlineData(-0.3)]
    public void LossAndGradient_EveryLogit_IsTheTruth(double label)
    {
        DType dtype = Elements<T>.DType;
        LossOracle oracle = SigmoidCrossEntropyLoss.Instance.CreateOracle(LossOptions.Default);
        double z = Samples.Cast<T>(label);
        T[] logits = [.. Enumerable.Range(0, 1 << 16).Select(bits => Elements<T>.OfBits((ulong)bits))];
        T[] labels = new T[logits.Length];
        labels.AsSpan().Fill(Elements<T>.Of(label));
        T[] losses = new T[logits.Length];
        T[] gradients = new T[logits.Length];
        SigmoidCrossEntropy.LossAndGradient<T>(logits, labels, losses, gradients);
        Parallel.For(0, 256, block =>
        {
            for (int i = block * 256; i < (block + 1) * 256; i++)
            {
                double x = Elements<T>.Value(logits[i]);
                double loss = Elements<T>.Value(losses[i]);
                double gradient = Elements<T>.Value(gradients[i]);
                Assert.True(oracle.Loss(dtype, x, z).IsCorrectlyRounded(loss), $"loss({x:R}, {z:R}) = {loss:R}");
                Assert.True(oracle.Gradient(dtype, x, z).IsCorrectlyRounded(gradient), $"gradient({x:R}, {z:R}) = {gradient:R}");
            }
        });
    }

    [Fact]
    public void LossAndGradient_NaNOfAnyPayload_IsTheQuietOne()
    {
        DType dtype = Elements<T>.DType;
        ulong infinity = dtype.ToBits(double.PositiveInfinity);
        for (ulong payload = 1; payload < 1ul << dtype.SignificandBits; payload++)
        {
            T[] loss = new T[1];
            T[] gradient = new T[1];
            SigmoidCrossEntropy.LossAndGradient<T>([Elements<T>.OfBits(infinity | payload)], [Elements<T>.Of(0.5)], loss, gradient);
            Assert.Equal(dtype.QuietNaN, Elements<T>.Bits(loss[0]));
            Assert.Equal(dtype.QuietNaN, Elements<T>.Bits(gradient[0]));
        }
    }
}
