using Conformance.Core.Cases;
using Conformance.Core.Tensors;
using Conformance.Core.UnderTest;

namespace Conformance.External.Samples;

/// <summary>Sigmoid cross-entropy in float64 arithmetic, rounded once, of which a mistake changes one part.</summary>
public abstract class FaultyLoss : ILossGradient<float>, ILossGradient<double>
{
    public void Loss(in LossArguments<float> arguments, Span<float> loss)
    {
        double[] losses = Losses(Widen(arguments.Logits), Widen(arguments.Labels), arguments.Shape, arguments.Reduction);
        for (int i = 0; i < loss.Length; i++)
        {
            loss[i] = Round((float)losses[i]);
        }
    }

    public void Loss(in LossArguments<double> arguments, Span<double> loss)
    {
        double[] losses = Losses(arguments.Logits.ToArray(), arguments.Labels.ToArray(), arguments.Shape, arguments.Reduction);
        for (int i = 0; i < loss.Length; i++)
        {
            loss[i] = Round(losses[i]);
        }
    }

    public void Gradient(in LossArguments<float> arguments, Span<float> gradient)
    {
        double count = Count(arguments.Reduction, gradient.Length);
        for (int i = 0; i < gradient.Length; i++)
        {
            gradient[i] = (float)(Gradient(arguments.Logits[i], arguments.Labels[i]) / count);
        }
    }

    public void Gradient(in LossArguments<double> arguments, Span<double> gradient)
    {
        double count = Count(arguments.Reduction, gradient.Length);
        for (int i = 0; i < gradient.Length; i++)
        {
            gradient[i] = Gradient(arguments.Logits[i], arguments.Labels[i]) / count;
        }
    }

    protected static double Stable(double x, double z) => Math.Max(x, 0) - (x * z) + Log1p(Math.Exp(-Math.Abs(x)));

    protected static double Log1p(double e)
    {
        double v = 1 + e;
        return v == 1 ? e : Math.Log(v) * (e / (v - 1));
    }

    protected static double Sigmoid(double x) => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x));

    protected virtual double Element(double x, double z) => Stable(x, z);

    protected virtual double Gradient(double x, double z) => x >= 0 ? 1 - z - Sigmoid(-x) : Sigmoid(x) - z;

    protected virtual double Count(Reduction reduction, int length) => reduction == Reduction.Mean ? length : 1;

    protected virtual double[] Elements(double[] x, double[] z, Shape shape) => [.. x.Zip(z, Element)];

    protected virtual double Reduce(double[] losses, Reduction reduction) => reduction == Reduction.Mean ? losses.Sum() / losses.Length : losses.Sum();

    protected virtual double Round(double value) => value;

    protected virtual float Round(float value) => value;

    private static double[] Widen(ReadOnlySpan<float> values)
    {
        double[] wide = new double[values.Length];
        for (int i = 0; i < wide.Length; i++)
        {
            wide[i] = values[i];
        }

        return wide;
    }

    private double[] Losses(double[] x, double[] z, Shape shape, Reduction reduction)
    {
        double[] losses = Elements(x, z, shape);
        return reduction == Reduction.None ? losses : [Reduce(losses, reduction)];
    }
}

public sealed class FaultFreeLoss : FaultyLoss;

public sealed class ExchangedInputsLoss : FaultyLoss
{
    protected override double Element(double x, double z) => Stable(z, x);
}

/// <summary>Over the middle axis.</summary>
public sealed class SoftmaxLoss : FaultyLoss
{
    protected override double[] Elements(double[] x, double[] z, Shape shape)
    {
        (int classes, int length) = (shape.Dimensions[1], shape.Dimensions[2]);
        return [.. Enumerable.Range(0, x.Length).Select(i =>
        {
            int first = (i / (classes * length) * classes * length) + (i % length);
            double sum = Enumerable.Range(0, classes).Sum(c => Math.Exp(x[first + (c * length)] - x[i]));
            return z[i] * Math.Log(sum);
        })];
    }
}

/// <summary>Written where the other layout has them.</summary>
public sealed class OtherLayoutLoss : FaultyLoss
{
    protected override double[] Elements(double[] x, double[] z, Shape shape)
    {
        double[] losses = base.Elements(x, z, shape);
        (int rows, int columns) = (shape.Dimensions[1], shape.Dimensions[2]);
        return [.. Enumerable.Range(0, x.Length).Select(i =>
        {
            int within = i % (rows * columns);
            return losses[i - within + (within % rows * columns) + (within / rows)];
        })];
    }
}

/// <summary>Every example has the mean over the batch.</summary>
public sealed class ReducedBatchLoss : FaultyLoss
{
    protected override double[] Elements(double[] x, double[] z, Shape shape)
    {
        double[] losses = base.Elements(x, z, shape);
        int example = losses.Length / Math.Max(1, shape.Dimensions[0]);
        return [.. losses.Select((_, i) => Enumerable.Range(0, shape.Dimensions[0]).Average(b => losses[(b * example) + (i % example)]))];
    }
}

public sealed class MeanForSumLoss : FaultyLoss
{
    protected override double Reduce(double[] losses, Reduction reduction) => base.Reduce(losses, Reduction.Mean);
}

public sealed class SumForMeanLoss : FaultyLoss
{
    protected override double Reduce(double[] losses, Reduction reduction) => base.Reduce(losses, Reduction.Sum);
}

/// <summary>Every element has the mean of its row.</summary>
public sealed class LastAxisMeanLoss : FaultyLoss
{
    protected override double[] Elements(double[] x, double[] z, Shape shape)
    {
        double[] losses = base.Elements(x, z, shape);
        int length = shape.Dimensions[2];
        return [.. losses.Select((_, i) => losses.AsSpan(i / length * length, length).ToArray().Average())];
    }
}

public sealed class UnstableLoss : FaultyLoss
{
    protected override double Element(double x, double z) => Math.Log(1 + Math.Exp(x)) - (x * z);
}

public sealed class ClippedProbabilitiesLoss : FaultyLoss
{
    protected override double Element(double x, double z)
    {
        double p = Math.Clamp(Sigmoid(x), 1e-7, 1 - 1e-7);
        return -((z * Math.Log(p)) + ((1 - z) * Math.Log(1 - p)));
    }
}

public sealed class EpsilonTwiceLoss : FaultyLoss
{
    protected override double Element(double x, double z)
    {
        double p = Math.Clamp(Sigmoid(x), 1e-7, 1 - 1e-7);
        return -((z * Math.Log(p + 1e-7)) + ((1 - z) * Math.Log(1 - p + 1e-7)));
    }
}

public sealed class MissingReluLoss : FaultyLoss
{
    protected override double Element(double x, double z) => x - (x * z) + Log1p(Math.Exp(-Math.Abs(x)));
}

public sealed class OneSidedLoss : FaultyLoss
{
    protected override double Element(double x, double z)
    {
        double logSigmoid = Math.Min(x, 0) - Log1p(Math.Exp(-Math.Abs(x)));
        return (-z * logSigmoid) + ((1 - z) * (x - logSigmoid));
    }
}

public sealed class SaturatedSigmoidLoss : FaultyLoss
{
    protected override double Element(double x, double z) => Math.Max(x, 0) - (x * z) + Log1p(Math.Exp(-Math.Min(Math.Abs(x), 18)));
}

public sealed class FlushedExpLoss : FaultyLoss
{
    protected override double Element(double x, double z) => Math.Max(x, 0) - (x * z) + (Math.Abs(x) > 87 ? 0 : Log1p(Math.Exp(-Math.Abs(x))));
}

public sealed class Float16MeanLoss : FaultyLoss
{
    protected override double Reduce(double[] losses, Reduction reduction)
    {
        Half sum = losses.Aggregate(Half.Zero, (sum, loss) => sum + (Half)loss);
        return reduction == Reduction.Mean ? (double)(sum / (Half)losses.Length) : base.Reduce(losses, reduction);
    }
}

public sealed class SmoothedLabelsLoss : FaultyLoss
{
    protected override double Element(double x, double z) => Stable(x, (z * 0.9) + 0.05);
}

public sealed class WeightOnBothTermsLoss : FaultyLoss
{
    protected override double Element(double x, double z) => 2 * Stable(x, z);
}

public sealed class WrongLastElementLoss : FaultyLoss
{
    protected override double[] Elements(double[] x, double[] z, Shape shape)
    {
        double[] losses = base.Elements(x, z, shape);
        if (losses.Length > 0 && shape.Dimensions[2] % 8 != 0)
        {
            losses[^1] = losses[0] + 1;
        }

        return losses;
    }
}

public sealed class NanInAMillionLoss : FaultyLoss
{
    protected override double[] Elements(double[] x, double[] z, Shape shape)
    {
        double[] losses = base.Elements(x, z, shape);
        if (losses.Length >= 1_000_000)
        {
            losses[777_777] = double.NaN;
        }

        return losses;
    }
}

/// <summary>Returns what the case before of the same shape had.</summary>
public sealed class StaleLoss : FaultyLoss
{
    private readonly Dictionary<Shape, double[]> _previous = [];

    protected override double[] Elements(double[] x, double[] z, Shape shape)
    {
        double[] losses = base.Elements(x, z, shape);
        double[] returned = _previous.GetValueOrDefault(shape, losses);
        _previous[shape] = losses;
        return returned;
    }
}

public sealed class NoiseLoss : FaultyLoss
{
    private readonly Random _random = new(0);

    protected override double Round(double value) => _random.Next(2) == 0 ? value : Math.BitIncrement(value);

    protected override float Round(float value) => _random.Next(2) == 0 ? value : MathF.BitIncrement(value);
}

public sealed class WrongSignAtZeroLoss : FaultyLoss
{
    protected override double Gradient(double x, double z) => x == 0 ? z - 0.5 : base.Gradient(x, z);
}

public sealed class GradientOfSumLoss : FaultyLoss
{
    protected override double Count(Reduction reduction, int length) => 1;
}
