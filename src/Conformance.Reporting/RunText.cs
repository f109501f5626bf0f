using System.Globalization;
using Conformance.Core.Judging;
using Conformance.Core.Runs;

namespace Conformance.Reporting;

/// <summary>What is said of a run in words, the same in every format.</summary>
internal static class RunText
{
    /// <summary>What the run comes to, in capitals.</summary>
    public static string Verdict(Run run) => run.Summary.ExitCode switch
    {
        0 when run.Shard is not null => "NOTHING AGAINST IT in this shard; 'conformance merge' decides on the whole",
        0 => "CONFORMANT",
        1 => "NOT CONFORMANT",
        3 => "INCOMPLETE: a required backend is unavailable",
        _ => "INCOMPLETE: too little ran",
    };

    /// <summary>How much was done.</summary>
    public static string Counts(RunSummary summary) => string.Create(
        CultureInfo.InvariantCulture,
        $"{summary.Cases} cases, {summary.Evaluations} evaluations, {summary.Findings} findings, {summary.Seconds:F1} s");

    /// <summary>What was asked for.</summary>
    public static string Request(Run run)
    {
        RunOptions options = run.Options;
        string[] narrowed = options.IsWholeSuite ? [] : [.. options.DTypes, .. options.Layouts, .. options.Reductions, .. options.Shape is { } shape ? [shape] : Array.Empty<string>()];
        string what = options.Suite is { } suite ? $"suite {suite}{(narrowed.Length == 0 ? string.Empty : $" narrowed to {string.Join(", ", narrowed)}")}" : string.Create(CultureInfo.InvariantCulture, $"{options.Cases.Length} named cases");
        string shard = run.Shard is { } part ? string.Create(CultureInfo.InvariantCulture, $", shard {part.Index}/{part.Count}") : string.Empty;
        string ulps = options.MaxUlps is { } most ? $", at most {Standing.FormatUlps(most)} ULP in place of the contracts" : string.Empty;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{options.Loss}, {what}{shard}, seed {options.Seed}{ulps}, rtol {options.Tolerance.Relative:0.###e-0}, atol {options.Tolerance.Absolute:0.###e-0}");
    }

    /// <summary>What is asked of somebody's own implementation, which has no contract to be looked up; nothing where there is none.</summary>
    public static IEnumerable<string> Asked(Run run) => run.Options.UnderTest is null
        ? []
        : from contract in run.Implementations[0].Contracts
          let bounds = contract.Loss == contract.Gradient ? $"{contract.Loss}" : $"{contract.Loss} of the loss and {contract.Gradient} of the gradient"
          select $"Allowed of {run.Implementations[0].Id}: {bounds}{(contract.Reason.Length == 0 ? string.Empty : $". {contract.Reason}")}";

    /// <summary>With what it was made: names and values.</summary>
    public static IEnumerable<(string Name, string Value)> Provenance(Run run)
    {
        Provenance provenance = run.Provenance;
        yield return ("tool", provenance.Tool);
        if (provenance.Commit is { } commit)
        {
            yield return ("commit", commit);
        }

        yield return ("started", provenance.Started.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture));
        yield return ("operating system", provenance.OperatingSystem);
        yield return ("processor", string.Create(CultureInfo.InvariantCulture, $"{provenance.Processor}, {provenance.Processors} logical processors"));
        yield return ("instruction set", provenance.InstructionSet);
        yield return ("runtime", provenance.Runtime);
        yield return ("SDK", provenance.Sdk);
        foreach ((string name, string version) in provenance.Versions)
        {
            yield return (name, version);
        }

        foreach ((string backend, string threads) in provenance.Threads)
        {
            yield return ($"threads of {backend}", threads);
        }

        foreach (Provenance other in provenance.Others)
        {
            yield return ("another shard", string.Create(
                CultureInfo.InvariantCulture, $"{other.OperatingSystem}; {other.Processor}, {other.Processors} logical processors, {other.InstructionSet}; {other.Runtime}"));
        }
    }

    /// <summary>The first characters of a text that may be as long as somebody's log.</summary>
    public static string Shorten(string text, int length)
    {
        if (text.Length <= length)
        {
            return text;
        }

        // Half of a surrogate pair is no text.
        int end = char.IsHighSurrogate(text[length - 1]) ? length - 1 : length;
        return string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, end)}... ({text.Length - end} more characters)");
    }
}
