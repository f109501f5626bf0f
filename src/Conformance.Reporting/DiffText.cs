using System.Globalization;
using Conformance.Core.Diffs;
using Conformance.Core.Judging;

namespace Conformance.Reporting;

/// <summary>The parts of a comparison as text, alike in every report.</summary>
internal static class DiffText
{
    /// <summary>The outcome in a few words.</summary>
    public static string Verdict(DiffReport report) => report.ExitCode switch
    {
        0 when report.Implementations.All(one => one.Moved == 0 && one.Outcomes == 0) => "NOTHING MOVED",
        0 when report.Implementations.Sum(one => one.Unjudged) is var unjudged and > 0 => $"MOVED, {Number(unjudged, "ELEMENT")} WITHOUT A CONTRACT NOT JUDGED",
        0 => "MOVED WITHIN THE CONTRACTS",
        4 => "NOTHING COMPARED",
        _ when report.Implementations.Any(one => one.Beyond > one.Ruined || one.Lost > 0) => "MOVED BEYOND THE CONTRACTS",
        _ when report.Implementations.Any(one => one.Ruined > 0) => "BECAME NAN OR INFINITE",
        _ when !report.ExpectedChanges.IsEmpty => "OTHER EXPECTED VALUES",
        _ => "NOT THE SAME CASES",
    };

    /// <summary>What moved in all, as one sentence without a full stop.</summary>
    public static string Summary(DiffReport report)
    {
        ImplementationDiff[] all = [.. report.Implementations];
        int implementations = all.Select(one => (one.Before, one.After)).Distinct().Count();
        return Text(
            $"{Count(all.Sum(one => one.Moved))} of {Number(all.Sum(one => one.Elements), "element")} of {Number(implementations, "implementation")} moved: {Count(all.Sum(one => one.Towards))} towards the truth, {Count(all.Sum(one => one.Away))} away from it, {Count(all.Sum(one => one.Beyond))} of these beyond the contract");
    }

    /// <summary>An implementation's id; of two, what they have in common once.</summary>
    public static string NameOf(ImplementationDiff one)
    {
        if (one.Before == one.After)
        {
            return one.After;
        }

        int common = 0;
        for (int i = 0; i < Math.Min(one.Before.Length, one.After.Length) && one.Before[i] == one.After[i]; i++)
        {
            common = one.Before[i] == '/' ? i + 1 : common;
        }

        return $"{one.Before[..common]}{{{one.Before[common..]} -> {one.After[common..]}}}";
    }

    public static string VersionOf(ImplementationDiff one) =>
        one.BeforeVersion == one.AfterVersion ? one.AfterVersion : $"{one.BeforeVersion} -> {one.AfterVersion}";

    public static string Describe(ProvenanceChange change) => $"{change.Name}: {change.Before ?? "not said"} -> {change.After ?? "not said"}";

    public static string Heading(ulong? upTo) => upTo switch
    {
        0 => "0",
        null => Text($"> {DiffBin.UpperEnds[^2]}"),
        1 => "1",
        _ => Text($"<= {upTo}"),
    };

    /// <summary>The bins that any implementation has elements in, as headings and counts; the last is that of NaN and infinities.</summary>
    public static (string Heading, Func<ImplementationDiff, long> Count)[] Bins(DiffReport report)
    {
        IEnumerable<(string, Func<ImplementationDiff, long>)> bins =
            from upTo in DiffBin.UpperEnds
            let count = (Func<ImplementationDiff, long>)(one => one.Histogram.Where(bin => bin.UpTo == upTo).Sum(bin => bin.Count))
            where upTo <= 4 || report.Implementations.Any(one => count(one) > 0)
            select (Heading(upTo), count);
        return [.. bins, ("NaN inf", one => one.NonFinite)];
    }

    /// <summary>Where an element is, and what became of it, as two lines.</summary>
    public static (string Place, string Movement) Describe(MovedElement element)
    {
        string index = element.Index is { } position ? Text($"[{position}]") : string.Empty;
        string inputs = element.Logit is null ? string.Empty : $" at logit {element.Logit}, label {element.Label}";
        string distance = element.Ulps is { } ulps ? Text($"{Distance(ulps)} ULP apart") : "NaN or infinite on one side only, or another infinity";
        string bound = element.BoundUlps is { } allowed ? $", where {Standing.FormatUlps(allowed)} ULP are allowed" : string.Empty;
        return (
            $"{element.Output}{index}{inputs}, in {element.TestId}",
            $"from {element.Before}, {Error(element.BeforeError)}, to {element.After}, {Error(element.AfterError)}{bound}; the truth is {element.Truth}; {distance}");
    }

    public static string Describe(TestDiff test) => Text(
        $"{test.Id}: {Count(test.Moved)} moved, {(test.NonFinite > 0 ? Text($"{Count(test.NonFinite)} NaN or infinite") : $"at most {Distance(test.MaxUlps)} ULP")}, {Count(test.Away)} away from the truth{(test.Beyond > 0 ? Text($", {Count(test.Beyond)} beyond the contract") : string.Empty)}");

    public static string Describe(FlagDiff flag) => Text(
        $"{flag.Flag}: {Count(flag.Moved)} moved in {Number(flag.Tests, "test")}, {Count(flag.Away)} away from the truth{(flag.Beyond > 0 ? Text($", {Count(flag.Beyond)} beyond the contract") : string.Empty)}");

    public static string Describe(OutcomeChange change) => $"{(change.IsLost ? "lost" : "otherwise")}: {change.TestId}: {change.Before} before, {change.After} now";

    public static string Describe(ExpectedChange change) =>
        Text($"{change.TestId}: {change.Output}[{change.Index}] was expected to be {change.Before}, and is to be {change.After}");

    public static string Describe(FlagChange change) =>
        $"{change.TestId}: {string.Join(", ", [.. change.Removed.Select(flag => "-" + flag), .. change.Added.Select(flag => "+" + flag)])}";

    public static string Describe(MissingTests missing)
    {
        string of = missing.Implementations.IsEmpty ? " for which nothing is recorded" : $" of {string.Join(", ", missing.Implementations)}";
        return $"{Number(missing.Tests, "test")}{of} {(missing.Appeared ? "appeared" : "vanished")}";
    }

    public static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>A distance; from a million on, its size alone says enough.</summary>
    public static string Distance(ulong ulps) => ulps < 1_000_000 ? ulps.ToString("#,0", CultureInfo.InvariantCulture) : Standing.FormatUlps(ulps);

    /// <summary>What the element that is shown is: the farthest one need not be for the worse.</summary>
    public static string RankOf(MovedElement element) => element.IsBeyond ? "worst" : "moved most";

    // An error that is nearly nothing has no sign.
    private static string Error(double error) =>
        double.IsInfinity(error) ? "no number of ULP off" : $"{Standing.FormatUlps(Math.Abs(error) < 0.005 ? 0 : error)} ULP off";

    private static string Number(long count, string what) => $"{Count(count)} {what}{(count == 1 ? string.Empty : char.IsUpper(what[^1]) ? "S" : "s")}";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
