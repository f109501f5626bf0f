using System.Text.Json;
using System.Text.Json.Serialization;

namespace Conformance.Golden.Verification;

/// <summary>A verification as JSON.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    NewLine = "\n",
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(GoldenVerification))]
public sealed partial class VerificationJson : JsonSerializerContext
{
    /// <summary>A verification's JSON.</summary>
    /// <param name="verification">The verification.</param>
    /// <returns>The text.</returns>
    public static string ToText(GoldenVerification verification) => JsonSerializer.Serialize(verification, Default.GoldenVerification);
}
