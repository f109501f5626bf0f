using System.Runtime.CompilerServices;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;
using Conformance.Kernels.Arithmetic;
using Conformance.Kernels.Drivers;

namespace Conformance.Kernels.Losses;

/// <summary>loss(x, z) = max(x, 0) − x·z + log1p(exp(−|x|)), whose first two terms are |x|·(x ≥ 0 ? 1 − z : z) and cannot cancel for z in [0, 1].</summary>
internal readonly struct SigmoidCrossEntropyLossOperator : IElementwiseOperator
{
    /// <inheritdoc/>
    public static LossOracle Oracle => SigmoidCrossEntropyPass.Oracle;

    private const double LargestWideLabel = 2.5822498780869086e120; // 2^400
    private const double WideLinearError = 7.888609052210118e-31; // 2^-100
    private const double RoundingError = 2.220446049250313e-16; // 2^-52

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
        T infinity = T.Of(double.PositiveInfinity);
        limit = T.LessThan(magnitude, infinity) & T.LessThan(T.Abs(z), infinity);

        T linear = T.Max(x, T.Of(0)) - (x * z);
        SigmoidCrossEntropyTerms.Exponential(T.Min(magnitude, T.Of(SigmoidCrossEntropyTerms.LargestMagnitude)), out T half, out T denominator);
        T s = SigmoidCrossEntropyTerms.TailArgument(half, denominator);
        T tail = s * SigmoidCrossEntropyTerms.TailFactor(s);
        T sum = linear + tail;

        // The limit where the coefficient is 0 is 0, not the NaN of infinity times zero.
        T coefficient = SigmoidCrossEntropyPass.Coefficient(x, z);
        T atLimit = T.Select(T.AreEqual(coefficient, T.Of(0)) & T.AreEqual(magnitude, infinity), T.Of(0), magnitude * coefficient);
        value = T.Select(limit, sum, atLimit);
        error = T.MultiplyAdd(tail, T.Of(SigmoidCrossEntropyTerms.TailError), T.Of(SigmoidCrossEntropyTerms.VanishingError))
            + (T.Of(RoundingError) * (T.Abs(linear) + T.Abs(sum)));
        error = T.Select(limit, error, T.Of(0));
        limit = T.Select(limit, T.Of(0), T.Of(BitConverter.Int64BitsToDouble(-1)));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void EvaluateWide<T>(T x, T z, T count, out DoubleDouble<T> value, out T error)
        where T : struct, ILanes<T>
    {
        T magnitude = T.Abs(x);
        T isWithin = T.LessThan(magnitude, T.Of(SigmoidCrossEntropyTerms.LargestWideMagnitude)) & T.LessThan(T.Abs(z), T.Of(LargestWideLabel));
        magnitude = T.Min(magnitude, T.Of(SigmoidCrossEntropyTerms.LargestWideMagnitude));
        SigmoidCrossEntropyTerms.WideExponential(magnitude, out DoubleDouble<T> numerator, out DoubleDouble<T> denominator);
        DoubleDouble<T> tail = SigmoidCrossEntropyTerms.WideTail(magnitude, numerator, denominator);
        DoubleDouble<T> linear = SigmoidCrossEntropyPass.WideCoefficient(x, z) * new DoubleDouble<T>(magnitude, T.Of(0));
        value = linear + tail;
        error = (tail.High * T.Of(SigmoidCrossEntropyTerms.WideError)) + (T.Abs(linear.High) * T.Of(WideLinearError));
        error = T.Select(isWithin, error, T.Of(double.NaN));
    }

    /// <inheritdoc/>
    public static Truth EvaluateExactly(DType dtype, double x, double z, int count, double weight) => Oracle.Loss(dtype, x, z, weight);
}
