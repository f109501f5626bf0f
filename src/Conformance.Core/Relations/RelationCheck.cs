using Conformance.Core.Backends;
using Conformance.Core.Judging;
using Conformance.Core.Tensors;

namespace Conformance.Core.Relations;

/// <summary>Whether one relation held for one implementation on one draw.</summary>
public readonly record struct RelationCheck
{
    private RelationCheck(ImplementationInfo implementation, bool isEqual, bool isClose, double worstRelative)
    {
        Implementation = implementation;
        IsEqual = isEqual;
        IsClose = isClose;
        WorstRelative = worstRelative;
    }

    /// <summary>The implementation.</summary>
    public ImplementationInfo Implementation { get; }

    /// <summary>Whether every element is <c>==</c>, NaN counted as equal to NaN.</summary>
    public bool IsEqual { get; }

    /// <summary>Whether every element is close.</summary>
    public bool IsClose { get; }

    /// <summary>The largest |a − b| / |b|.</summary>
    public double WorstRelative { get; }

    /// <summary>Compares two tensors, element i of the first with the element of the second that <paramref name="toSecond"/> names.</summary>
    /// <param name="implementation">The implementation.</param>
    /// <param name="first">The left side.</param>
    /// <param name="second">The right side.</param>
    /// <param name="toSecond">Positions of the right side.</param>
    /// <param name="tolerance">What is close.</param>
    /// <returns>The check.</returns>
    internal static RelationCheck Compare(
        ImplementationInfo implementation, Tensor first, Tensor second, Func<int, int> toSecond, Tolerance tolerance) =>
        Compare(implementation, first, i => second.ValueAt(toSecond(i)), tolerance);

    /// <summary>Compares a tensor with values.</summary>
    /// <param name="implementation">The implementation.</param>
    /// <param name="first">The left side.</param>
    /// <param name="second">The right side at each position of the left.</param>
    /// <param name="tolerance">What is close.</param>
    /// <returns>The check.</returns>
    internal static RelationCheck Compare(
        ImplementationInfo implementation, Tensor first, Func<int, double> second, Tolerance tolerance)
    {
        bool isEqual = true;
        bool isClose = true;
        double worst = 0;
        for (int i = 0; i < first.Shape.Count; i++)
        {
            double a = first.ValueAt(i);
            double b = second(i);
            if (a != b && !(double.IsNaN(a) && double.IsNaN(b)))
            {
                isEqual = false;
                isClose &= tolerance.IsClose(a, b);
                worst = Math.Max(worst, Math.Abs(a - b) / Math.Abs(b));
            }
        }

        return new RelationCheck(implementation, isEqual, isClose, worst);
    }
}
