namespace Conformance.Core.Waivers;

/// <summary>A condition on one input value; every stated part must hold. NaN meets only <see cref="IsNaN"/>.</summary>
public sealed record ValueCondition
{
    /// <summary>The smallest value that meets it.</summary>
    public double? Min { get; init; }

    /// <summary>The largest value that meets it.</summary>
    public double? Max { get; init; }

    /// <summary>The smallest magnitude that meets it.</summary>
    public double? MinMagnitude { get; init; }

    /// <summary>Whether the value must be infinite, or must not be.</summary>
    public bool? IsInfinite { get; init; }

    /// <summary>Whether the value must be NaN.</summary>
    public bool? IsNaN { get; init; }

    /// <summary>Whether a value meets the condition.</summary>
    /// <param name="value">The value.</param>
    /// <returns>True where it does.</returns>
    public bool Holds(double value) =>
        double.IsNaN(value)
            ? IsNaN is true
            : IsNaN is not true
                && (Min is not { } min || value >= min)
                && (Max is not { } max || value <= max)
                && (MinMagnitude is not { } magnitude || Math.Abs(value) >= magnitude)
                && (IsInfinite is not { } infinite || double.IsInfinity(value) == infinite);
}
