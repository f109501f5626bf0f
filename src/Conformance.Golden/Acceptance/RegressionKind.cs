namespace Conformance.Golden.Acceptance;

/// <summary>How what an implementation returns now has a looser verdict than what it returned before, or than what it promises.</summary>
public enum RegressionKind
{
    /// <summary>It returned outputs, and now ends in an error.</summary>
    Outcome,

    /// <summary>It returned a gradient, and now none.</summary>
    Gradient,

    /// <summary>NaN and infinities were where the truth has them, and are not any more.</summary>
    NonFinite,

    /// <summary>The value was within the implementation's contract, and is beyond it.</summary>
    Value,

    /// <summary>The test goes, and what was recorded with it.</summary>
    Removed,

    /// <summary>A reproducible implementation returned nothing before, and returns what is beyond its contract, or an error.</summary>
    First,
}
