using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Conformance.Kernels.Drivers;
using Conformance.Kernels.Formats;

namespace Conformance.Kernels.Losses;

/// <content>
/// Over views of one shape with any strides: slices, dimensions in another order, one element for many (a stride of 0). Every result has the
/// bits that it has over spans, whatever the layout; only the speed differs. Views whose dimensions are in the same order, with rows that
/// have no gaps, are read and written in place; of others a few kilobytes at a time are copied. Nothing outside a view is written.
/// Errors, all before anything is written: the types' own refusal of negative strides and of memory that is too short; views of different
/// shapes or of more than 2³¹ − 1 elements, a destination with a stride of 0, and one that overlaps another view without being the
/// same view of an input, are an <see cref="ArgumentException"/>. Destinations may lie between each other's elements if their strides are the same.
/// </content>
public static partial class SigmoidCrossEntropy
{
    /// <summary>destination[i, …] = loss(logits[i, …], labels[i, …]).</summary>
    /// <typeparam name="T">float, double, Half or BFloat16.</typeparam>
    /// <param name="logits">x.</param>
    /// <param name="labels">z; of the same shape.</param>
    /// <param name="destination">Receives the losses; of the same shape.</param>
    /// <param name="threads">How many threads at most; 0 for as many as there are processors.</param>
    /// <param name="counts">Counts the elements that needed more than double, if given.</param>
    [OverloadResolutionPriority(-1)]
    public static void Loss<T>(
        in ReadOnlyTensorSpan<T> logits, in ReadOnlyTensorSpan<T> labels, in TensorSpan<T> destination, int threads = 0, ElementCounts? counts = null)
        where T : unmanaged
    {
        Validate(logits, labels, threads);
        ValidateDestination(logits, destination);
        Evaluate<SigmoidCrossEntropyPass.Loss, T>(logits, labels, destination, nameof(destination), default, string.Empty, count: 1, threads, counts);
    }

    /// <summary>destination[i, …] = d loss(logits[i, …], labels[i, …])/d logits[i, …], which is also the gradient of the sum.</summary>
    /// <typeparam name="T">float, double, Half or BFloat16.</typeparam>
    /// <param name="logits">x.</param>
    /// <param name="labels">z; of the same shape.</param>
    /// <param name="destination">Receives the derivatives; of the same shape.</param>
    /// <param name="threads">How many threads at most; 0 for as many as there are processors.</param>
    /// <param name="counts">Counts the elements that needed more than double, if given.</param>
    [OverloadResolutionPriority(-1)]
    public static void Gradient<T>(
        in ReadOnlyTensorSpan<T> logits, in ReadOnlyTensorSpan<T> labels, in TensorSpan<T> destination, int threads = 0, ElementCounts? counts = null)
        where T : unmanaged
    {
        Validate(logits, labels, threads);
        ValidateDestination(logits, destination);
        Evaluate<SigmoidCrossEntropyPass.Gradient, T>(logits, labels, default, string.Empty, destination, nameof(destination), count: 1, threads, counts);
    }

    /// <summary>The gradient of the mean: destination[i, …] = (d loss(logits[i, …], labels[i, …])/d logits[i, …])/N for N elements.</summary>
    /// <typeparam name="T">float, double, Half or BFloat16.</typeparam>
    /// <param name="logits">x.</param>
    /// <param name="labels">z; of the same shape.</param>
    /// <param name="destination">Receives the derivatives; of the same shape.</param>
    /// <param name="threads">How many threads at most; 0 for as many as there are processors.</param>
    /// <param name="counts">Counts the elements that needed more than double, if given.</param>
    [OverloadResolutionPriority(-1)]
    public static void MeanGradient<T>(
        in ReadOnlyTensorSpan<T> logits, in ReadOnlyTensorSpan<T> labels, in TensorSpan<T> destination, int threads = 0, ElementCounts? counts = null)
        where T : unmanaged
    {
        Validate(logits, labels, threads);
        ValidateDestination(logits, destination);
        Evaluate<SigmoidCrossEntropyPass.MeanGradient, T>(
            logits, labels, default, string.Empty, destination, nameof(destination), (int)logits.FlattenedLength, threads, counts);
    }

    /// <summary>Both in one pass, which costs less than two.</summary>
    /// <typeparam name="T">float, double, Half or BFloat16.</typeparam>
    /// <param name="logits">x.</param>
    /// <param name="labels">z; of the same shape.</param>
    /// <param name="losses">Receives the losses; of the same shape.</param>
    /// <param name="gradients">Receives the derivatives; of the same shape.</param>
    /// <param name="threads">How many threads at most; 0 for as many as there are processors.</param>
    /// <param name="counts">Counts the elements that needed more than double, if given.</param>
    [OverloadResolutionPriority(-1)]
    public static void LossAndGradient<T>(
        in ReadOnlyTensorSpan<T> logits,
        in ReadOnlyTensorSpan<T> labels,
        in TensorSpan<T> losses,
        in TensorSpan<T> gradients,
        int threads = 0,
        ElementCounts? counts = null)
        where T : unmanaged
    {
        Validate(logits, labels, threads);
        ValidateDestination(logits, losses);
        ValidateDestination(logits, gradients);
        Evaluate<SigmoidCrossEntropyPass.LossAndGradient, T>(
            logits, labels, losses, nameof(losses), gradients, nameof(gradients), count: 1, threads, counts);
    }

    /// <summary>Σ w[i, …]·loss(logits[i, …], labels[i, …]) over the real losses, rounded once.</summary>
    /// <typeparam name="T">float, double, Half or BFloat16.</typeparam>
    /// <param name="logits">x.</param>
    /// <param name="labels">z; of the same shape.</param>
    /// <param name="weights">w, finite; of the same shape, or empty for none.</param>
    /// <param name="threads">How many threads at most; 0 for as many as there are processors.</param>
    /// <returns>The sum; +0 where there are no elements, NaN where a weight is not finite.</returns>
    [OverloadResolutionPriority(-1)]
    public static T Sum<T>(
        in ReadOnlyTensorSpan<T> logits, in ReadOnlyTensorSpan<T> labels, in ReadOnlyTensorSpan<T> weights = default, int threads = 0)
        where T : unmanaged
    {
        Validate(logits, labels, threads);
        ValidateWeights(logits, weights, isOptional: true);
        return Reduce(logits, labels, weights, BigInteger.One, threads);
    }

    /// <summary>
    /// Σ w[i, …]·loss(logits[i, …], labels[i, …])/N over N real losses, rounded once: a sum that is too large for the dtype does no harm.
    /// </summary>
    /// <typeparam name="T">float, double, Half or BFloat16.</typeparam>
    /// <param name="logits">x.</param>
    /// <param name="labels">z; of the same shape.</param>
    /// <param name="weights">w, finite; of the same shape, or empty for none.</param>
    /// <param name="threads">How many threads at most; 0 for as many as there are processors.</param>
    /// <returns>The mean; NaN where there are no elements or a weight is not finite. Weights do not change the divisor.</returns>
    [OverloadResolutionPriority(-1)]
    public static T Mean<T>(
        in ReadOnlyTensorSpan<T> logits, in ReadOnlyTensorSpan<T> labels, in ReadOnlyTensorSpan<T> weights = default, int threads = 0)
        where T : unmanaged
    {
        Validate(logits, labels, threads);
        ValidateWeights(logits, weights, isOptional: true);
        return Reduce(logits, labels, weights, logits.FlattenedLength, threads);
    }

    /// <summary>Σ w[i, …]·loss(logits[i, …], labels[i, …])/Σ w[i, …] over the real losses, rounded once.</summary>
    /// <typeparam name="T">float, double, Half or BFloat16.</typeparam>
    /// <param name="logits">x.</param>
    /// <param name="labels">z; of the same shape.</param>
    /// <param name="weights">w, finite; of the same shape.</param>
    /// <param name="threads">How many threads at most; 0 for as many as there are processors.</param>
    /// <returns>The mean; NaN where the weights add up to 0 or one is not finite.</returns>
    [OverloadResolutionPriority(-1)]
    public static T WeightedMean<T>(
        in ReadOnlyTensorSpan<T> logits, in ReadOnlyTensorSpan<T> labels, in ReadOnlyTensorSpan<T> weights, int threads = 0)
        where T : unmanaged
    {
        Validate(logits, labels, threads);
        ValidateWeights(logits, weights, isOptional: false);
        return Reduce(logits, labels, weights, divisor: null, threads);
    }

    private static unsafe void Evaluate<TPass, T>(
        in ReadOnlyTensorSpan<T> logits,
        in ReadOnlyTensorSpan<T> labels,
        in TensorSpan<T> losses,
        string lossesName,
        in TensorSpan<T> gradients,
        string gradientsName,
        int count,
        int threads,
        ElementCounts? counts)
        where TPass : struct, IPass
        where T : unmanaged
    {
        if (logits.IsEmpty)
        {
            return;
        }

        fixed (T* x = logits, z = labels, first = losses, second = gradients)
        {
            StridedDimension* dimensions = stackalloc StridedDimension[StridedOperands.MaxRank];
            StridedOperands operands = new(
                dimensions,
                logits.Lengths,
                sizeof(T),
                new StridedView(x, logits.Strides),
                new StridedView(z, labels.Strides),
                new StridedView(first, losses.Strides),
                new StridedView(second, gradients.Strides),
                areOutputs: true);
            if (TPass.HasLoss)
            {
                ValidateOverlap(operands, destination: 2, lossesName);
            }

            if (TPass.HasGradient)
            {
                ValidateOverlap(operands, destination: 3, gradientsName);
            }

            if (TPass.HasLoss && TPass.HasGradient && operands.Overlap(2, 3))
            {
                throw new ArgumentException("The gradients overlap the losses.", gradientsName);
            }

            Kernel<TPass, SigmoidCrossEntropyLossOperator, SigmoidCrossEntropyGradientOperator>.Evaluate<T, StridedOperands>(
                operands, count, threads, counts, LaneWidths.Widest);
        }
    }

    private static unsafe T Reduce<T>(
        in ReadOnlyTensorSpan<T> logits, in ReadOnlyTensorSpan<T> labels, in ReadOnlyTensorSpan<T> weights, BigInteger? divisor, int threads)
        where T : unmanaged
    {
        if (logits.IsEmpty)
        {
            return Reduce<T>(default(ReadOnlySpan<T>), default, default, divisor, threads);
        }

        fixed (T* x = logits, z = labels, w = weights)
        {
            StridedDimension* dimensions = stackalloc StridedDimension[StridedOperands.MaxRank];
            StridedOperands operands = new(
                dimensions,
                logits.Lengths,
                sizeof(T),
                new StridedView(x, logits.Strides),
                new StridedView(z, labels.Strides),
                new StridedView(w, weights.Strides),
                default,
                areOutputs: false);
            return Kernel<SigmoidCrossEntropyPass.Loss, SigmoidCrossEntropyLossOperator, SigmoidCrossEntropyGradientOperator>.Reduce<T, StridedOperands>(
                operands, (int)logits.FlattenedLength, !weights.IsEmpty, divisor, threads, LaneWidths.Widest);
        }
    }

    private static void ValidateOverlap(in StridedOperands operands, int destination, string name)
    {
        for (int input = 0; input < 2; input++)
        {
            if (operands.Overlap(destination, input) && !operands.AreSame(destination, input))
            {
                throw new ArgumentException(
                    "The destination overlaps an input without being the same view; give it memory of its own, or the very view of the input.", name);
            }
        }
    }

    private static void ValidateDestination<T>(
        in ReadOnlyTensorSpan<T> logits, in TensorSpan<T> destination, [CallerArgumentExpression(nameof(destination))] string name = "")
    {
        if (!destination.Lengths.SequenceEqual(logits.Lengths))
        {
            throw new ArgumentException(
                $"The logits are {Shape(logits.Lengths)} but the destination is {Shape(destination.Lengths)}; give views of one shape.", name);
        }

        for (int i = 0; i < destination.Rank; i++)
        {
            if (!destination.IsEmpty && destination.Lengths[i] > 1 && destination.Strides[i] == 0)
            {
                throw new ArgumentException(
                    $"The destination has one element for all {destination.Lengths[i]} of dimension {i}; only inputs may have a stride of 0.", name);
            }
        }
    }

    private static void Validate<T>(in ReadOnlyTensorSpan<T> logits, in ReadOnlyTensorSpan<T> labels, int threads)
        where T : unmanaged
    {
        ValidateCall<T>(threads);
        if (!labels.Lengths.SequenceEqual(logits.Lengths))
        {
            throw new ArgumentException(
                $"The logits are {Shape(logits.Lengths)} but the labels {Shape(labels.Lengths)}; give views of one shape.", nameof(labels));
        }

        if (logits.FlattenedLength > int.MaxValue)
        {
            throw new ArgumentException(
                $"The logits are {Shape(logits.Lengths)}, {logits.FlattenedLength} elements; the most are {int.MaxValue}. Give slices one after another.",
                nameof(logits));
        }
    }

    private static void ValidateWeights<T>(in ReadOnlyTensorSpan<T> logits, in ReadOnlyTensorSpan<T> weights, bool isOptional)
    {
        if (!weights.Lengths.SequenceEqual(logits.Lengths) && !(isOptional && weights.IsEmpty))
        {
            throw new ArgumentException(
                $"The logits are {Shape(logits.Lengths)} but the weights {Shape(weights.Lengths)}; give views of one shape{(isOptional ? ", or no weights" : string.Empty)}.",
                nameof(weights));
        }
    }

    private static string Shape(ReadOnlySpan<nint> lengths) => $"[{string.Join(", ", lengths.ToArray())}]";
}
