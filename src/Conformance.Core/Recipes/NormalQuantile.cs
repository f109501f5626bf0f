namespace Conformance.Core.Recipes;

/// <summary>
/// The quantile of the standard normal distribution, by Wichura's rational approximations PPND16 (relative error about
/// 1e-16 of the quantile), from + − × ÷ and √ alone, so that it gives the same bits on every platform.
/// </summary>
/// <remarks>Source: M. J. Wichura, Algorithm AS 241, Applied Statistics 37 (1988). The logarithm is this class's own.</remarks>
public static class NormalQuantile
{
    private const double Ln2 = 0.69314718055994530942;

    private static readonly double[] CentralNumerator =
    [
        3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
        4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3,
    ];

    private static readonly double[] CentralDenominator =
    [
        1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
        2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3,
    ];

    private static readonly double[] TailNumerator =
    [
        1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
        1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4,
    ];

    private static readonly double[] TailDenominator =
    [
        1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
        1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9,
    ];

    private static readonly double[] FarTailNumerator =
    [
        6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
        2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
    ];

    private static readonly double[] FarTailDenominator =
    [
        1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
        7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15,
    ];

    /// <summary>The quantile at <c>numerator · 2^−scale</c>.</summary>
    /// <param name="numerator">Strictly between 0 and 2^scale.</param>
    /// <param name="scale">The number of binary places.</param>
    /// <returns>The x with Φ(x) = numerator · 2^−scale.</returns>
    public static double Evaluate(double numerator, int scale)
    {
        double probability = Math.ScaleB(numerator, -scale);
        double offset = probability - 0.5;
        if (Math.Abs(offset) <= 0.425)
        {
            double square = 0.180625 - (offset * offset);
            return offset * Polynomial(CentralNumerator, square) / Polynomial(CentralDenominator, square);
        }

        double tail = offset < 0 ? probability : Math.ScaleB(Math.ScaleB(1, scale) - numerator, -scale);
        double radius = Math.Sqrt(-Log(tail));
        double magnitude = radius <= 5
            ? Polynomial(TailNumerator, radius - 1.6) / Polynomial(TailDenominator, radius - 1.6)
            : Polynomial(FarTailNumerator, radius - 5) / Polynomial(FarTailDenominator, radius - 5);
        return offset < 0 ? -magnitude : magnitude;
    }

    private static double Polynomial(double[] coefficients, double x)
    {
        double value = coefficients[^1];
        for (int i = coefficients.Length - 2; i >= 0; i--)
        {
            value = (value * x) + coefficients[i];
        }

        return value;
    }

    // ln x = k ln 2 + 2 atanh((m - 1) / (m + 1)) with m in [1, 2): the C runtime's log differs between platforms.
    private static double Log(double x)
    {
        int exponent = Math.ILogB(x);
        double mantissa = Math.ScaleB(x, -exponent);
        double s = (mantissa - 1) / (mantissa + 1);
        double square = s * s;
        double series = 0;
        for (int k = 37; k >= 1; k -= 2)
        {
            series = (series * square) + (1.0 / k);
        }

        return (exponent * Ln2) + (2 * s * series);
    }
}
