using Conformance.Core.Cases;
using Conformance.Core.UnderTest;

namespace Conformance.Xunit.Tests;

/// <summary>Faults as people make them, one each.</summary>
public static class FaultyLosses
{
    public sealed class ExchangedArguments : SampleLoss
    {
        protected override double Element(double x, double z) => base.Element(z, x);
    }

    public sealed class NotStable : SampleLoss
    {
        protected override double Element(double x, double z) => Math.Log(1 + (float)Math.Exp(x)) - (x * z);
    }

    public sealed class NoRelu : SampleLoss
    {
        protected override double Element(double x, double z) => -(x * z) + Log1p(Math.Exp(-Math.Abs(x)));
    }

    public sealed class ClippedProbability : SampleLoss
    {
        protected override double Element(double x, double z)
        {
            double p = Math.Clamp(1 / (1 + Math.Exp(-x)), 1e-7, 1 - 1e-7);
            return -(z * Math.Log(p)) - ((1 - z) * Math.Log(1 - p));
        }
    }

    public sealed class OneSided : SampleLoss
    {
        protected override double Element(double x, double z) => ((1 - z) * x) - (float)(Math.Min(x, 0) - (float)Log1p(Math.Exp(-Math.Abs(x))));
    }

    public sealed class Saturated : SampleLoss
    {
        protected override double Element(double x, double z) => base.Element(Math.Clamp(x, -18, 18), z);
    }

    public sealed class FlushedTail : SampleLoss
    {
        protected override double Element(double x, double z) => Math.Abs(x) > 87 ? Math.Max(x, 0) - (x * z) : base.Element(x, z);
    }

    public sealed class SmoothedLabels : SampleLoss
    {
        protected override double Element(double x, double z) => base.Element(x, (0.9 * z) + 0.05);
    }

    public sealed class MeanForSum : SampleLoss
    {
        protected override float Reduced(double sum, int count, Reduction reduction) => (float)(sum / count);
    }

    public sealed class SumForMean : SampleLoss
    {
        protected override float Reduced(double sum, int count, Reduction reduction) => (float)sum;
    }

    public sealed class HalfPrecisionMean : SampleLoss
    {
        protected override float Reduced(double sum, int count, Reduction reduction) => (float)(Half)base.Reduced(sum, count, reduction);
    }

    public sealed class WrongTail : SampleLoss
    {
        public override void Loss(in LossArguments<float> arguments, Span<float> loss)
        {
            base.Loss(arguments, loss);
            if (arguments.Reduction == Reduction.None && loss.Length % 8 != 0)
            {
                loss[^1] *= 1.5f;
            }
        }
    }

    public sealed class OneNaNInAMillion : SampleLoss
    {
        public override void Loss(in LossArguments<float> arguments, Span<float> loss)
        {
            base.Loss(arguments, loss);
            if (arguments.Reduction == Reduction.None && loss.Length > 999_999)
            {
                loss[999_999] = float.NaN;
            }
        }
    }

    public sealed class OtherLayout : SampleLoss
    {
        public override void Loss(in LossArguments<float> arguments, Span<float> loss)
        {
            base.Loss(arguments, loss);
            if (arguments.Reduction == Reduction.None)
            {
                ReadOnlySpan<int> extents = [.. arguments.Shape.Dimensions];
                float[] copy = loss.ToArray();
                for (int i = 0; i < copy.Length; i++)
                {
                    int inner = i % (extents[1] * extents[2]);
                    loss[i - inner + ((inner % extents[2]) * extents[1]) + (inner / extents[2])] = copy[i];
                }
            }
        }
    }

    public sealed class Stale : SampleLoss
    {
        private float[] _before = [];

        public override void Loss(in LossArguments<float> arguments, Span<float> loss)
        {
            base.Loss(arguments, loss);
            float[] now = loss.ToArray();
            if (_before.Length == now.Length)
            {
                _before.CopyTo(loss);
            }

            _before = now;
        }
    }

    public sealed class Noisy : SampleLoss
    {
        private int _calls;

        public override void Loss(in LossArguments<float> arguments, Span<float> loss)
        {
            base.Loss(arguments, loss);
            if (loss.Length > 0 && ++_calls % 2 == 0)
            {
                loss[0] = MathF.BitIncrement(loss[0]);
            }
        }
    }

    public sealed class SignAtZero : SampleLoss
    {
        protected override double ElementGradient(double x, double z) => x == 0 ? z - 0.5 : base.ElementGradient(x, z);
    }

    public sealed class GradientOfTheSum : SampleLoss
    {
        protected override double Divisor(int count) => 1;
    }

    public sealed class Throwing : SampleLoss
    {
        protected override double Element(double x, double z) => double.IsNaN(x) ? throw new ArithmeticException("not a number") : base.Element(x, z);
    }

    public sealed class Unmade : SampleLoss
    {
        public Unmade() => throw new NotSupportedException("no licence");
    }
}
