namespace Conformance.Core.Relations;

/// <summary>Which part of a batch is evaluated: all of it, or one example as a batch of one.</summary>
/// <param name="Example">The example's position, or null for the whole batch.</param>
public readonly record struct BatchView(int? Example)
{
    /// <summary>The views that relations compare.</summary>
    public static readonly IReadOnlyList<BatchView> All = [new(0), new(1), new(null)];

    /// <summary>The view in words; examples count from 1.</summary>
    /// <returns><c>example 1</c>, <c>example 2</c> or <c>batch</c>.</returns>
    public override string ToString() => Example is { } example ? $"example {example + 1}" : "batch";
}
