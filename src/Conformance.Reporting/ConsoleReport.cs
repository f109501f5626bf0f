using System.Globalization;
using Conformance.Core.Judging;
using Conformance.Core.Runs;
using Spectre.Console;

namespace Conformance.Reporting;

/// <summary>Tables for a person at a terminal: the outcome comes last, where it stays in view.</summary>
public sealed class ConsoleReport : IRunReport
{
    private const int MaxFindings = 10;

    /// <inheritdoc/>
    public string Name => "console";

    /// <inheritdoc/>
    public void Write(Run run, TextWriter output)
    {
        IAnsiConsole console = ReportConsole.Create(output);
        WriteProvenance(console, run);
        WriteRelations(console, run);
        new AccuracySection(run).Write(console);
        WriteAgreement(console, run);
        WriteVerdicts(console, run);
        WriteWaivers(console, run);
        WriteFindings(console, run);
        WriteOutcome(console, run);
    }

    private static void WriteProvenance(IAnsiConsole console, Run run)
    {
        Provenance provenance = run.Provenance;
        console.WriteLine($"conformance {provenance.Tool}: {RunText.Request(run)}");
        foreach (Provenance machine in provenance.Others.Insert(0, provenance))
        {
            console.WriteLine($"{machine.OperatingSystem}; {machine.Processor}, {machine.Processors.ToString(CultureInfo.InvariantCulture)} processors, {machine.InstructionSet}; {machine.Runtime}");
        }

        console.WriteLine(string.Join(", ", provenance.Versions.Select(version => $"{version.Key} {version.Value}")));
        foreach (var missing in run.Backends.Where(backend => !backend.IsAvailable).GroupBy(backend => (backend.Missing, backend.Fix)))
        {
            string names = string.Join(" and ", missing.Select(backend => backend.Name));
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[yellow]{names} {(missing.Count() == 1 ? "is" : "are")} not available:[/] {PlainText.Clean(missing.Key.Missing ?? string.Empty)}");
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"  {PlainText.Clean(missing.Key.Fix ?? string.Empty)}");
        }

        foreach (string asked in RunText.Asked(run))
        {
            AccuracySection.Indent(console, 0, asked);
        }

        WriteRecorded(console, run);

        console.WriteLine();
    }

    // What stands in for the missing backends, so that nobody takes it for an evaluation.
    private static void WriteRecorded(IAnsiConsole console, Run run)
    {
        BackendReport[] recorded = [.. run.Backends.Where(backend => backend.Recorded is not null)];
        foreach (BackendReport backend in recorded)
        {
            int cases = run.Cases.Count(report => report.Verdicts.Any(verdict => verdict.Key is not (Verdict.Unavailable or Verdict.Unsupported)
                && verdict.Value.Any(id => id.StartsWith(backend.Name + "/", StringComparison.Ordinal))));
            console.WriteLine(Text($"Recorded outputs of {backend.Name} {backend.Recorded} stand in for it, on {cases} of these {run.Cases.Length} cases."));
        }

        if (recorded.Length > 0)
        {
            console.WriteLine("  They are judged, marked 'recorded' and never counted as a pass; relations need evaluations, so have none of them. --no-recorded leaves them out.");
        }
    }

    private static void WriteRelations(IAnsiConsole console, Run run)
    {
        if (run.Relations.IsEmpty)
        {
            return;
        }

        Dictionary<string, string> columnOf = run.Implementations.ToDictionary(implementation => implementation.Id, implementation => implementation.RelationColumn);
        string[] columns = [.. run.Relations.Select(relation => columnOf[relation.Implementation]).Distinct()];
        int draws = run.Relations.Min(relation => relation.Draws);
        string[] others = [.. run.Relations.Where(relation => relation.Draws != draws).Select(relation => Text($"of {relation.Draws} in '{relation.Group}'")).Distinct()];
        Table table = NewTable("Relations");
        table.AddColumn(new TableColumn("relation").NoWrap());
        table.AddColumn("dtype");
        foreach (string column in columns)
        {
            table.AddColumn(new TableColumn(Markup.Escape(column)).RightAligned());
        }

        foreach (var group in run.Relations.GroupBy(relation => relation.Group))
        {
            table.AddRow([new Markup($"[bold]{Markup.Escape(PlainText.Clean(group.Key))}[/]"), .. Enumerable.Repeat(new Markup(string.Empty), columns.Length + 1)]);
            foreach (var row in group.GroupBy(relation => (relation.Scope, relation.DType)))
            {
                table.AddRow(
                [
                    new Markup("  " + Markup.Escape(PlainText.Clean(row.Key.Scope))),
                    new Markup(row.Key.DType),
                    .. columns.Select(column => new Markup(Cell(row.FirstOrDefault(relation => columnOf[relation.Implementation] == column)))),
                ]);
            }
        }

        console.Write(table);
        console.WriteLine(Text($"A cell says in how many of {draws} draws{string.Concat(others.Select(other => $" ({other})"))} the two sides were == and, after the bar, close by isclose."));
        foreach (var implementation in run.Relations.GroupBy(relation => relation.Implementation))
        {
            string? equal = implementation.Select(relation => relation.EqualTo).FirstOrDefault(id => id is not null);
            console.WriteLine($"  {columnOf[implementation.Key]}: {implementation.Key}{(equal is null ? string.Empty : $", whose equal is {equal}")}");
        }

        console.WriteLine();
    }

    private static string Cell(RelationReport? relation) => relation is null
        ? "-"
        : Text($"{(relation.Holds ? string.Empty : "[red]")}{relation.Equal} | {relation.Close}{(relation.Holds ? string.Empty : "[/]")}");

    private static void WriteAgreement(IAnsiConsole console, Run run)
    {
        ImplementationReport[] implementations =
        [
            .. run.Implementations.Where(implementation => run.Agreement.Any(pair => pair.Implementation == implementation.Id || pair.Other == implementation.Id)),
        ];
        if (implementations.Length < 2)
        {
            return;
        }

        Table table = NewTable("Agreement");
        table.AddColumn("implementation");
        for (int column = 0; column < implementations.Length - 1; column++)
        {
            table.AddColumn(new TableColumn((column + 1).ToString(CultureInfo.InvariantCulture)).Centered());
        }

        ILookup<(string, string), PairReport> pairs = run.Agreement.ToLookup(pair => (pair.Implementation, pair.Other));
        for (int row = 0; row < implementations.Length; row++)
        {
            table.AddRow(
            [
                new Markup(Markup.Escape(Text($"{row + 1} {ImplementationNames.Mark(implementations[row].ShortName, implementations[row].Recorded)}"))),
                .. Enumerable.Range(0, implementations.Length - 1).Select(column =>
                    new Markup(column < row ? Summarise([.. pairs[(implementations[row].Id, implementations[column].Id)]]) : string.Empty)),
            ]);
        }

        console.Write(table);
        console.WriteLine("==: all elements equal; is: all close by isclose; co: some only because both are within their contracts of the truth; w: some waived; F: some deviate; blank: never met");
        WriteWorstPairs(console, run);
        console.WriteLine();
    }

    private static string Summarise(PairReport[] pairs) =>
        pairs.Length == 0 ? string.Empty
        : pairs.Any(pair => pair.Failed > 0) ? "[red]F[/]"
        : pairs.Any(pair => pair.Waived > 0) ? "[yellow]w[/]"
        : pairs.Any(pair => pair.WithinContract > 0) ? "co"
        : pairs.Any(pair => pair.Close > 0) ? "is"
        : "==";

    private static void WriteWorstPairs(IAnsiConsole console, Run run)
    {
        console.WriteLine("The widest pairs that no waiver covers, by |a-b| / (atol + rtol*|b|):");
        foreach (PairReport pair in run.Agreement.Where(pair => pair.WorstRatio > 0).OrderByDescending(pair => pair.WorstRatio).Take(3))
        {
            console.WriteLine(Text($"  {pair.WorstRatio:G3} ({pair.WorstUlps} ULP), {pair.Output} of {pair.Implementation} and {pair.Other}"));
            console.WriteLine(Text($"    at {pair.WorstCaseId}[{pair.WorstIndex}]"));
        }
    }

    private static void WriteVerdicts(IAnsiConsole console, Run run)
    {
        Verdict[] verdicts = [.. Enum.GetValues<Verdict>().Where(verdict => run.Implementations.Any(implementation => implementation.Verdicts.ContainsKey(verdict)))];
        Table table = NewTable("Cases by verdict");
        table.AddColumn("implementation");
        foreach (Verdict verdict in verdicts)
        {
            table.AddColumn(new TableColumn(verdict.ToString()).RightAligned());
        }

        foreach (ImplementationReport implementation in run.Implementations)
        {
            table.AddRow(
            [
                Markup.Escape(ImplementationNames.Mark(implementation.Id, implementation.Recorded)),
                .. verdicts.Select(verdict => implementation.Verdicts.TryGetValue(verdict, out int count) ? Text($"{count}") : "-"),
            ]);
        }

        console.Write(table);
        console.WriteLine();
    }

    private static void WriteWaivers(IAnsiConsole console, Run run)
    {
        WaiverReport[] shown = [.. run.Waivers.Where(waiver => waiver.State != WaiverState.NotExercised)];
        if (shown.Length == 0)
        {
            return;
        }

        console.WriteLine(run.Options.UnderTest is null ? "Waivers (known deviations, golden/waivers.json):" : "Rulings of the contract and known deviations:");
        foreach (WaiverReport waiver in shown)
        {
            string state = waiver.State switch
            {
                WaiverState.Stale => "STALE: it no longer matches; remove it",
                WaiverState.Expired => "expired; it covers nothing",
                WaiverState.Undecided => "nothing of it here; a run of the whole suite says whether it still shows",
                _ => Text($"{waiver.Elements} elements"),
            };
            console.WriteLine($"  {waiver.Id}: {state}");
            console.WriteLine($"    {PlainText.Clean(waiver.Reason)}");
        }

        console.WriteLine();
    }

    private static void WriteFindings(IAnsiConsole console, Run run)
    {
        ImplementationNames names = new(run);
        string allowed = run.Options.MaxUlps is { } most ? $"{Standing.FormatUlps(most)} ULP" : "the contract";
        foreach (Finding finding in run.Findings.Take(MaxFindings))
        {
            Whole(console, $"FINDING {FindingText.Headline(finding)}");
            Whole(console, $"  {FindingText.Place(finding)}");
            foreach (string values in FindingText.Values(finding))
            {
                console.WriteLine($"    {values}");
            }

            if (FindingText.Inherent(run, finding) is { } inherent)
            {
                AccuracySection.Indent(console, 4, inherent);
            }

            WriteStandings(console, names, $"within {allowed}:", finding.Standings.Where(standing => standing.IsWithin));
            WriteStandings(console, names, $"not within {allowed}:", finding.Standings.Where(standing => !standing.IsWithin));
            if (finding.Message is not null)
            {
                console.WriteLine($"    {PlainText.Clean(finding.Message)}");
            }

            foreach (string line in FindingText.Shrunk(finding))
            {
                Whole(console, $"    {PlainText.Clean(line)}");
            }

            Whole(console, $"    again: {FindingText.Repetition(run, finding)}");
        }

        if (run.Summary.Findings > MaxFindings)
        {
            console.WriteLine(Text($"... and {run.Summary.Findings - Math.Min(MaxFindings, run.Findings.Length)} more findings; see run.json."));
        }

        LostEvaluations[] all = [.. LostEvaluations.Of(run.Cases)];
        foreach (LostEvaluations lost in all.Take(MaxFindings))
        {
            Whole(console, $"LOST {lost.Implementation} ({lost.Verdict}) on {lost.Describe()}");
            console.WriteLine($"    {PlainText.Clean(lost.Message)}");
        }

        if (all.Length > MaxFindings)
        {
            console.WriteLine(Text($"... and {all.Length - MaxFindings} more ways in which evaluations were lost; see run.json."));
        }
    }

    // A line that somebody copies is not cut in two.
    private static void Whole(IAnsiConsole console, string line) => console.Profile.Out.Writer.WriteLine(line);

    private static void WriteStandings(IAnsiConsole console, ImplementationNames names, string which, IEnumerable<StandingReport> standings)
    {
        foreach (var sameValue in standings.GroupBy(standing => (standing.Actual, standing.Ulps)))
        {
            AccuracySection.Indent(
                console,
                4,
                $"{which} {sameValue.Key.Actual}, {Standing.FormatUlps(sameValue.Key.Ulps)} ULP: {names.Join(sameValue.Select(standing => standing.Implementation))}");
        }
    }

    private static void WriteOutcome(IAnsiConsole console, Run run)
    {
        RunSummary summary = run.Summary;
        string colour = summary.ExitCode == 0 ? "green" : "red";
        console.MarkupLine($"[{colour}]{Markup.Escape(RunText.Verdict(run))}[/]: {Markup.Escape(RunText.Counts(summary))}");
        if (run.Backends.Any(backend => backend.Recorded is not null))
        {
            string recorded = string.Join(", ", run.Backends.Where(backend => backend.Recorded is not null).Select(backend => $"{backend.Name} {backend.Recorded}"));
            console.WriteLine(Text($"  beside the evaluations, recorded outputs judged: {summary.Recorded}, of {recorded}, which did not run"));
        }

        foreach (string reason in summary.Reasons)
        {
            console.WriteLine($"  {PlainText.Clean(reason)}");
        }
    }

    internal static Table NewTable(string title) => new Table { Border = TableBorder.Simple, Title = new TableTitle(title), UseSafeBorder = true };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
