using Conformance.Core.Backends;

namespace Conformance.OnnxRuntime.Tests;

/// <summary>The loss and its gradient in double precision, with their limits at infinite logits.</summary>
internal static class Reference
{
    /// <summary>How far the reference itself can be from the truth.</summary>
    public static readonly Contract Contract = new(
        new ErrorBound { Linear = 3, Tail = 8 },
        new ErrorBound { Constant = 3 },
        "The same roundings as in the graph log1p; the C runtime's exp and log are within 1 ulp, which is 2 u.",
        "The formulas below");

    public static double Loss(double x, double z)
    {
        double factor = x >= 0 ? 1 - z : z;
        double decay = Math.Exp(-Math.Abs(x));
        double v = 1 + decay;
        double tail = v == 1 ? decay : Math.Log(v) * (decay / (v - 1));
        return (factor == 0 ? 0 : Math.Abs(x) * factor) + tail;
    }

    public static double Gradient(double x, double z)
    {
        double decay = Math.Exp(-Math.Abs(x));
        double s = decay / (1 + decay);
        return x >= 0 ? 1 - z - s : s - z;
    }
}
