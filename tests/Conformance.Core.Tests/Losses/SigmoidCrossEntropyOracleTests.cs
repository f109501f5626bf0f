using Conformance.Core.Losses;
using Conformance.Core.Losses.SigmoidCrossEntropy;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Losses;

public sealed class SigmoidCrossEntropyOracleTests
{
    private static readonly LossOracle Oracle = SigmoidCrossEntropyLoss.Instance.CreateOracle(LossOptions.Default);

    [Theory]
    [InlineData(0, 0, "0.6931471805599453094172321214581765680755")]
    [InlineData(1, 0, "1.313261687518222834048995494967855641915")]
    [InlineData(-1, 0, "0.3132616875182228340489954949678556419153")]
    [InlineData(-20, 0, "2.061153620314380703238982798877915235603e-9")]
    [InlineData(2, 0.5, "1.126928011042972496443726806358304431434")]
    public void LossDigits_KnownInput_AreThePublishedDigits(double logit, double label, string digits) =>
        Assert.Equal(digits, Oracle.LossDigits(DType.Float64, logit, label, 40));

    [Theory]
    [InlineData(1, 0, 1.3132616875182228)]
    [InlineData(-20, 0, 2.0611536203143808e-09)]
    [InlineData(-745, 0, 5e-324)]
    [InlineData(-1e300, 0, 0)]
    [InlineData(1e300, 0, 1e300)]
    public void Loss_Float64_IsTheNearestDouble(double logit, double label, double expected) =>
        Assert.Equal(expected, Oracle.Loss(DType.Float64, logit, label).Value);

    [Theory]
    [InlineData(double.PositiveInfinity, 1, 0)]
    [InlineData(double.NegativeInfinity, 0, 0)]
    [InlineData(double.PositiveInfinity, 0, double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity, 1, double.PositiveInfinity)]
    [InlineData(double.PositiveInfinity, 0.5, double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity, 0.5, double.PositiveInfinity)]
    [InlineData(double.NaN, 1, double.NaN)]
    [InlineData(1, double.NaN, double.NaN)]
    public void Loss_NonFiniteInput_IsTheLimit(double logit, double label, double expected)
    {
        foreach (DType dtype in DType.All)
        {
            Assert.Equal(expected, Oracle.Loss(dtype, logit, label).Value);
        }
    }

    [Fact]
    public void Loss_TailBelowEverything_BreaksTheTieUpwards()
    {
        // |x|·¾ is halfway between two floats.
        double logit = 3e38f;
        logit = BitConverter.Int32BitsToSingle((BitConverter.SingleToInt32Bits((float)logit) & ~3) | 2);
        Truth truth = Oracle.Loss(DType.Float32, logit, 0.25);
        Assert.True(truth.Value > 0.75 * logit);
        Assert.Equal(-0.5, truth.Residual, 1e-12);
    }

    [Theory]
    [InlineData("float16", 20)]
    [InlineData("float16", 800)]
    [InlineData("float32", 110)]
    [InlineData("float32", 700)]
    [InlineData("float64", 800)]
    public void Gradient_BelowEverything_RoundsToAZeroOfItsSignAndIsNotExact(string dtype, double logit)
    {
        Truth below = Oracle.Gradient(DType.Find(dtype)!, logit, 1);
        Assert.Equal(double.NegativeZero, below.Value);
        Assert.True(double.IsNegative(below.Value) && below.Residual < 0 && below.IsSubnormal);
        Truth above = Oracle.Gradient(DType.Find(dtype)!, -logit, 0);
        Assert.True(above.Value == 0 && !double.IsNegative(above.Value) && above.Residual > 0);
    }

    [Fact]
    public void Gradient_AtZero_IsExact()
    {
        Assert.Equal(0.25, Oracle.Gradient(DType.Float32, 0, 0.25).Value);
        Assert.Equal(0, Oracle.Gradient(DType.Float32, 0, 0.25).Residual);
    }

    [Fact]
    public void Sum_ExactLosses_IsRoundedOnce()
    {
        double[] logits = [1, -1, 1e30, -1e30];
        double[] labels = [0, 0, 0, 1];
        Assert.Equal(2e30, Oracle.Sum(DType.Float64, logits, labels).Value);
        Assert.Equal(1.3132616875182228 + 0.31326168751822286, Oracle.Sum(DType.Float64, logits.AsSpan(0, 2), labels.AsSpan(0, 2)).Value, 1e-15);
    }
}
