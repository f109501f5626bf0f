using System.Text.Json;
using System.Text.Json.Serialization;

namespace Conformance.Golden.Storage;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    ReadCommentHandling = JsonCommentHandling.Disallow,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(GoldenManifest))]
internal sealed partial class GoldenManifestJson : JsonSerializerContext;
