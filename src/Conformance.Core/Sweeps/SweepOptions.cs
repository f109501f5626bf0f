using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Conformance.Core.Judging;
using Conformance.Core.Runs;

namespace Conformance.Core.Sweeps;

/// <summary>What is swept, by what and under which claims: results of equal options may be added, others may not.</summary>
public sealed record SweepOptions
{
    /// <summary>The samples of a float64 sweep unless said otherwise: 1024 from each binade of each sign.</summary>
    public const long DefaultSamples = 1 << 22;

    /// <summary>The seed of a float64 sweep unless said otherwise.</summary>
    public const ulong DefaultSeed = 1;

    /// <summary>The tool's version.</summary>
    public required string Tool { get; init; }

    /// <summary>The loss's name.</summary>
    public required string Loss { get; init; }

    /// <summary>The implementation's id.</summary>
    public required string Implementation { get; init; }

    /// <summary>The versions that its backend reports: component to version.</summary>
    public required ImmutableSortedDictionary<string, string> Versions { get; init; }

    /// <summary>The dtype's name.</summary>
    [JsonPropertyName("dtype")]
    public required string DType { get; init; }

    /// <summary>The labels, each with all logits; empty for every bit pattern of a 16-bit dtype.</summary>
    public required ImmutableArray<Element> Labels { get; init; }

    /// <summary>Whether gradients are judged as well as losses.</summary>
    public bool Gradient { get; init; }

    /// <summary>One position in this many is swept; 1 for all.</summary>
    public long Stride { get; init; } = 1;

    /// <summary>How many samples of each label are drawn, as many from each binade; null where all patterns can be swept.</summary>
    public long? Samples { get; init; }

    /// <summary>The key of the generator of samples; null likewise.</summary>
    public ulong? Seed { get; init; }

    /// <summary>What the implementation claims in this dtype.</summary>
    public required ContractReport Contract { get; init; }

    /// <summary>Names the first difference to other options.</summary>
    /// <param name="other">The other options.</param>
    /// <returns>What it is, and the two values, which of contracts are hashes; null where there is none.</returns>
    public (string What, string This, string Other)? DifferenceTo(SweepOptions other)
    {
        (string What, string Value)[] mine = Describe();
        (string What, string Value)[] others = other.Describe();
        for (int i = 0; i < mine.Length; i++)
        {
            if (mine[i].Value != others[i].Value)
            {
                return (mine[i].What, mine[i].Value, others[i].Value);
            }
        }

        return null;
    }

    private (string What, string Value)[] Describe() =>
    [
        ("implementation", Implementation),
        ("loss", Loss),
        ("dtype", DType),
        ("labels", Labels.IsEmpty ? "all" : string.Join(", ", Labels)),
        ("outputs", Gradient ? "loss and gradient" : "loss"),
        ("stride", Stride.ToString(CultureInfo.InvariantCulture)),
        ("samples", Samples?.ToString(CultureInfo.InvariantCulture) ?? "none"),
        ("seed", Seed?.ToString(CultureInfo.InvariantCulture) ?? "none"),
        ("version", string.Join(", ", Versions.Select(version => $"{version.Key} {version.Value}"))),
        ("tool", Tool),
        ("contract", Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(Contract, SweepJson.Default.ContractReport)))[..12]),
    ];
}
