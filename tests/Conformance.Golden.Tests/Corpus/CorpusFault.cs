using System.Collections.Immutable;
using Conformance.Core.Cases;
using Conformance.Core.Losses;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Tests.Corpus;

/// <summary>An implementation of sigmoid cross-entropy that is right but for what a test makes wrong in it.</summary>
internal sealed record CorpusFault
{
    /// <summary>What it reads in place of a test's inputs and options.</summary>
    public Func<VectorTest, VectorTest> Read { get; init; } = test => test;

    /// <summary>How it rounds what it would otherwise return correctly rounded.</summary>
    public Func<Truth, double> Round { get; init; } = truth => truth.Value;

    /// <summary>An element's loss from logit and label; null for the truth.</summary>
    public Func<DType, double, double, double>? Loss { get; init; }

    /// <summary>The gradient of an element's loss from logit and label; null for the truth.</summary>
    public Func<DType, double, double, double>? Gradient { get; init; }

    /// <summary>The sum of losses that are rounded already, or their mean; null for the exact one, rounded once.</summary>
    public Func<DType, double[], bool, double>? Reduce { get; init; }

    /// <summary>What becomes of unreduced losses on their way to memory.</summary>
    public Action<double[]> Write { get; init; } = _ => { };

    /// <summary>Whether any output on a test is further than that many ULP from the truth.</summary>
    public bool Fails(VectorTest test, double maxUlps)
    {
        Inputs truth = new(test);
        Inputs seen = new(Read(test));
        return Enumerable.Range(0, truth.Logits.Length).Any(i => IsOff(truth.GradientAt(i), GradientOf(seen, i)))
            || (truth.Reduction == Reduction.None
                ? truth.Logits.Select((_, i) => truth.LossAt(i)).Zip(LossesOf(seen)).Any(pair => IsOff(pair.First, pair.Second))
                : IsOff(truth.Reduced(), ReducedOf(seen)));

        bool IsOff(Truth wanted, double output) => !wanted.IsCorrectlyRounded(output) && !(Math.Abs(wanted.ErrorOf(output)) <= maxUlps);
    }

    private double[] LossesOf(Inputs inputs)
    {
        double[] losses = [.. inputs.Logits.Select((_, i) => LossOf(inputs, i))];
        Write(losses);
        return losses;
    }

    private double LossOf(Inputs inputs, int index) => Loss is null
        ? Round(inputs.LossAt(index))
        : Loss(inputs.DType, inputs.Logits[index], inputs.Labels[index]);

    private double GradientOf(Inputs inputs, int index) => Gradient is null
        ? Round(inputs.GradientAt(index))
        : inputs.DType.ToDouble(inputs.DType.ToBits(Gradient(inputs.DType, inputs.Logits[index], inputs.Labels[index]) / inputs.GradientCount));

    private double ReducedOf(Inputs inputs)
    {
        bool isMean = inputs.Reduction == Reduction.Mean;
        if (Reduce is not null)
        {
            return Reduce(inputs.DType, LossesOf(inputs), isMean);
        }

        return Loss is null
            ? Round(inputs.Reduced())
            : inputs.DType.ToDouble(inputs.DType.ToBits(LossesOf(inputs).Sum() / (isMean ? inputs.Logits.Length : 1)));
    }

    private sealed class Inputs(VectorTest test)
    {
        private readonly LossOracle _oracle = Conformance.Core.Losses.Loss.All[0].CreateOracle(test.Options.ToLossOptions());
        private readonly double[] _weights = test.Inputs.SampleWeight?.ToDoubles(DType.Find(test.DType)!) ?? [];

        public DType DType { get; } = DType.Find(test.DType)!;

        public Reduction Reduction { get; } = Reduction.Find(test.Options.Reduction)!;

        public double[] Logits { get; } = test.Inputs.Logits.ToDoubles(DType.Find(test.DType)!);

        public double[] Labels { get; } = test.Inputs.Labels.ToDoubles(DType.Find(test.DType)!);

        public int GradientCount => Reduction == Reduction.Mean ? Logits.Length : 1;

        public Truth LossAt(int index) => _oracle.Loss(DType, Logits[index], Labels[index], WeightAt(index));

        public Truth GradientAt(int index) => _oracle.Gradient(DType, Logits[index], Labels[index], WeightAt(index), GradientCount);

        public Truth Reduced() => Reduction == Reduction.Mean
            ? _oracle.Mean(DType, Logits, Labels, _weights)
            : _oracle.Sum(DType, Logits, Labels, _weights);

        private double WeightAt(int index) => _weights.Length == 0 ? 1 : _weights[index];
    }
}
