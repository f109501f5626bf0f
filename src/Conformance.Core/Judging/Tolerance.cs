namespace Conformance.Core.Judging;

/// <summary>NumPy's <c>isclose</c>: |a − b| ≤ atol + rtol·|b|.</summary>
/// <param name="Relative">rtol.</param>
/// <param name="Absolute">atol.</param>
public readonly record struct Tolerance(double Relative, double Absolute)
{
    /// <summary>NumPy's own defaults, 1e-5 and 1e-8.</summary>
    public static readonly Tolerance Default = new(1e-5, 1e-8);

    /// <summary>The largest difference that is close, given the second value.</summary>
    /// <param name="reference">The second value.</param>
    /// <returns>atol + rtol·|reference|.</returns>
    public double Allowance(double reference) => Absolute + (Relative * Math.Abs(reference));

    /// <summary>Whether two values are close; NaN is close to NaN, an infinity to itself.</summary>
    /// <param name="value">A value.</param>
    /// <param name="reference">The value that scales the allowance.</param>
    /// <returns>True where they are.</returns>
    public bool IsClose(double value, double reference) =>
        value == reference
        || (double.IsNaN(value) && double.IsNaN(reference))
        || (double.IsFinite(reference) && Math.Abs(value - reference) <= Allowance(reference));
}
