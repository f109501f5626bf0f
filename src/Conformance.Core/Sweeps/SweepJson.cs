using System.Text.Json;
using System.Text.Json.Serialization;

namespace Conformance.Core.Sweeps;

/// <summary>The result of a sweep as JSON.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    NewLine = "\n",
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(SweepResult), TypeInfoPropertyName = "Result")]
public sealed partial class SweepJson : JsonSerializerContext
{
    /// <summary>Writes a result.</summary>
    /// <param name="result">The result.</param>
    /// <param name="destination">Receives UTF-8.</param>
    public static void Write(SweepResult result, Stream destination) => JsonSerializer.Serialize(destination, result, Default.Result);

    /// <summary>Reads a file.</summary>
    /// <param name="path">Its path.</param>
    /// <returns>The result; its parts fit together.</returns>
    /// <exception cref="InvalidInputException">It cannot be read or is not the result of a sweep.</exception>
    public static SweepResult Read(string path)
    {
        try
        {
            return Parse(File.ReadAllBytes(path), path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InvalidInputException(
                $"The sweep file '{path}' cannot be read ({exception.Message.TrimEnd('.')}); give a file that 'conformance sweep' wrote.", exception);
        }
    }

    /// <summary>Reads the content of a file.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="path">What messages call the file.</param>
    /// <returns>The result; its parts fit together.</returns>
    /// <exception cref="InvalidInputException">It is not the result of a sweep.</exception>
    public static SweepResult Parse(ReadOnlySpan<byte> json, string path)
    {
        try
        {
            SweepResult result = JsonSerializer.Deserialize(json, Default.Result)
                ?? throw new JsonException("the file is the JSON value null");
            return FindFlaw(result) is { } flaw ? throw new JsonException(flaw) : result;
        }
        catch (Exception exception) when (exception is JsonException or InvalidInputException or OverflowException)
        {
            throw new InvalidInputException(
                $"'{path}' is not a result or checkpoint in the format {SweepResult.CurrentFormat} ({exception.Message.TrimEnd('.')}); give a file that 'conformance sweep' wrote, or delete it and sweep anew.", exception);
        }
    }

    // What a tally is made of must add up: a sweep that goes on from a damaged file would look like any other.
    private static string? FindFlaw(SweepResult result)
    {
        if (result.Format != SweepResult.CurrentFormat)
        {
            return $"its format is '{result.Format}'";
        }

        // The serializer respects nullability of fields, not of the elements of collections.
        if (result.Options.Labels.IsDefault || result.Options.Labels.Contains(null!) || result.Measures.IsDefault || result.Measures.Contains(null!))
        {
            return "its labels or its measures are missing";
        }

        SweepPlan plan = new(result.Options);
        int outputs = result.Options.Gradient ? 2 : 1;
        if (result.Total != plan.Total
            || result.Start < 0 || result.Done < result.Start || result.End < result.Done || result.Total < result.End
            || result.Measures.Length != plan.Measures * outputs)
        {
            return "its positions or its measures are not those of its sweep";
        }

        for (int i = 0; i < result.Measures.Length; i++)
        {
            long first = plan.PerLabel * (i / outputs);
            long elements = Math.Max(0, Math.Min(result.Done, first + plan.PerLabel) - Math.Max(result.Start, first));
            if (FindFlaw(result, result.Measures[i], plan, elements) is { } flaw)
            {
                return $"the {result.Measures[i].Output} of label {result.Measures[i].Label?.ToString() ?? "all"}: {flaw}";
            }
        }

        return null;
    }

    private static string? FindFlaw(SweepResult result, SweepMeasure measure, SweepPlan plan, long elements)
    {
        if (measure.Histogram.IsDefault || measure.Worst.IsDefault || measure.WorstShares.IsDefault || measure.FirstMismatches.IsDefault || measure.Binades.IsDefault
            || measure.Histogram.Contains(null!) || measure.Worst.Contains(null!) || measure.WorstShares.Contains(null!) || measure.FirstMismatches.Contains(null!) || measure.Binades.Contains(null!))
        {
            return "parts are missing";
        }

        long wrong = measure.Histogram.Sum(bin => bin.Count) + measure.LostEverything + measure.Flushed + measure.NonFiniteMismatches;
        return measure.Elements != elements ? "its elements are not those of its positions"
            : wrong != measure.Misrounded || measure.Binades.Sum(binade => binade.Misrounded) != wrong ? "its counts do not add up"
            : measure.Binades.Any(binade => binade.Index < 0 || binade.Index >= plan.BinadeCount)
                || measure.Histogram.Any(bin => !(bin.UpTo >= 1) || SweepTally.BinOf(bin.UpTo) is int n && Math.ScaleB(1, n) != bin.UpTo)
                ? "a binade or a bin is none"
            : measure.Worst.Concat(measure.WorstShares).Concat(measure.FirstMismatches).Concat(measure.Binades.Select(binade => binade.Worst).OfType<SweepExtreme>()).Any(
                extreme => extreme.Position < result.Start || extreme.Position >= result.Done || SweepPlan.BitsOf(plan.DType, extreme.Actual) is null)
                ? "an element is none of this sweep"
            : null;
    }
}
