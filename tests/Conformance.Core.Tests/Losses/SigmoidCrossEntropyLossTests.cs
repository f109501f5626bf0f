using Conformance.Core.Losses;
using Conformance.Core.Losses.SigmoidCrossEntropy;

namespace Conformance.Core.Tests.Losses;

public sealed class SigmoidCrossEntropyLossTests
{
    [Fact]
    public void Find_ItsName_IsTheLoss()
    {
        Assert.Same(SigmoidCrossEntropyLoss.Instance, Loss.Find("sigmoid_cross_entropy"));
        Assert.Null(Loss.Find("sigmoid"));
        Assert.Equal("sigmoid_cross_entropy", Assert.Single(Loss.All).ToString());
        Assert.NotEmpty(Loss.All[0].Formula);
    }

    [Theory]
    [InlineData(0.0, 0.25, 0, 0, 0, 0, 0.6931471805599453)]
    [InlineData(2.0, 0.25, 2, 2, 0.5, 1.5, 0.1269280110429725)]
    [InlineData(-2.0, 0.25, 0, 2, 0.5, 0.5, 0.1269280110429725)]
    [InlineData(3.0, -1.0, 3, 3, 3, 6, 0.04858735157374206)]
    [InlineData(40.0, 1.0, 40, 40, 40, 0, 4.248354255291589e-18)]
    public void TermsAt_KnownInputs_AreTheTermsOfTheFormulas(
        double logit, double label, double relu, double magnitude, double product, double linear, double tail)
    {
        ErrorTerms terms = SigmoidCrossEntropyLoss.Instance.TermsAt(logit, label);
        Assert.Equal((relu, magnitude, product, linear), (terms.Relu, terms.Magnitude, terms.Product, terms.Linear));
        Assert.InRange(terms.Tail / tail, 1 - 1e-7, 1 + 1e-7);
    }

    [Theory]
    [InlineData(double.NaN, 0.5)]
    [InlineData(double.PositiveInfinity, 0.5)]
    [InlineData(double.NegativeInfinity, 1.0)]
    [InlineData(1.0, double.NaN)]
    public void TermsAt_InputsThatAreNotFinite_AreNotFinite(double logit, double label) =>
        Assert.False(double.IsFinite(SigmoidCrossEntropyLoss.Instance.TermsAt(logit, label).Linear));
}
