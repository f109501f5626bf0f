using Conformance.Core.Oracles;
using Conformance.Core.Tensors;
using Conformance.Kernels.Arithmetic;

namespace Conformance.Kernels.Drivers;

/// <summary>
/// One output of a loss at one element, in three precisions: each says how far it may be off, so that a driver goes to the next only
/// where a rounding is not decided. Everything that loops is in the drivers.
/// </summary>
internal interface IElementwiseOperator
{
    /// <summary>The exact path, where no rounding test decides.</summary>
    static abstract LossOracle Oracle { get; }

    /// <summary>The value in double, for narrow dtypes.</summary>
    /// <typeparam name="T">The lanes.</typeparam>
    /// <param name="x">Logits.</param>
    /// <param name="z">Labels.</param>
    /// <param name="perCount">1, or 1 divided by the number of elements of a mean.</param>
    /// <param name="value">The values.</param>
    /// <param name="error">Bounds on |real − value|.</param>
    /// <param name="limit">The mask of the lanes that hold a limit, which an input that is not finite has: the value is exact, or NaN.</param>
    static abstract void Evaluate<T>(T x, T z, T perCount, out T value, out T error, out T limit)
        where T : struct, ILanes<T>;

    /// <summary>The value in double-double.</summary>
    /// <typeparam name="T">The lanes.</typeparam>
    /// <param name="x">Logits.</param>
    /// <param name="z">Labels.</param>
    /// <param name="count">1, or the number of elements of a mean.</param>
    /// <param name="value">The values.</param>
    /// <param name="error">Bounds on |real − value|; NaN where the operator does not reach.</param>
    static abstract void EvaluateWide<T>(T x, T z, T count, out DoubleDouble<T> value, out T error)
        where T : struct, ILanes<T>;

    /// <summary>The correctly rounded value.</summary>
    /// <param name="dtype">The dtype.</param>
    /// <param name="x">The logit.</param>
    /// <param name="z">The label.</param>
    /// <param name="count">1, or the number of elements of a mean.</param>
    /// <param name="weight">By what it is multiplied.</param>
    /// <returns>The truth.</returns>
    static abstract Truth EvaluateExactly(DType dtype, double x, double z, int count, double weight = 1);
}
