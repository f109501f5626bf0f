using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Json.Schema;

namespace Conformance.Golden.Linting;

/// <summary>One of the schemas of <c>golden/schema</c>, which is in this assembly, too.</summary>
internal sealed class GoldenSchema
{
    private static readonly Lazy<GoldenSchema> VectorSchema = new(() => new("vectors"));
    private static readonly Lazy<GoldenSchema> WaiverSchema = new(() => new("waivers"));
    private static readonly Lazy<GoldenSchema> ManifestSchema = new(() => new("manifest"));

    // The lists with uniqueItems, all of names.
    private static readonly string[] UniqueLists = ["flags", "implementations", "dtypes", "reductions", "outputs", "checks"];

    private readonly JsonElement _text;
    private readonly JsonSchema _schema;

    private GoldenSchema(string name)
    {
        using Stream stream = typeof(GoldenSchema).Assembly.GetManifestResourceStream($"Conformance.Golden.{name}.schema.json")!;
        using JsonDocument document = JsonDocument.Parse(stream);
        _text = document.RootElement.Clone();
        _schema = JsonSchema.Build(_text);
    }

    /// <summary>The schema of vector files.</summary>
    public static GoldenSchema Vectors => VectorSchema.Value;

    /// <summary>The schema of waiver files.</summary>
    public static GoldenSchema Waivers => WaiverSchema.Value;

    /// <summary>The schema of manifests.</summary>
    public static GoldenSchema Manifest => ManifestSchema.Value;

    /// <summary>Where and how a file is not valid.</summary>
    /// <param name="file">Its root.</param>
    /// <returns>Places and sentences; none where it is valid.</returns>
    public IReadOnlyList<SchemaViolation> Validate(JsonElement file)
    {
        EvaluationResults results;
        try
        {
            results = _schema.Evaluate(file, new EvaluationOptions { OutputFormat = OutputFormat.List });
        }
        catch (FormatException)
        {
            // The library compares items as decimals, and fails where a number is beyond them.
            return [FindHugeNumber(file, [])!];
        }

        if (results.IsValid)
        {
            return [];
        }

        List<SchemaViolation> violations = [];
        foreach (EvaluationResults result in (results.Details ?? []).Prepend(results))
        {
            string path = result.EvaluationPath.ToString();

            // What an "if" finds out is no violation.
            if (result.Errors is not { } errors || path.Split('/').Contains("if"))
            {
                continue;
            }

            string[] place = Tokens(result.InstanceLocation.ToString());
            JsonElement value = Resolve(file, place);
            JsonElement schema = Follow(Tokens(path));
            foreach (string keyword in errors.Keys)
            {
                violations.AddRange(Describe(keyword, path, schema, place, value));
            }
        }

        return violations;
    }

    private static IEnumerable<SchemaViolation> Describe(string keyword, string path, JsonElement schema, string[] place, JsonElement value)
    {
        if (keyword == "required")
        {
            return Limit(schema, keyword).EnumerateArray()
                .Select(name => name.GetString()!)
                .Where(name => !value.TryGetProperty(name, out _))
                .Select(name => new SchemaViolation([.. place, name], $"is missing{Description(schema, name)}"));
        }

        // The schema false has no keyword.
        string message = keyword.Length == 0
            ? path.Contains("/then/", StringComparison.Ordinal) ? "is not allowed beside an error" : "is no field or name of the format; take it out or correct it"
            : keyword switch
            {
                "const" => $"is {Show(value)}, where {Show(Limit(schema, keyword))} is allowed",
                "enum" => $"is {Show(value)}, where {string.Join(", ", Limit(schema, keyword).EnumerateArray().Select(Plain))} are allowed",
                "type" => $"is {Show(value)}, where type {Plain(Limit(schema, keyword))} is allowed",
                "pattern" => $"is {Show(value)}, where what matches {Plain(Limit(schema, keyword))} is allowed",
                _ => $"is {Show(value)}, against {keyword} {Plain(Limit(schema, keyword))}",
            } + Description(schema);
        return [new SchemaViolation([.. place], message)];
    }

    private static JsonElement Limit(JsonElement schema, string keyword) => schema.TryGetProperty(keyword, out JsonElement limit)
        ? limit
        : throw new InvalidOperationException($"The schema has no '{keyword}' where the validator finds it broken: {schema.GetRawText()}");

    private static string Description(JsonElement schema, string? property = null)
    {
        JsonElement owner = property is null ? schema : Resolve(schema, ["properties", property]);
        return owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty("description", out JsonElement description)
            ? $" ({description.GetString()!.TrimEnd('.')})"
            : string.Empty;
    }

    // The first number, in a list whose items must differ, that is beyond decimals.
    private static SchemaViolation? FindHugeNumber(JsonElement element, ImmutableArray<string> place) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject()
            .Select(property => FindHugeNumber(property.Value, place.Add(property.Name))).FirstOrDefault(found => found is not null),
        JsonValueKind.Array => element.EnumerateArray()
            .Select((item, i) => FindHugeNumber(item, place.Add(i.ToString(CultureInfo.InvariantCulture)))).FirstOrDefault(found => found is not null),
        JsonValueKind.Number when place.Any(UniqueLists.Contains) && !element.TryGetDecimal(out _) =>
            new SchemaViolation(place, $"is {Show(element)}, where no number is allowed"),
        _ => null,
    };

    private static string Plain(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static string Show(JsonElement value)
    {
        const int most = 40;
        string text = value.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "an array",
            _ => value.GetRawText(),
        };
        return text.Length <= most ? text : $"{text[..most]}…";
    }

    private static string[] Tokens(string pointer) =>
        [.. pointer.Split('/').Skip(1).Select(token => token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];

    // The library's path says the name of an array's keyword twice; what is not there is passed over.
    private JsonElement Follow(string[] path)
    {
        JsonElement schema = _text;
        foreach (string token in path)
        {
            if (schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty(token, out JsonElement part))
            {
                schema = token == "$ref" ? Resolve(_text, Tokens(part.GetString()!)) : part;
            }
        }

        return schema;
    }

    // As far as it resolves: the place of a missing field is that of its owner.
    private static JsonElement Resolve(JsonElement element, string[] tokens)
    {
        foreach (string token in tokens)
        {
            if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty(token, out JsonElement property))
            {
                element = property;
            }
            else if (element.ValueKind == JsonValueKind.Array
                && int.TryParse(token, out int index) && index < element.GetArrayLength())
            {
                element = element[index];
            }
            else
            {
                break;
            }
        }

        return element;
    }
}
