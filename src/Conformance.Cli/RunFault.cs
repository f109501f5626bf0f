using System.Collections;
using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Conformance.Core.Runs;
using Conformance.Core.Tensors;

namespace Conformance.Cli;

/// <summary>What a run that was read says that no run says: files can be edited, and what reads them must not stumble over that.</summary>
internal static class RunFault
{
    /// <summary>The first fault in a run.</summary>
    /// <param name="run">The run.</param>
    /// <returns>Where, and what is wrong there; null where nothing is.</returns>
    public static string? Find(Run run) => Absent(run, string.Empty) ?? Negative(run) ?? ShardFault(run.Shard) ?? run.Profiles.Select(ProfileFault).FirstOrDefault(fault => fault is not null);

    // By what the serializer knows of the types, so that nothing is forgotten that a run will hold.
    private static string? Absent(object value, string path)
    {
        JsonTypeInfo? type = RunJson.Default.GetTypeInfo(value.GetType());
        switch (type?.Kind)
        {
            case JsonTypeInfoKind.Object:
                return type.Properties.Where(property => property.Get is not null)
                    .Select(property => Of(property.Get!(value), property.IsGetNullable, path.Length == 0 ? property.Name : $"{path}.{property.Name}"))
                    .FirstOrDefault(fault => fault is not null);
            case JsonTypeInfoKind.Enumerable when IsUninitialized((IEnumerable)value):
                return $"{path} is absent";
            case JsonTypeInfoKind.Enumerable:
                return ((IEnumerable)value).Cast<object?>()
                    .Select((item, i) => Of(item, mayBeNull: false, string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]")))
                    .FirstOrDefault(fault => fault is not null);
            case JsonTypeInfoKind.Dictionary:
                IDictionary entries = (IDictionary)value;
                return entries.Keys.Cast<object>()
                    .Select(key => Of(entries[key], mayBeNull: false, $"{path}.{key}"))
                    .FirstOrDefault(fault => fault is not null);
            default:
                return null;
        }

        static string? Of(object? value, bool mayBeNull, string path) => value is not null ? Absent(value, path) : mayBeNull ? null : $"{path} is absent or null";
    }

    // An immutable array that the file does not have, which throws whatever it is asked.
    private static bool IsUninitialized(IEnumerable values)
    {
        try
        {
            return values is ICollection { Count: < 0 };
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    private static string? Negative(Run run)
    {
        IEnumerable<(string Path, long Count)> counts =
        [
            ("summary.exitCode", run.Summary.ExitCode),
            ("summary.cases", run.Summary.Cases),
            ("summary.floor", run.Summary.Floor),
            ("summary.evaluations", run.Summary.Evaluations),
            ("summary.findings", run.Summary.Findings),
            ("summary.recorded", run.Summary.Recorded),
            .. run.Shard is { } shard ? [("shard.cases", shard.Cases), ("shard.floor", shard.Floor)] : (IEnumerable<(string, long)>)[],
            .. run.Implementations.SelectMany(implementation => implementation.Verdicts.Select(verdict => ($"the number of {verdict.Key} of {implementation.Id}", (long)verdict.Value))),
            .. run.Accuracy.Select(report => ($"an element count of {report.Implementation}", Math.Min(Math.Min(report.Elements, report.CorrectlyRounded), report.Waived))),
            .. run.Relations.Select(relation => ($"a count of the relation {relation.Group} of {relation.Implementation}", (long)Math.Min(Math.Min(relation.Draws, relation.Equal), relation.Close))),
        ];
        return counts.Where(count => count.Count < 0)
            .Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Path} is {count.Count}, and there are no fewer than 0"))
            .FirstOrDefault();
    }

    private static string? ShardFault(ShardReport? shard) => shard is null || (shard.Index >= 1 && shard.Index <= shard.Count) ? null
        : string.Create(CultureInfo.InvariantCulture, $"shard is {shard.Index}/{shard.Count}, and there is no such part of a whole");

    private static string? ProfileFault(ErrorProfileReport profile)
    {
        string name = $"the profile of the {profile.DType} {profile.Output} of {profile.Implementation}";
        if (DType.Find(profile.DType) is not { } dtype)
        {
            return $"{name} is of no dtype that there is";
        }

        int rows = profile.Bins.Length;
        bool isWhole = new[] { profile.Counts.Length, profile.Ulps.Length, profile.Bounds.Length, profile.Flags.Length, profile.Cases.Length, profile.Indices.Length }.All(length => length == rows)
            && new[] { profile.Logits, profile.Labels, profile.Actuals, profile.Truths }.All(bits => bits.Length == rows * dtype.HexDigits);
        return isWhole ? null : string.Create(CultureInfo.InvariantCulture, $"{name} has columns that are not of its {rows} bins");
    }
}
