using System.Text.Json;
using System.Text.Json.Serialization;

namespace Conformance.Golden.Linting;

/// <summary>A lint report as JSON.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    NewLine = "\n",
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(LintReport))]
public sealed partial class LintJson : JsonSerializerContext
{
    /// <summary>A report's JSON.</summary>
    /// <param name="report">The report.</param>
    /// <returns>The text.</returns>
    public static string ToText(LintReport report) => JsonSerializer.Serialize(report, Default.LintReport);
}
