using System.Text.Json;
using System.Text.Json.Serialization;

namespace Conformance.Golden.Vectors;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    ReadCommentHandling = JsonCommentHandling.Disallow,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(VectorFile))]
internal sealed partial class VectorJson : JsonSerializerContext;
