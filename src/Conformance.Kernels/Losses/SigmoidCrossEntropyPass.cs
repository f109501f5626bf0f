using System.Runtime.CompilerServices;
using Conformance.Core.Losses;
using Conformance.Core.Losses.SigmoidCrossEntropy;
using Conformance.Core.Oracles;
using Conformance.Kernels.Arithmetic;
using Conformance.Kernels.Drivers;

namespace Conformance.Kernels.Losses;

/// <summary>Plain elements of the loss and its gradient, which share the exponential.</summary>
internal static class SigmoidCrossEntropyPass
{
    // 2^7: a gradient that is at least 1/128 of the sigmoid is off by at most 2^-45 * 2^7 of itself.
    private const long CancelledBits = 7;

    /// <summary>The exact path, where no rounding test decides.</summary>
    public static LossOracle Oracle { get; } = SigmoidCrossEntropyLoss.Instance.CreateOracle(LossOptions.Default);

    /// <summary>x ≥ 0 ? 1 − z : z, rounded; −0 is on the side of its sign, as the gradient's sign is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Coefficient<T>(T x, T z)
        where T : struct, ILanes<T> => T.Select(T.IsNegative(x), z, T.Of(1) - z);

    /// <summary>x ≥ 0 ? 1 − z : z, exactly; −0 as in <see cref="Coefficient"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble<T> WideCoefficient<T>(T x, T z)
        where T : struct, ILanes<T> =>
        DoubleDouble<T>.Select(T.IsNegative(x), new DoubleDouble<T>(z, T.Of(0)), DoubleDouble<T>.Sum(T.Of(1), T.Of(0) - z));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T PlainLoss<T>(T x, T z, T half, T denominator)
        where T : struct, ILanes<T>
    {
        SigmoidCrossEntropyTerms.Tail(half, denominator, out T s, out T factor);
        return T.MultiplyAdd(s, factor, T.Max(x, T.Of(0)) - (x * z));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryPlainGradient<T>(T x, T z, T half, T denominator, T perCount, out T gradient)
        where T : struct, ILanes<T>
    {
        T sigmoid = SigmoidCrossEntropyTerms.Sigmoid(half, denominator);
        T difference = Coefficient(x, z) - sigmoid;
        gradient = (difference ^ (x & T.Of(-0.0))) * perCount;
        return !T.AnyBitsBelow(T.AddBits(T.Abs(difference), T.Of(BitConverter.Int64BitsToDouble(CancelledBits << 52))), sigmoid);
    }

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
            SigmoidCrossEntropyTerms.Exponential(T.Abs(x), out T half, out T denominator);
            loss = PlainLoss(x, z, half, denominator);
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
            return TryPlainGradient(x, z, half, denominator, perCount, out gradient);
        }
    }

    /// <summary>Both.</summary>
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
            SigmoidCrossEntropyTerms.Exponential(T.Abs(x), out T half, out T denominator);
            loss = PlainLoss(x, z, half, denominator);
            return TryPlainGradient(x, z, half, denominator, perCount, out gradient);
        }
    }
}
