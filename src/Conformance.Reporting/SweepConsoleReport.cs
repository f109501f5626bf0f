using System.Globalization;
using Conformance.Core.Judging;
using Conformance.Core.Runs;
using Conformance.Core.Sweeps;
using Spectre.Console;

namespace Conformance.Reporting;

/// <summary>A sweep for a person at a terminal: the outcome comes last, where it stays in view.</summary>
public static class SweepConsoleReport
{
    // Beyond, errors are of no size that differs.
    private const double LargestBin = 256;

    private const int WorstBinades = 4;

    /// <summary>Writes a result.</summary>
    /// <param name="result">The result.</param>
    /// <param name="output">Receives text.</param>
    public static void Write(SweepResult result, TextWriter output)
    {
        IAnsiConsole console = ReportConsole.Create(output);
        WriteProvenance(console, result);
        WriteAccuracy(console, result);
        WriteErrors(console, result);
        WriteNonFinite(console, result);
        WritePlaces(console, result);
        WriteOutcome(console, result);
    }

    private static void WriteProvenance(IAnsiConsole console, SweepResult result)
    {
        Provenance provenance = result.Provenance;
        SweepOptions options = result.Options;
        console.WriteLine(Text($"conformance {options.Tool}: sweep of {options.Implementation}, {options.Loss} in {options.DType}, {(options.Gradient ? "loss and gradient" : "loss")}"));
        console.WriteLine(CoverageOf(result));
        console.WriteLine(Text($"{provenance.OperatingSystem}; {provenance.Processor}, {provenance.Processors} processors, {provenance.InstructionSet}; {provenance.Runtime}"));
        console.WriteLine(string.Join(", ", options.Versions.Select(version => $"{version.Key} {version.Value}")));
        console.WriteLine();
    }

    private static string CoverageOf(SweepResult result)
    {
        string labels = result.Options.Labels.Length switch
        {
            0 => string.Empty,
            1 => Text($", with the label {result.Options.Labels[0].Decimal}"),
            _ => Text($", with each of the labels {string.Join(", ", result.Options.Labels.Select(label => label.Decimal))}"),
        };
        string part = result.IsWhole ? string.Empty : Text($"A SHARD, positions {result.Start} to {result.End - 1} of {result.Total}, of a sweep that is ");
        return $"{part}{result.Coverage}{labels}";
    }

    private static void WriteAccuracy(IAnsiConsole console, SweepResult result)
    {
        Table table = NewTable("Accuracy against the truth");
        foreach (string heading in new[] { "worst ULP", "at logit", "correctly rounded", "misrounded", "of bound", "beyond contract" })
        {
            table.AddColumn(new TableColumn(heading).NoWrap().RightAligned());
        }

        foreach (SweepMeasure measure in result.Measures.Where(measure => measure.Elements > 0))
        {
            SweepExtreme? worst = measure.Worst.FirstOrDefault();
            table.AddRow(
            [
                .. NameCells(measure),
                SweepText.WorstUlps(measure),
                worst is null ? "-" : Place(measure, worst),
                SweepText.ShareRounded(measure),
                SweepText.Count(measure.Misrounded),
                measure.WorstShares.IsEmpty ? "-" : Ratio(measure.WorstShares[0].Share),
                measure.BeyondContract == 0 ? "0" : $"[red]{SweepText.Count(measure.BeyondContract)}[/]",
            ]);
        }

        console.Write(table);
        console.WriteLine("worst ULP: the largest error of a finite output, in units in the last place of the truth; rounding alone makes 0.5. of bound: the largest share");
        console.WriteLine("of what the contract allows, of finite outputs that are not correctly rounded.");
        console.WriteLine();
    }

    private static void WriteErrors(IAnsiConsole console, SweepResult result)
    {
        if (result.Measures.All(measure => measure.Misrounded == 0))
        {
            return;
        }

        double[] bins = [.. result.Measures.SelectMany(measure => measure.Histogram).Select(bin => bin.UpTo).Where(upTo => upTo <= LargestBin).Distinct().Order()];
        bool hasMore = result.Measures.Any(measure => measure.Histogram.Any(bin => bin.UpTo > LargestBin));
        (string Heading, Func<SweepMeasure, long> Count)[] columns =
        [
            .. bins.Select(upTo => (upTo == 1 ? "<= 1" : Text($"<= {upTo}"), (Func<SweepMeasure, long>)(measure => measure.Histogram.Where(bin => bin.UpTo == upTo).Sum(bin => bin.Count)))),
            .. hasMore ? [(Text($"> {LargestBin}"), measure => measure.Histogram.Where(bin => bin.UpTo > LargestBin).Sum(bin => bin.Count))] : Array.Empty<(string, Func<SweepMeasure, long>)>(),
            ("lost", measure => measure.LostEverything),
            ("flushed", measure => measure.Flushed),
            ("NaN inf", measure => measure.NonFiniteMismatches),
        ];
        Table table = NewTable("Outputs that are not correctly rounded, by their error in ULP");
        foreach ((string heading, _) in columns)
        {
            table.AddColumn(new TableColumn(heading).NoWrap().RightAligned());
        }

        foreach (SweepMeasure measure in result.Measures.Where(measure => measure.Elements > 0))
        {
            table.AddRow([.. NameCells(measure), .. columns.Select(column => column.Count(measure) is long count and > 0 ? SweepText.Count(count) : "-")]);
        }

        console.Write(table);
        console.WriteLine("lost: zero or the wrong sign where the truth is a normal number. flushed: zero where it is subnormal. NaN inf: where the truth is not, or the");
        console.WriteLine("other way round.");
        console.WriteLine();
    }

    private static void WriteNonFinite(IAnsiConsole console, SweepResult result)
    {
        console.WriteLine("Inputs that are not finite:");
        foreach (SweepMeasure measure in result.Measures.Where(measure => measure.Elements > 0))
        {
            console.WriteLine(Text($"  {NameOf(measure)}: {AtInputs(measure.NaNInputs, measure.WrongAtNaNInputs, "NaN", "NaN")}; {AtInputs(measure.InfiniteInputs, measure.WrongAtInfiniteInputs, "infinite", "the limit")}"));
        }

        console.WriteLine();
    }

    private static string AtInputs(long inputs, long wrong, string what, string truth) =>
        inputs == 0 ? $"none is {what}"
        : wrong == 0 ? Text($"{truth} at all {inputs} that are {what}")
        : Text($"not {truth} at {wrong} of the {inputs} that are {what}");

    private static void WritePlaces(IAnsiConsole console, SweepResult result)
    {
        if (result.Measures.All(measure => measure.Misrounded == 0))
        {
            return;
        }

        console.WriteLine("Where:");
        foreach (SweepMeasure measure in result.Measures.Where(measure => measure.Misrounded > 0))
        {
            console.WriteLine($"  {NameOf(measure)}");
            if (measure.Worst.FirstOrDefault() is { } worst)
            {
                Indent(console, 4, Text($"worst: {Describe(worst)}"));
                if (worst.Inherent is not null)
                {
                    Indent(console, 6, worst.Inherent);
                }
            }

            if (measure.WorstShares.FirstOrDefault() is { Share: > 1 } beyond)
            {
                Indent(console, 4, Text($"most beyond the contract: {Describe(beyond)}, where {Standing.FormatUlps(beyond.BoundUlps)} ULP are allowed"));
            }

            if (measure.FirstMismatches.FirstOrDefault() is { } mismatch)
            {
                Indent(console, 4, Text($"first that is NaN or infinite by mistake, or is not and should be: {mismatch.Actual} for {mismatch.Truth} at logit {mismatch.Logit}, label {mismatch.Label}"));
            }

            SweepBinade[] binades = [.. measure.Binades.Where(binade => binade.Worst is not null).OrderByDescending(binade => Math.Abs(binade.Worst!.Ulps)).ThenBy(binade => binade.Index).Take(WorstBinades)];
            if (binades.Length > 0)
            {
                Indent(console, 4, Text($"logits with the largest errors: {string.Join(", ", binades.Select(binade => $"{binade.Logits} {Standing.FormatUlps(Math.Abs(binade.Worst!.Ulps))} ULP"))}"));
            }
        }

        console.WriteLine();
    }

    private static void WriteOutcome(IAnsiConsole console, SweepResult result)
    {
        long outputs = result.Measures.Sum(measure => measure.Elements);
        long beyond = result.BeyondContract;
        string verdict = outputs == 0 ? "[red]NOTHING RAN[/]" : beyond > 0 ? "[red]NOT CONFORMANT[/]" : result.IsExhaustive ? "[green]CONFORMANT[/]" : "[green]CONFORMANT[/] where swept";
        string what = outputs == 0 ? "this shard has no elements"
            : beyond > 0 ? Text($"{SweepText.Count(beyond)} of {SweepText.Count(outputs)} outputs are beyond the contract")
            : result.Measures.All(measure => measure.Misrounded == 0) ? Text($"all {SweepText.Count(outputs)} outputs are correctly rounded")
            : Text($"all {SweepText.Count(outputs)} outputs are within the contract");
        console.MarkupLine(verdict + Markup.Escape(Text(
            $": {what}; {SweepText.Count(result.Measures.Sum(measure => measure.DecidedByOracle))} decided by the oracle, {result.Seconds:F1} s")));
        if (!result.IsExhaustive)
        {
            console.WriteLine($"  {CoverageOf(result)}");
        }
    }

    private static Table NewTable(string title)
    {
        Table table = ConsoleReport.NewTable(title);
        table.AddColumn("output");
        table.AddColumn(new TableColumn("label").NoWrap());
        return table;
    }

    private static string[] NameCells(SweepMeasure measure) => [measure.Output, measure.Label?.Decimal ?? "all"];

    private static string NameOf(SweepMeasure measure) => $"{measure.Output}, {(measure.Label is null ? "all labels" : $"label {measure.Label.Decimal}")}";

    private static string Place(SweepMeasure measure, SweepExtreme extreme) =>
        measure.Label is null ? $"{extreme.Logit.Decimal}, label {extreme.Label.Decimal}" : extreme.Logit.ToString();

    private static string Describe(SweepExtreme extreme) => Text(
        $"{Standing.FormatUlps(extreme.Ulps)} ULP at logit {extreme.Logit}, label {extreme.Label}: {extreme.Actual} for {extreme.Truth}");

    private static string Ratio(double ratio)
    {
        string text = ratio < 9.9995 ? ratio.ToString("0.000", CultureInfo.InvariantCulture) : Standing.FormatUlps(ratio);
        return ratio > 1 ? $"[red]{text}[/]" : text;
    }

    private static void Indent(IAnsiConsole console, int columns, string text) => AccuracySection.Indent(console, columns, text);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
