namespace Conformance.OnnxRuntime.Tests;

/// <summary>The loss in double precision, with its limits at infinite logits.</summary>
internal static class Reference
{
    public static double Loss(double x, double z)
    {
        double factor = x >= 0 ? 1 - z : z;
        double decay = Math.Exp(-Math.Abs(x));
        double v = 1 + decay;
        double tail = v == 1 ? decay : Math.Log(v) * (decay / (v - 1));
        return (factor == 0 ? 0 : Math.Abs(x) * factor) + tail;
    }
}
