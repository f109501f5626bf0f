using System.Text.Json;
using System.Text.Json.Serialization;

namespace Conformance.Core.Waivers;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    ReadCommentHandling = JsonCommentHandling.Disallow,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(WaiverFile))]
internal sealed partial class WaiverJsonContext : JsonSerializerContext;
