using System.Runtime.CompilerServices;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;
using Conformance.Kernels.Arithmetic;
using Conformance.Kernels.Drivers;

namespace Conformance.Kernels.Losses;

/// <summary>
/// d loss/dx = sigmoid(x) − z = ±((x ≥ 0 ? 1 − z : z) − sigmoid(−|x|)), + for x ≥ 0, divided by the number of elements for a mean. The sigmoid is
/// small where sigmoid(x) is near 1, so that nothing cancels near a hard label that the logit agrees with.
/// </summary>
internal readonly struct SigmoidCrossEntropyGradientOperator : IElementwiseOperator
{
    private const double RoundingError = 4.440892098500626e-16; // 2^-51

    /// <inheritdoc/>
    public static LossOracle Oracle => SigmoidCrossEntropyTerms.Oracle;

    /// <inheritdoc/>
    /// <remarks>For dtypes of at most 24 bits. 1 − z, the difference and the quotient, which is a product with a rounded inverse, have four roundings.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Evaluate<T>(T x, T z, T perCount, out T value, out T error, out T limit)
        where T : struct, ILanes<T>
    {
        T magnitude = T.Abs(x);
        limit = SigmoidCrossEntropyTerms.AreLimits(x, z);
        SigmoidCrossEntropyTerms.Exponential(T.Min(magnitude, T.Of(SigmoidCrossEntropyTerms.LargestMagnitude)), out T half, out T denominator);
        T sigmoid = SigmoidCrossEntropyTerms.Sigmoid(half, denominator);
        T coefficient = SigmoidCrossEntropyTerms.Coefficient(x, z);
        T sign = x & T.Of(-0.0);
        T difference = T.Select(limit, T.Select(T.AreEqual(x, x), coefficient, x), coefficient - sigmoid);
        value = (difference ^ sign) * perCount;
        error = T.MultiplyAdd(sigmoid, T.Of(SigmoidCrossEntropyTerms.SigmoidError), T.Of(SigmoidCrossEntropyTerms.VanishingError))
            + (T.Of(RoundingError) * (T.Abs(coefficient) + T.Abs(difference)));
        error = T.Select(limit, T.Of(0), error * perCount);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void EvaluateWide<T>(T x, T z, T count, out DoubleDouble<T> value, out T error)
        where T : struct, ILanes<T>
    {
        T magnitude = SigmoidCrossEntropyTerms.WideMagnitude(x, z, out T isReached);
        SigmoidCrossEntropyTerms.WideDifference(x, z, magnitude, out DoubleDouble<T> exact, out DoubleDouble<T> rounded);
        T sign = T.Of(1) | (x & T.Of(-0.0));
        DoubleDouble<T> divisor = new(count, T.Of(0));
        value = (exact + rounded).Scaled(sign) / divisor;
        error = (T.Abs(rounded.High) * T.Of(SigmoidCrossEntropyTerms.WideError)) + (T.Abs(exact.High) * T.Of(SigmoidCrossEntropyTerms.WideLinearError));
        error = T.Select(isReached, error / count, T.Of(double.NaN));
    }

    /// <inheritdoc/>
    public static Truth EvaluateExactly(DType dtype, double x, double z, int count, double weight) =>
        Oracle.Gradient(dtype, x, z, weight, count);
}
