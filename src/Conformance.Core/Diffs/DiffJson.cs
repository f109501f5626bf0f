using System.Text.Json;
using System.Text.Json.Serialization;

namespace Conformance.Core.Diffs;

/// <summary>A comparison as JSON.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    NewLine = "\n",
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(DiffReport), TypeInfoPropertyName = "Report")]
public sealed partial class DiffJson : JsonSerializerContext
{
    /// <summary>Writes a comparison.</summary>
    /// <param name="report">The comparison.</param>
    /// <param name="destination">Receives UTF-8.</param>
    public static void Write(DiffReport report, Stream destination) => JsonSerializer.Serialize(destination, report, Default.Report);
}
