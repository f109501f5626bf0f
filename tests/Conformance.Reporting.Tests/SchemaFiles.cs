using System.Text.Json;
using Json.Schema;

namespace Conformance.Reporting.Tests;

/// <summary>The schemas by which these tests check what reports write.</summary>
internal static class SchemaFiles
{
    /// <summary>The schema of runs, as the library carries it.</summary>
    public static JsonSchema Run { get; } = Read(typeof(RunReports).Assembly, "Conformance.Reporting.run.schema.json");

    /// <summary>The part of SARIF that is written.</summary>
    public static JsonSchema Sarif { get; } = Read(typeof(SchemaFiles).Assembly, "sarif.schema.json");

    /// <summary>Where and how a text is not valid; empty where it is.</summary>
    public static string[] Violations(JsonSchema schema, string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        EvaluationResults results = schema.Evaluate(document.RootElement, new EvaluationOptions { OutputFormat = OutputFormat.List });
        return results.IsValid
            ? []
            : [.. (results.Details ?? []).Prepend(results).SelectMany(result =>
                (result.Errors ?? []).Select(error => $"{result.InstanceLocation}: {error.Key}: {error.Value}"))];
    }

    private static JsonSchema Read(System.Reflection.Assembly assembly, string name)
    {
        using Stream stream = assembly.GetManifestResourceStream(name)!;
        using StreamReader reader = new(stream);
        using JsonDocument document = JsonDocument.Parse(reader.ReadToEnd());
        return JsonSchema.Build(document.RootElement.Clone())!;
    }
}
