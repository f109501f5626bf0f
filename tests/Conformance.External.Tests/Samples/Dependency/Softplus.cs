namespace Conformance.External.Samples.Dependency;

/// <summary>log(1 + exp(-|x|)), in an assembly that only the samples know.</summary>
public static class Softplus
{
    public static double Tail(double x)
    {
        // log1p by way of the error that 1 + t made.
        double t = Math.Exp(-Math.Abs(x));
        double rounded = 1 + t;
        return rounded == 1 ? t : Math.Log(rounded) * (t / (rounded - 1));
    }
}
