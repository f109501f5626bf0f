using System.Runtime.CompilerServices;
using Conformance.Core.Oracles;

namespace Conformance.Core.Losses.SigmoidCrossEntropy;

/// <summary>The loss and its gradient in double-double, without weights: decides nearly every truth.</summary>
/// <remarks>
/// x and z are finite. |x|·a, a = (x ≥ 0 ? 1−z : z), is the sum of two doubles without error unless 1−z needs two doubles itself; its
/// second product then has a rounding error that counts. Both functions are null where parts could underflow: the slow stage takes
/// those.
/// </remarks>
internal static class SigmoidCrossEntropyFastStage
{
    // Above this an exact product of doubles, or 1−z, lies on a grid above 2^-990.
    private const double SmallestCoarse = 1.2408E-265; // 2^-880

    // From here on the low parts of exp(-t) underflow.
    private const double UnderflowArgument = 600;

    // exp(-800) is below 2^-1154: nothing beside half of the smallest subnormal.
    private const double VanishingArgument = 800;

    // sigmoid(-t) = 1/2 - t/4 + t^3/48 - ...: below 2^-30 the third term is below 2^-65 t, and only t/4 says on which side of 1/2 it is.
    private const double LargestLinearArgument = 9.313225746154785E-10;
    private const double SmallestLinearArgument = 1E-300;
    private const double LinearError = 2.710505431213761E-20;

    // The third term is a normal number, and known within a few roundings and a share of t^2/10: 2^-50.
    private const double SmallestCubicArgument = 1E-100;
    private const double CubicError = 8.881784197001252E-16;

    /// <summary>|x|·a + log(1 + exp(−|x|)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FastSum? Loss(double x, double z)
    {
        double t = Math.Abs(x);
        DoubleDouble a = Coefficient(x, z);
        DoubleDouble linear = DoubleDouble.Product(t, a.High);
        double extra = t * a.Low;
        if (!double.IsFinite(linear.High))
        {
            return null;
        }

        if (a.High == 0 && t >= VanishingArgument)
        {
            return FastSum.Vanishing;
        }

        double absolute = 0;
        if (t > UnderflowArgument)
        {
            if (!TryHoldArgument(ref t, Math.Abs(linear.High), a.Low == 0 || Math.Abs(extra) > SmallestCoarse))
            {
                return null;
            }

            absolute = DoubleDoubleFunctions.AbsoluteError;
        }

        DoubleDouble tail = DoubleDoubleFunctions.LogOnePlus(DoubleDoubleFunctions.ExpNegative(t));
        double error = (DoubleDoubleFunctions.RelativeError * tail.High) + (4.440892098500626E-16 * Math.Abs(extra)) + absolute;
        return FastSum.Of(linear, tail.High, tail.Low + extra, error);
    }

    /// <summary>±(a − sigmoid(−|x|)), + for x ≥ 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FastSum? Gradient(double x, double z)
    {
        double t = Math.Abs(x);
        DoubleDouble a = Coefficient(x, z);
        double absolute = 0;
        if (a.High == 0 && t >= VanishingArgument)
        {
            return x >= 0 ? -FastSum.Vanishing : FastSum.Vanishing;
        }

        if (t > UnderflowArgument)
        {
            if (!TryHoldArgument(ref t, Math.Abs(a.High), a.Low == 0 || Math.Abs(a.Low) > SmallestCoarse))
            {
                return null;
            }

            absolute = DoubleDoubleFunctions.AbsoluteError;
        }

        if (t is > SmallestLinearArgument and < LargestLinearArgument)
        {
            FastSum nearHalf = a is { High: 0.5, Low: 0 } && t > SmallestCubicArgument ? FromHalf(t) : FastSum.Of(a, -0.5, 0.25 * t, LinearError * t);
            return x >= 0 ? nearHalf : -nearHalf;
        }

        DoubleDouble sigmoid = DoubleDoubleFunctions.Odds(DoubleDoubleFunctions.ExpNegative(t));
        double error = t == 0 ? 0 : (DoubleDoubleFunctions.RelativeError * sigmoid.High) + absolute;
        FastSum sum = FastSum.Of(a, -sigmoid.High, -sigmoid.Low, error);
        return x >= 0 ? sum : -sum;
    }

    // Alone, t/4 would leave every tie among subnormal results open: the third term lies on the side of 0.
    private static FastSum FromHalf(double t)
    {
        double cubic = t * t * t / 48;
        return new FastSum(0.25 * t, 0, -cubic, CubicError * cubic);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static DoubleDouble Coefficient(double x, double z) => x >= 0 ? DoubleDouble.Sum(1, -z) : new DoubleDouble(z, 0);

    /// <summary>
    /// Holds t at the largest argument of the functions where their value then is still below the grid of everything else, so that it
    /// decides ties as the real one would; false where it would not be.
    /// </summary>
    private static bool TryHoldArgument(ref double t, double linear, bool isCoarse)
    {
        if (linear != 0 && (linear < SmallestCoarse || !isCoarse))
        {
            return false;
        }

        if (linear == 0 && t > DoubleDoubleFunctions.LargestArgument)
        {
            return false;
        }

        t = Math.Min(t, DoubleDoubleFunctions.LargestArgument);
        return true;
    }
}
