namespace Conformance.Xunit;

/// <summary>What one test is about. The names are those of the suites; the values of traits, and of the arguments by which a runner finds the test again.</summary>
/// <param name="DType">The dtype.</param>
/// <param name="Layout">The layout, or <see cref="BothLayouts"/>.</param>
/// <param name="Recipe">The recipes of logits and labels.</param>
/// <param name="Relation">What must hold.</param>
internal sealed record ConformanceRow(string DType, string Layout, string Recipe, string Relation)
{
    /// <summary>The layout of what is said of both.</summary>
    public const string BothLayouts = "both_layouts";

    /// <summary>The loss is the truth, within its contract.</summary>
    public const string Truth = "truth";

    /// <summary>The gradient is the truth, within its contract.</summary>
    public const string GradientTruth = "gradient_truth";

    /// <summary>Evaluated again, it has the same bits.</summary>
    public const string Repeat = "repeat";

    /// <summary>The one row of a class that cannot be judged.</summary>
    public static readonly ConformanceRow Configuration = new("none", "none", "none", "configuration");

    /// <summary>What a runner shows behind the method's name.</summary>
    public string Label => this == Configuration ? Relation : $"{DType}, {Layout}, {Recipe}, {Relation}";

    /// <summary>What selects this test alone.</summary>
    public string Id => this == Configuration ? Relation : $"{DType}/{Layout}/{Recipe}/{Relation}";
}
