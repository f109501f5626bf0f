using System.Text.Json.Serialization;

namespace Conformance.Core.Runs;

/// <summary>How one relation held for one implementation over the draws of one dtype.</summary>
/// <param name="Group">The statement.</param>
/// <param name="Scope">On which part of the batch and in which layout.</param>
/// <param name="Implementation">The implementation.</param>
/// <param name="EqualTo">The implementation it is compared with, where the statement names another.</param>
/// <param name="DType">The dtype's name.</param>
/// <param name="Draws">Draws checked.</param>
/// <param name="Equal">Of them, those where every element is ==.</param>
/// <param name="Close">Of them, those where every element is close.</param>
/// <param name="WorstRelative">The largest relative difference.</param>
public sealed record RelationReport(
    string Group,
    string Scope,
    string Implementation,
    string? EqualTo,
    [property: JsonPropertyName("dtype")] string DType,
    int Draws,
    int Equal,
    int Close,
    double WorstRelative)
{
    /// <summary>Whether the statement held on every draw.</summary>
    public bool Holds => Close == Draws;

    /// <summary>This and the same relation over other draws.</summary>
    /// <param name="other">The other.</param>
    /// <returns>Both.</returns>
    internal RelationReport With(RelationReport other) => this with
    {
        Draws = Draws + other.Draws,
        Equal = Equal + other.Equal,
        Close = Close + other.Close,
        WorstRelative = Math.Max(WorstRelative, other.WorstRelative),
    };
}
