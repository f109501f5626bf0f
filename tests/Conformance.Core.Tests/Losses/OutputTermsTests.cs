using Conformance.Core.Backends;
using Conformance.Core.Losses;
using Conformance.Core.Losses.SigmoidCrossEntropy;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Losses;

public sealed class OutputTermsTests
{
    // At (2, 0.25) and (-4, 0.5) the linear terms are 1.5 and 2, log1p(exp(-|x|)) is 0.1269... and 0.0181...
    private const double Tails = 0.1269280110429725 + 0.01814992791780978;

    private static readonly SigmoidCrossEntropyLoss Loss = SigmoidCrossEntropyLoss.Instance;
    private static readonly LossOracle Oracle = Loss.CreateOracle(LossOptions.Default);

    [Fact]
    public void OfElement_Loss_ScalesByItsTermsAndItself()
    {
        ErrorTerms terms = Loss.TermsAt(2, 0.25);
        Truth truth = Oracle.Loss(DType.Float32, 2, 0.25);
        Assert.Equal(new OutputTerms(terms, 1, truth.Value, 0), OutputTerms.OfElement(terms, truth));
    }

    [Fact]
    public void OfElement_GradientOfAMean_IsDividedAndRoundsOnceMore()
    {
        ErrorTerms terms = Loss.TermsAt(2, 0.25);
        Truth truth = Oracle.Gradient(DType.Float32, -2, 0.25, count: 4);
        OutputTerms output = OutputTerms.OfElement(terms, truth, count: 4);
        Assert.Equal((0.25, 1.0, -truth.Value), (output.Elements, output.Roundings, output.Magnitude));
        Assert.Equal(terms.Tail / 4, output.Terms.Tail);
    }

    [Theory]
    [InlineData("float32")]
    [InlineData("float64")]
    public void OfElement_TruthThatOverflows_IsAsLargeAsItReallyIs(string name)
    {
        DType dtype = DType.Find(name)!;
        Truth truth = Oracle.Loss(dtype, dtype.MaxValue, -1);
        Assert.True(double.IsPositiveInfinity(truth.Value));
        Assert.Equal(Math.Min(2 * dtype.MaxValue, double.MaxValue), OutputTerms.OfElement(default, truth).Magnitude);
    }

    [Fact]
    public void OfReduction_Sum_AddsTermsAndRoundsOncePerElement()
    {
        OutputTerms output = OutputTerms.OfReduction(Loss, [2, -4], [0.25, 0.5], isMean: false);
        Assert.Equal((3.5, 2.0, 2.0), (output.Terms.Linear, output.Elements, output.Roundings));
        Assert.InRange(output.Magnitude, 3.5 + Tails - 1e-9, 3.5 + Tails + 1e-9);
    }

    [Fact]
    public void OfReduction_Mean_IsThatOfTheSumDivided()
    {
        OutputTerms output = OutputTerms.OfReduction(Loss, [2, -4], [0.25, 0.5], isMean: true);
        Assert.Equal((1.75, 1.0, 2.0), (output.Terms.Linear, output.Elements, output.Roundings));
        Assert.InRange(output.Magnitude, (3.5 + Tails - 1e-9) / 2, (3.5 + Tails + 1e-9) / 2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void OfReduction_NoElements_IsZero(bool isMean) => Assert.Equal(default, OutputTerms.OfReduction(Loss, [], [], isMean));

    [Fact]
    public void OfReduction_LabelsOutsideOfZeroAndOne_DoNotCancel()
    {
        // The losses are 1.47 and -1.04: what rounds is their magnitudes.
        OutputTerms output = OutputTerms.OfReduction(Loss, [0.5, 2], [-1, 1.584], isMean: false);
        Assert.True(output.Magnitude > 2.5);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(33, 33)]
    [InlineData(64, 34)]
    [InlineData(2621440, 81952)]
    public void ReductionRoundings_ManyElements_GrowAThirtySecondAsFast(int count, double expected) =>
        Assert.Equal(expected, OutputTerms.ReductionRoundings(count));

    [Fact]
    public void OfReduction_LargeMean_DoesNotHideALostExample()
    {
        double[] logits = [.. Enumerable.Repeat(1.0, 200_000)];
        double[] labels = new double[logits.Length];
        OutputTerms terms = OutputTerms.OfReduction(SigmoidCrossEntropyLoss.Instance, logits, labels, isMean: true);
        double bound = new ErrorBound { Relu = 2, Product = 2, Tail = 5 }.Evaluate(DType.Float32.UnitRoundoff, terms);
        Assert.True(bound < terms.Magnitude / 32);
    }
}
