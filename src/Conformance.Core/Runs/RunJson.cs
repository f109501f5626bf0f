using System.Text.Json;
using System.Text.Json.Serialization;

namespace Conformance.Core.Runs;

/// <summary>A run as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(Run))]
public sealed partial class RunJson : JsonSerializerContext
{
    /// <summary>Writes a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="destination">Receives UTF-8.</param>
    public static void Write(Run run, Stream destination) => JsonSerializer.Serialize(destination, run, Default.Run);

    /// <summary>Reads a run.</summary>
    /// <param name="source">UTF-8.</param>
    /// <returns>The run.</returns>
    /// <exception cref="JsonException">It is not a run.</exception>
    public static Run Read(Stream source) =>
        JsonSerializer.Deserialize(source, Default.Run) ?? throw new JsonException("the file is the JSON value null");
}
