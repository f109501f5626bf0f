using System.Text.Json;
using System.Text.Json.Serialization;

namespace Conformance.Golden.Acceptance;

/// <summary>An acceptance as JSON.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    NewLine = "\n",
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(AcceptanceReport))]
public sealed partial class AcceptanceJson : JsonSerializerContext
{
    /// <summary>An acceptance's JSON.</summary>
    /// <param name="report">The acceptance.</param>
    /// <returns>The text.</returns>
    public static string ToText(AcceptanceReport report) => JsonSerializer.Serialize(report, Default.AcceptanceReport);
}
