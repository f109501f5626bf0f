using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Losses;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Exports;

/// <summary>Turns a contract, which is a bound on each element's error, into the relative tolerance that a whole test needs.</summary>
internal sealed class OnnxTolerances(ImplementationInfo implementation, string lossName)
{
    // About two unit roundoffs: gradients are differences of numbers near 1. In float32 it is that of ONNX's own runner.
    private const double AbsoluteFloat32 = 1e-7;
    private const double AbsoluteFloat64 = 2e-16;

    private readonly Loss _loss = Loss.Find(lossName)!;

    /// <summary>The absolute tolerance for which <see cref="RelativeFor"/> holds.</summary>
    public static double AbsoluteFor(DType dtype) => dtype == DType.Float64 ? AbsoluteFloat64 : AbsoluteFloat32;

    /// <summary>The least rtol with which every output within the contract is close to what is expected.</summary>
    /// <returns>The tolerance, which beside atol is 0 where the bounds are that small; an infinity where only zero is expected.</returns>
    public double RelativeFor(ExportedTest test)
    {
        LossOracle oracle = _loss.CreateOracle(LossOptions.Default);
        Contract contract = implementation.ContractFor(test.DType);
        DType dtype = test.DType;
        double absolute = AbsoluteFor(dtype);
        double[] logits = test.Test.Inputs.Logits.ToDoubles(dtype);
        double[] labels = test.Test.Inputs.Labels.ToDoubles(dtype);
        bool isMean = test.Reduction == Reduction.Mean;
        double worst = 0;
        if (test.Reduction != Reduction.None)
        {
            Truth truth = isMean ? oracle.Mean(dtype, logits, labels) : oracle.Sum(dtype, logits, labels);
            Note(contract.Loss, OutputTerms.OfReduction(_loss, logits, labels, isMean), truth);
        }

        int count = isMean ? logits.Length : 1;
        for (int i = 0; i < logits.Length; i++)
        {
            ErrorTerms terms = _loss.TermsAt(logits[i], labels[i]);
            if (test.Reduction == Reduction.None)
            {
                Truth loss = oracle.Loss(dtype, logits[i], labels[i]);
                Note(contract.Loss, OutputTerms.OfElement(terms, loss), loss);
            }

            Truth gradient = oracle.Gradient(dtype, logits[i], labels[i], count: count);
            Note(contract.Gradient, OutputTerms.OfElement(terms, gradient, count), gradient);
        }

        return worst;

        // The bound is on the distance from the unrounded truth; what is expected is up to half a unit from it.
        void Note(ErrorBound bound, in OutputTerms terms, in Truth truth)
        {
            double allowed = (contract.Evaluate(bound, terms, truth) + 0.5) * truth.Ulp;
            if (double.IsFinite(truth.Value) && allowed > absolute)
            {
                worst = Math.Max(worst, (allowed - absolute) / Math.Abs(truth.Value));
            }
        }
    }
}
