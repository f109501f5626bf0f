using System.Globalization;
using Conformance.Core.Judging;
using Conformance.Golden.Acceptance;

namespace Conformance.Cli;

/// <summary>An acceptance for people: per golden file what changes, then looser verdicts, then what became of it.</summary>
internal static class AcceptanceText
{
    private const int MaxIds = 3;
    private const int MaxRegressions = 10;

    public static void Write(AcceptanceReport report, TextWriter output)
    {
        foreach (FileAcceptance file in report.Files)
        {
            string state = file.IsNew ? ", a new file" : file.Tests == 0 ? ", so that the file goes" : string.Empty;
            Line(output, $"{PathOf(report, file.Path)}: {Number(file.Tests, "test")}{state}");
            WriteTests(file, output);
            WriteImplementations(file, output);
            output.WriteLine();
        }

        foreach (string taken in report.Manifest)
        {
            Line(output, $"{PathOf(report, "manifest.json")} takes as it is: {taken}");
        }

        if (report.StaysOut > 0)
        {
            Line(output, $"{Number(report.StaysOut, "test")} of the run that no golden file has {(report.StaysOut == 1 ? "stays" : "stay")} out.");
        }

        WriteRegressions(report, output);
        Line(output, $"{Outcome(report)}");
        foreach (string refusal in report.ExitCode == ExitCode.TooLittleRan ? [] : report.Refusals)
        {
            Line(output, $"  {refusal}");
        }

        if (report.IsWritten && report.Files.IsEmpty)
        {
            output.WriteLine("  the manifest has no history; say the reason in the commit");
        }
    }

    private static string Outcome(AcceptanceReport report) =>
        report.ExitCode == ExitCode.TooLittleRan ? $"NOTHING ACCEPTED: {report.Refusals[0]}"
        : !report.HasChanges ? $"NOTHING TO CHANGE: {(report.Taken == 0 ? "the manifest matches" : "the golden folder has all of it already")}"
        : report.ExitCode != 0 ? "REFUSED: nothing was written"
        : report.IsDryRun ? "NOT WRITTEN: --dry-run only shows what would change"
        : $"ACCEPTED: {(report.Files.IsEmpty ? string.Empty : $"{Number(report.Files.Length, "file")} and ")}the manifest written, because: {report.Reason}";

    private static void WriteTests(FileAcceptance file, TextWriter output)
    {
        foreach ((IReadOnlyCollection<string> ids, string what) in new (IReadOnlyCollection<string>, string)[]
        {
            (file.Added, "added"), (file.Removed, "removed"), (file.ExpectedAdded, "with new expected values"),
            (file.ExpectedChanged, "with other expected values"), (file.FlagsChanged, "with other flags"),
        })
        {
            if (ids.Count > 0)
            {
                Line(output, $"  {Number(ids.Count, "test")} {what}: {Join(ids)}");
            }
        }
    }

    private static void WriteImplementations(FileAcceptance file, TextWriter output)
    {
        foreach (var group in file.Implementations.Where(one => one.Added > 0).GroupBy(one => string.Join(", ", one.VersionsAfter)))
        {
            long beyond = group.Where(one => one.Changed == 0).Sum(one => one.Beyond);
            string contract = beyond == 0 ? string.Empty : $"; {Number(beyond, "element")} beyond the contract";
            Line(output, $"  Recorded for the first time, {group.Key}: {Number(group.Sum(one => one.Added), "output")} of {Number(group.Count(), "implementation")}, {Join([.. group.Select(one => one.Implementation)])}{contract}");
        }

        ImplementationAcceptance[] changed = [.. file.Implementations.Where(one => one.Changed > 0)];
        if (changed.Length > 0)
        {
            int width = Math.Max("implementation".Length, changed.Max(one => one.Implementation.Length));
            Line(output, $"  {"implementation".PadRight(width)}  {"before",-10} {"after",-10} {"tests",5} {"elements",8} {"moved",6} {"towards",7} {"away",6}  {"worst ULP",-20} {"beyond",6}");
            foreach (ImplementationAcceptance one in changed)
            {
                string worst = one.Moved == 0 ? "-" : $"{Standing.FormatUlps(one.WorstUlpsBefore!.Value)} -> {Standing.FormatUlps(one.WorstUlpsAfter!.Value)}";
                string outcomes = one.Outcomes == 0 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"  {one.Outcomes} ended otherwise");
                string gradients = one.Gradients == 0 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"  {Number(one.Gradients, "gradient")} added");
                Line(output, $"  {one.Implementation.PadRight(width)}  {string.Join(", ", one.VersionsBefore),-10} {string.Join(", ", one.VersionsAfter),-10} {one.Changed,5} {one.Elements,8} {one.Moved,6} {one.Towards,7} {one.Away,6}  {worst,-20} {one.Beyond,6}{outcomes}{gradients}");
                Line(output, $"    in {Join(one.Tests)}");
            }
        }
    }

    private static void WriteRegressions(AcceptanceReport report, TextWriter output)
    {
        if (report.Regressions.IsEmpty)
        {
            return;
        }

        Line(output, $"LOOSER: {Number(report.Regressions.Length, "verdict")}");
        int number = 0;
        foreach (Regression regression in report.Regressions.Take(MaxRegressions))
        {
            Line(output, $"  {++number}. {Describe(regression)}");
        }

        if (report.Regressions.Length > MaxRegressions)
        {
            Line(output, $"  and {report.Regressions.Length - MaxRegressions} more, which --json has all");
        }

        output.WriteLine();
    }

    private static string Describe(Regression regression)
    {
        if (regression.Output is null)
        {
            return $"{regression.Implementation} on {regression.TestId} {regression.Message}";
        }

        string place = regression.Index is { } index ? string.Create(CultureInfo.InvariantCulture, $"[{index}]") : string.Empty;
        string count = regression.Count == 1 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $", the worst of {regression.Count}");
        string what = regression.Kind == RegressionKind.NonFinite ? "NaN or an infinity came or went" : "beyond its contract";
        string before = regression.Before is null ? "the first" : $"before {regression.Before}, {Ulps(regression.UlpsBefore!.Value)}; after";
        return $"{what}: {regression.Implementation}, {regression.Output}{place} of {regression.TestId}{count}\n"
            + $"     {before} {regression.After}, {Ulps(regression.UlpsAfter!.Value)}; truth {regression.Truth}, {Ulps(regression.BoundUlps!.Value)} allowed";
    }

    // What rounds to nothing has no sign.
    private static string Ulps(double ulps) => $"{Standing.FormatUlps(Math.Abs(ulps) < 0.005 ? 0 : ulps)} ULP";

    private static string PathOf(AcceptanceReport report, string path) => Path.Combine(report.Folder, path).Replace('\\', '/');

    private static string Join(IReadOnlyCollection<string> ids) => ids.Count <= MaxIds
        ? string.Join(", ", ids)
        : string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", ids.Take(MaxIds))} and {ids.Count - MaxIds} more");

    private static string Number(long count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? string.Empty : "s")}");

    private static void Line(TextWriter output, FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
