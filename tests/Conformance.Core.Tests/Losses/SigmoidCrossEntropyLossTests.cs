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

    // A product with 0 or a power of two does not round, and is no term.
    [Theory]
    [InlineData(0.0, 0.3, 0, 0, 0, 0, 0.6931471805599453, 0)]
    [InlineData(2.0, 0.3, 2, 2, 0.6, 1.4, 0.1269280110429725, 2 * 0.5807970779778823)]
    [InlineData(-2.0, 0.3, 0, 2, 0.6, 0.6, 0.1269280110429725, 2 * 0.1807970779778823)]
    [InlineData(2.0, 0.25, 2, 2, 0, 1.5, 0.1269280110429725, 2 * 0.6307970779778823)]
    [InlineData(3.0, -1.0, 3, 3, 0, 6, 0.04858735157374206, 3 * 1.9525741268224333)]
    [InlineData(3.0, 0.0, 3, 3, 0, 3, 0.04858735157374206, 3 * 0.9525741268224333)]
    [InlineData(40.0, 1.0, 40, 40, 0, 0, 4.248354255291589e-18, 40 * 4.248354255291589e-18)]
    public void TermsAt_KnownInputs_AreTheTermsOfTheFormulas(
        double logit, double label, double relu, double magnitude, double product, double linear, double tail, double slope)
    {
        ErrorTerms terms = SigmoidCrossEntropyLoss.Instance.TermsAt(logit, label);
        Assert.Equal((relu, magnitude, product, linear), (terms.Relu, terms.Magnitude, terms.Product, terms.Linear));
        Assert.InRange(terms.Tail / tail, 1 - 1e-7, 1 + 1e-7);
        Assert.InRange(terms.Slope - slope, -1e-7 * slope, 1e-7 * slope);
    }

    [Theory]
    [InlineData(0.0, 0.25, 1)]
    [InlineData(-50.0, 0.25, 1)]
    [InlineData(-50.0, -1.0, 3)]
    [InlineData(3.0, 0.25, 0.25 + (0.75 * 20.085536923187668))]
    [InlineData(16.0, 0.0, 8886110.520507872)]
    [InlineData(17.0, 0.0, 1)] // clipped
    [InlineData(1e300, 2.0, 3)]
    [InlineData(double.PositiveInfinity, 2.0, 3)]
    public void TermsAt_EachLogit_CountsWhatRoundingTheProbabilityCosts(double logit, double label, double expected) =>
        Assert.InRange(SigmoidCrossEntropyLoss.Instance.TermsAt(logit, label).Probability / expected, 1 - 1e-12, 1 + 1e-12);

    [Theory]
    [InlineData(double.NaN, 0.5)]
    [InlineData(double.PositiveInfinity, 0.5)]
    [InlineData(double.NegativeInfinity, 1.0)]
    [InlineData(1.0, double.NaN)]
    public void TermsAt_InputsThatAreNotFinite_AreNotFinite(double logit, double label) =>
        Assert.False(double.IsFinite(SigmoidCrossEntropyLoss.Instance.TermsAt(logit, label).Linear));

    [Fact]
    public void TermsBetween_AnyInterval_HoldsTheTermsAtEveryLogitWithin()
    {
        Random random = new(1);
        for (int i = 0; i < 2000; i++)
        {
            double sign = i % 2 == 0 ? 1 : -1;
            double first = sign * Math.Pow(2, (random.NextDouble() * 20) - 12);
            double last = first * (1 + random.NextDouble());
            (double low, double high) = (Math.Min(first, last), Math.Max(first, last));
            double label = (i % 5) switch { 0 => 0, 1 => 1, 2 => random.NextDouble(), 3 => 1 / (1 + Math.Exp(-first)), _ => (random.NextDouble() * 8) - 4 };
            (ErrorTerms least, ErrorTerms greatest) = SigmoidCrossEntropyLoss.Instance.TermsBetween(low, high, label);
            for (int j = 0; j <= 10; j++)
            {
                double[] terms = Parts(SigmoidCrossEntropyLoss.Instance.TermsAt(low + ((high - low) * j / 10), label));

                Assert.All(Parts(least).Zip(terms), pair => Assert.True(pair.First <= pair.Second * (1 + 1e-12)));
                Assert.All(Parts(greatest).Zip(terms), pair => Assert.True(pair.First >= pair.Second * (1 - 1e-12)));
            }
        }

        static double[] Parts(ErrorTerms terms) => [terms.Relu, terms.Magnitude, terms.Product, terms.Linear, terms.Tail, terms.Slope, terms.Probability];
    }
}
