using System.Runtime.CompilerServices;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;
using Conformance.Kernels.Arithmetic;
using Conformance.Kernels.Drivers;

namespace Conformance.Kernels.Losses;

/// <summary>loss(x, z) = max(x, 0) − x·z + log1p(exp(−|x|)), whose first two terms are |x|·(x ≥ 0 ? 1 − z : z) and cannot cancel for z in [0, 1].</summary>
internal readonly struct SigmoidCrossEntropyLossOperator : IElementwiseOperator
{
    private const double RoundingError = 2.220446049250313e-16; // 2^-52

    /// <inheritdoc/>
    public static LossOracle Oracle => SigmoidCrossEntropyTerms.Oracle;

    /// <inheritdoc/>
    /// <remarks>
    /// For dtypes of at most 24 bits. x·z is exact, so that max(x, 0) − x·z has one rounding, fused or not, of at most 2^−53 of itself, and
    /// so has the sum.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Evaluate<T>(T x, T z, T perCount, out T value, out T error, out T limit)
        where T : struct, ILanes<T>
    {
        T magnitude = T.Abs(x);
        limit = SigmoidCrossEntropyTerms.AreLimits(x, z);
        T linear = T.Max(x, T.Of(0)) - (x * z);
        SigmoidCrossEntropyTerms.Exponential(T.Min(magnitude, T.Of(SigmoidCrossEntropyTerms.LargestMagnitude)), out T half, out T denominator);
        T s = SigmoidCrossEntropyTerms.TailArgument(half, denominator);
        T tail = s * SigmoidCrossEntropyTerms.TailFactor(s);
        T sum = linear + tail;

        // The limit where the coefficient is 0 is 0, not the NaN of infinity times zero.
        T coefficient = SigmoidCrossEntropyTerms.Coefficient(x, z);
        T atLimit = T.Select(T.AreEqual(coefficient, T.Of(0)) & T.AreEqual(magnitude, T.Of(double.PositiveInfinity)), T.Of(0), magnitude * coefficient);
        value = T.Select(limit, atLimit, sum);
        error = T.MultiplyAdd(tail, T.Of(SigmoidCrossEntropyTerms.TailError), T.Of(SigmoidCrossEntropyTerms.VanishingError))
            + (T.Of(RoundingError) * (T.Abs(linear) + T.Abs(sum)));
        error = T.Select(limit, T.Of(0), error);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void EvaluateWide<T>(T x, T z, T count, out DoubleDouble<T> value, out T error)
        where T : struct, ILanes<T>
    {
        T magnitude = SigmoidCrossEntropyTerms.WideMagnitude(x, z, out T isReached);
        SigmoidCrossEntropyTerms.WideExponential(magnitude, out DoubleDouble<T> numerator, out DoubleDouble<T> denominator);
        DoubleDouble<T> tail = SigmoidCrossEntropyTerms.WideTail(magnitude, numerator, denominator);
        DoubleDouble<T> linear = SigmoidCrossEntropyTerms.WideCoefficient(x, z) * new DoubleDouble<T>(magnitude, T.Of(0));
        value = linear + tail;
        error = (tail.High * T.Of(SigmoidCrossEntropyTerms.WideError)) + (T.Abs(linear.High) * T.Of(SigmoidCrossEntropyTerms.WideLinearError));
        error = T.Select(isReached, error, T.Of(double.NaN));
    }

    /// <inheritdoc/>
    public static Truth EvaluateExactly(DType dtype, double x, double z, int count, double weight) => Oracle.Loss(dtype, x, z, weight);
}
