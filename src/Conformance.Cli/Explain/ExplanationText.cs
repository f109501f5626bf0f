using System.Collections.Immutable;
using System.Globalization;
using Conformance.Core.Judging;
using Conformance.Core.Runs;

namespace Conformance.Cli.Explain;

/// <summary>An explanation for people: the inputs, then loss and gradient with a table each, then what is missing and how to repeat it.</summary>
internal static class ExplanationText
{
    public static void Write(Explanation explanation, TextWriter output)
    {
        WriteInputs(explanation, output);
        foreach (OutputExplanation one in explanation.Outputs)
        {
            output.WriteLine();
            WriteTruth(explanation, one, output);
            if (!one.Standings.IsEmpty)
            {
                WriteStandings(one, output);
                WriteRemarks(one, output);
                WriteAgreement(one, explanation.Tolerance, output);
            }
        }

        output.WriteLine();
        WriteBackends(explanation, output);
        Line(output, $"Repeat: {explanation.Repeat}");
    }

    private static void WriteInputs(Explanation explanation, TextWriter output)
    {
        Line(output, $"{explanation.Loss}, {explanation.DType}: {explanation.Formula}");
        if (explanation.Case is not null)
        {
            Line(output, $"  case        {explanation.Case}");
            if (explanation.Index is { } index)
            {
                Line(output, $"  element     {index} of {explanation.Elements}, in the order in memory");
            }
        }

        Input("logit x", explanation.Logit);
        Input("label z", explanation.Label);
        if (explanation.SmoothedLabel is not null)
        {
            Line(output, $"  smoothed z  {explanation.SmoothedLabel}, with smoothing {explanation.LabelSmoothing}");
        }

        if (explanation.PosWeight is not null)
        {
            Line(output, $"  weight q    {explanation.PosWeight}, of the positive part");
        }

        void Input(string name, Element? value)
        {
            if (value is not null)
            {
                Line(output, $"  {name}     {value}");
            }
        }
    }

    private static void WriteTruth(Explanation explanation, OutputExplanation one, TextWriter output)
    {
        bool isLoss = one.Output == Judge.LossName;
        string heading = explanation.Reduction == "none" ? one.Output
            : isLoss ? string.Create(CultureInfo.InvariantCulture, $"loss, the {explanation.Reduction} of {explanation.Elements} elements")
            : $"gradient of the {explanation.Reduction}";
        string residual = one.Residual is not { } left ? string.Empty
            : string.Create(CultureInfo.InvariantCulture, $", which is {Describe(one, left)}; 1 ULP is {one.Ulp:G3}");
        Line(output, $"{heading}");
        Line(output, $"  truth       {one.Truth}{(isLoss && explanation.Reduction != "none" && one.Residual is not null ? ", to the nearest float64" : string.Empty)}");
        Line(output, $"  rounded     {one.Rounded}{residual}");
    }

    private static string Describe(OutputExplanation one, double residual) =>
        residual == 0 ? "exact"
        : one.Rounded.Decimal is "inf" or "-inf" ? "beyond the largest number"
        : $"{Small(Math.Abs(residual))} ULP too {(residual < 0 ? "high" : "low")}";

    private static void WriteStandings(OutputExplanation one, TextWriter output)
    {
        int width = one.Standings.Select(standing => standing.Value?.Decimal.Length ?? 0).Append(5).Max();
        int bits = one.Rounded.Hex.Length;
        Line(output, $"    {"value".PadRight(width)}  {"bits".PadRight(bits)}  {"error ULP",9}  {"bound ULP",9}  {"ratio",7}  standing           implementation");
        foreach (IGrouping<string, StandingExplanation> formula in one.Standings.GroupBy(standing => standing.Formula))
        {
            Line(output, $"  by {formula.Key}");
            foreach (StandingExplanation standing in formula)
            {
                Line(
                    output,
                    $"    {(standing.Value?.Decimal ?? "-").PadRight(width)}  {(standing.Value?.Hex ?? "-").PadRight(bits)}  {Signed(standing.Error),9}  {Small(standing.Bound),9}  {Small(standing.Ratio),7}  {Verdict(standing),-17}  {standing.Implementation}");
            }
        }
    }

    private static string Verdict(StandingExplanation standing) =>
        standing.Value is null ? "no value"
        : standing.IsCorrectlyRounded is true ? "correctly rounded"
        : standing.IsWithin is true ? "within"
        : standing.Waiver is not null ? "waived"
        : "OUTSIDE";

    private static void WriteRemarks(OutputExplanation one, TextWriter output)
    {
        IGrouping<string, StandingExplanation>[] remarks = [.. one.Standings.Where(standing => standing.Remark is not null).GroupBy(standing => standing.Remark!)];
        if (remarks.Length == 0)
        {
            Line(output, $"  Lost: nothing; every output is correctly rounded or within 1 ULP of the truth.");
            return;
        }

        Line(output, $"  Lost:");
        foreach (IGrouping<string, StandingExplanation> remark in remarks)
        {
            Line(output, $"    {Ids(remark.Select(standing => standing.Implementation))}:");
            Line(output, $"      {remark.Key}.");
        }
    }

    // Outputs of the same value are compared once, and only what isclose does not settle is shown.
    private static void WriteAgreement(OutputExplanation one, Tolerance tolerance, TextWriter output)
    {
        Dictionary<string, Element> values = one.Standings.Where(standing => standing.Value is not null)
            .ToDictionary(standing => standing.Implementation, standing => standing.Value!);
        int total = values.Count * (values.Count - 1) / 2;
        if (total == 0)
        {
            return;
        }

        string counts = string.Join(", ", new[]
        {
            (Count: total - one.Pairs.Length, What: "equal"),
            (Count: CountOf(PairClause.IsClose), What: "close"),
            (Count: CountOf(PairClause.Contracts), What: "not close, with both in their contracts"),
            (Count: CountOf(PairClause.Waived), What: "apart by what is known"),
            (Count: CountOf(PairClause.None), What: "APART"),
        }.Where(count => count.Count > 0).Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Count} {count.What}")));
        Line(output, $"  Agreement of {total} pairs: {counts} (isclose, |a - b| <= {tolerance.Absolute:0.###e0} + {tolerance.Relative:0.###e0}*|b|)");
        foreach (var group in one.Pairs.Where(pair => pair.Clause != PairClause.IsClose).GroupBy(pair => (pair.Clause, Values: Unordered(values[pair.Implementation], values[pair.Other]))))
        {
            PairExplanation first = group.First();
            string others = group.Count() == 1 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $", and {group.Count() - 1} more");
            string clause = group.Key.Clause switch
            {
                PairClause.Contracts => "in contract",
                PairClause.Waived => "known",
                _ => "APART",
            };
            string difference = double.IsFinite(first.Difference)
                ? string.Create(CultureInfo.InvariantCulture, $"differ by {first.Difference:G4}, where isclose allows {first.Allowance:G4}")
                : "are never close";
            Line(output, $"    {clause}: {values[first.Implementation].Decimal} and {values[first.Other].Decimal} {difference} ({first.Implementation} and {first.Other}{others})");
        }

        int CountOf(PairClause clause) => one.Pairs.Count(pair => pair.Clause == clause);

        static (string Low, string High) Unordered(Element one, Element other) =>
            string.CompareOrdinal(one.Hex, other.Hex) < 0 ? (one.Hex, other.Hex) : (other.Hex, one.Hex);
    }

    private static void WriteBackends(Explanation explanation, TextWriter output)
    {
        if (explanation.NotAsked is not null)
        {
            Line(output, $"{explanation.NotAsked}");
        }

        ImmutableArray<BackendReport> available = [.. explanation.Backends.Where(backend => backend.IsAvailable)];
        if (!available.IsEmpty)
        {
            Line(output, $"Backends: {string.Join(", ", available.Select(backend => $"{backend.Name} {backend.Versions.GetValueOrDefault(backend.Name, "unknown")}"))}");
        }

        foreach (BackendReport backend in explanation.Backends.Where(backend => !backend.IsAvailable))
        {
            Line(output, $"{backend.Name} is not available: {backend.Missing} {backend.Fix}");
        }
    }

    // Ids that differ only in their last part are written once.
    private static string Ids(IEnumerable<string> implementations) => string.Join(", ", implementations
        .Select(id => (Stem: id[..(id.LastIndexOf('/') + 1)], Last: id[(id.LastIndexOf('/') + 1)..]))
        .GroupBy(id => id.Stem)
        .Select(group => group.Count() == 1 ? group.Key + group.Single().Last : $"{group.Key}{{{string.Join(", ", group.Select(id => id.Last))}}}"));

    private static string Signed(double? ulps) => ulps is not { } value ? "-" : $"{(value > 0 ? "+" : string.Empty)}{Small(value)}";

    // Two decimals would make nothing of an error that is there.
    private static string Small(double? ulps) => ulps is not { } value ? "-"
        : Math.Abs(value) is > 0 and < 0.01 ? value.ToString("0.0e0", CultureInfo.InvariantCulture)
        : Standing.FormatUlps(value);

    private static void Line(TextWriter output, FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
