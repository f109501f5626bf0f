using System.Runtime.CompilerServices;
using Conformance.Kernels.Arithmetic;
using Conformance.Kernels.Drivers;

namespace Conformance.Kernels.Losses;

/// <summary>Plain elements of the loss and its gradient, which share the exponential.</summary>
internal static class SigmoidCrossEntropyPass
{
    // 2^7: a gradient that is at least 1/128 of the sigmoid is off by at most 2^-45 * 2^7 of itself.
    private const long CancelledBits = 7;

    /// <summary>The loss of plain elements.</summary>
    /// <remarks>max(x, 0) − x·z has one rounding, as x·z is exact, and cannot cancel against the tail: neither is negative.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T PlainLoss<T>(T x, T z)
        where T : struct, ILanes<T>
    {
        SigmoidCrossEntropyTerms.Exponential(T.Abs(x), out T half, out T denominator);
        T s = SigmoidCrossEntropyTerms.TailArgument(half, denominator);
        return T.MultiplyAdd(s, SigmoidCrossEntropyTerms.TailFactor(s), T.Max(x, T.Of(0)) - (x * z));
    }

    /// <summary>(x ≥ 0 ? 1 : 0) − z, which is ±<see cref="SigmoidCrossEntropyTerms.Coefficient"/> without a comparison; −0 is on the side of its sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T SignedCoefficient<T>(T x, T z)
        where T : struct, ILanes<T> => (T.Of(0.5) + WithSignOf(T.Of(0.5), x)) - z;

    /// <summary>sigmoid(x) − z of plain elements; false where it cancels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryPlainGradient<T>(T x, T coefficient, T sigmoid, out T gradient)
        where T : struct, ILanes<T>
    {
        gradient = coefficient - WithSignOf(sigmoid, x);
        return !T.AnyBitsBelow(T.AddBits(T.Abs(gradient), T.Of(BitConverter.Int64BitsToDouble(CancelledBits << 52))), sigmoid);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T WithSignOf<T>(T magnitude, T x)
        where T : struct, ILanes<T> => (x & T.Of(-0.0)) | magnitude;

    /// <summary>The loss alone.</summary>
    internal readonly struct Loss : IPass
    {
        /// <inheritdoc/>
        public static bool HasLoss => true;

        /// <inheritdoc/>
        public static bool HasGradient => false;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool TryEvaluate<T>(T x, T z, T perCount, out T loss, out T gradient)
            where T : struct, ILanes<T>
        {
            loss = PlainLoss(x, z);
            gradient = default;
            return true;
        }
    }

    /// <summary>The gradient alone.</summary>
    internal readonly struct Gradient : IPass
    {
        /// <inheritdoc/>
        public static bool HasLoss => false;

        /// <inheritdoc/>
        public static bool HasGradient => true;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool TryEvaluate<T>(T x, T z, T perCount, out T loss, out T gradient)
            where T : struct, ILanes<T>
        {
            SigmoidCrossEntropyTerms.Exponential(T.Abs(x), out T half, out T denominator);
            loss = default;
            return TryPlainGradient(x, SignedCoefficient(x, z), SigmoidCrossEntropyTerms.Sigmoid(half, denominator), out gradient);
        }
    }

    /// <summary>The gradient of the mean.</summary>
    internal readonly struct MeanGradient : IPass
    {
        /// <inheritdoc/>
        public static bool HasLoss => false;

        /// <inheritdoc/>
        public static bool HasGradient => true;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool TryEvaluate<T>(T x, T z, T perCount, out T loss, out T gradient)
            where T : struct, ILanes<T>
        {
            bool isDecided = Gradient.TryEvaluate(x, z, perCount, out loss, out gradient);
            gradient *= perCount;
            return isDecided;
        }
    }

    /// <summary>The loss and its gradient.</summary>
    internal readonly struct LossAndGradient : IPass
    {
        /// <inheritdoc/>
        public static bool HasLoss => true;

        /// <inheritdoc/>
        public static bool HasGradient => true;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool TryEvaluate<T>(T x, T z, T perCount, out T loss, out T gradient)
            where T : struct, ILanes<T>
        {
            T coefficient = SignedCoefficient(x, z);
            SigmoidCrossEntropyTerms.Exponential(T.Abs(x), out T half, out T denominator);
            SigmoidCrossEntropyTerms.TailArgumentAndSigmoid(half, denominator, out T s, out T sigmoid);

            // The product has two roundings, and cannot cancel against the tail: neither is negative.
            loss = T.MultiplyAdd(s, SigmoidCrossEntropyTerms.TailFactor(s), x * coefficient);
            return TryPlainGradient(x, coefficient, sigmoid, out gradient);
        }
    }
}
