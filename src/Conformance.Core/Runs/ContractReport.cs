using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Conformance.Core.Backends;

namespace Conformance.Core.Runs;

/// <summary>What an implementation claimed in a run.</summary>
/// <param name="DTypes">The names of the dtypes for which it holds.</param>
/// <param name="Loss">The bound on one element's loss.</param>
/// <param name="Gradient">The bound on one element's gradient.</param>
/// <param name="ComputesIn">The name of the dtype in which it computes; null where that is the case's.</param>
/// <param name="FlushesSubnormals">Whether subnormal results may be flushed to zero.</param>
/// <param name="Reason">Why these bounds.</param>
/// <param name="Source">Where they come from.</param>
public sealed record ContractReport(
    [property: JsonPropertyName("dtypes")] ImmutableArray<string> DTypes,
    ErrorBound Loss,
    ErrorBound Gradient,
    string? ComputesIn,
    bool FlushesSubnormals,
    string Reason,
    string Source)
{
    /// <summary>Whether a subnormal gradient may be zero.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool FlushesSubnormalGradients { get; init; }

    /// <summary>The report of a contract.</summary>
    /// <param name="contract">The contract.</param>
    /// <returns>The report.</returns>
    public static ContractReport Of(Contract contract) => new(
        [.. contract.DTypes.Select(dtype => dtype.Name)],
        contract.Loss,
        contract.Gradient,
        contract.ComputesIn?.Name,
        contract.FlushesSubnormals,
        contract.Reason,
        contract.Source)
    {
        FlushesSubnormalGradients = contract.FlushesSubnormalGradients,
    };
}
