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
            string element = explanation.Index is { } index ? string.Create(CultureInfo.InvariantCulture, $", element {index} of {explanation.Elements}")
                : string.Create(CultureInfo.InvariantCulture, $", the {explanation.Reduction} of {explanation.Elements} elements");
            Line(output, $"  {explanation.Case}{element}");
        }

        (string Name, string? Value)[] inputs =
        [
            ("logit x", explanation.Logit?.ToString()),
            ("label z", explanation.Label?.ToString()),
            ("smoothed z", explanation.SmoothedLabel is { } smoothed ? string.Create(CultureInfo.InvariantCulture, $"{smoothed}, smoothing {explanation.LabelSmoothing}") : null),
            ("weight q", explanation.PosWeight is { } weight ? string.Create(CultureInfo.InvariantCulture, $"{weight}, of the positive part") : null),
        ];
        foreach ((string name, string? value) in inputs.Where(input => input.Value is not null))
        {
            Line(output, $"  {name,-10}  {value}");
        }
    }

    private static void WriteTruth(Explanation explanation, OutputExplanation one, TextWriter output)
    {
        bool isReduced = one.Output == Judge.LossName && explanation.Reduction != "none";
        Line(output, $"{(isReduced ? $"{explanation.Reduction} of the losses" : one.Output)}");
        Line(output, $"  truth       {one.Truth}");
        Line(output, $"  rounded     {one.Rounded}, the truth is {Signed(one.Residual)} ULP from it; an ULP is {one.Ulp:0.0###e0}");
    }

    private static void WriteStandings(OutputExplanation one, TextWriter output)
    {
        int width = one.Standings.Select(standing => standing.Value?.Decimal.Length ?? 0).Append(5).Max();
        int bits = one.Rounded.Hex.Length;
        Line(output, $"  {"value".PadRight(width)}  {"bits".PadRight(bits)}  {"error ULP",10}  {"bound ULP",10}  {"ratio",8}  standing           implementation");
        foreach (IGrouping<string, StandingExplanation> formula in one.Standings.GroupBy(standing => standing.Formula))
        {
            Line(output, $"  by {formula.Key}");
            foreach (StandingExplanation standing in formula)
            {
                string verdict = standing.Value is null ? "no value" : standing.IsCorrectlyRounded is true ? "correctly rounded" : standing.IsWithin is true ? "within" : "OUTSIDE";
                Line(
                    output,
                    $"  {(standing.Value?.Decimal ?? "-").PadRight(width)}  {(standing.Value?.Hex ?? "-").PadRight(bits)}  {Signed(standing.Error),10}  {Ulps(standing.Bound),10}  {Ulps(standing.Ratio),8}  {verdict,-17}  {standing.Implementation}");
            }
        }
    }

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
            Line(output, $"    {string.Join(", ", remark.Select(standing => standing.Implementation))}:");
            Line(output, $"      {remark.Key}.");
        }
    }

    // Outputs of the same bits are compared once, and only what isclose does not settle is shown.
    private static void WriteAgreement(OutputExplanation one, Tolerance tolerance, TextWriter output)
    {
        string clause = string.Create(CultureInfo.InvariantCulture, $"isclose, |a - b| <= {tolerance.Absolute:0.###e0} + {tolerance.Relative:0.###e0}*|b|");
        PairExplanation[] open = [.. one.Pairs.Where(pair => pair.Clause != PairClause.IsClose)];
        if (open.Length == 0)
        {
            Line(output, $"  Agreement: every pair is {(one.Pairs.IsEmpty ? "equal" : "equal or close")} ({clause}).");
            return;
        }

        Dictionary<string, string> values = one.Standings.Where(standing => standing.Value is not null)
            .ToDictionary(standing => standing.Implementation, standing => standing.Value!.Decimal);
        Line(output, $"  Agreement: {one.Pairs.Length - open.Length} unequal pairs are close ({clause}), {open.Length} are not:");
        foreach (var group in open.GroupBy(pair => (A: values[pair.Implementation], B: values[pair.Other], pair.Clause)))
        {
            PairExplanation widest = group.MaxBy(pair => pair.Bounds)!;
            string decides = group.Key.Clause == PairClause.Contracts
                ? string.Create(CultureInfo.InvariantCulture, $"the two contracts allow {widest.Bounds:0.0##e0}: they agree")
                : string.Create(CultureInfo.InvariantCulture, $"the two contracts allow {widest.Bounds:0.0##e0}: they DISAGREE");
            string pairs = group.Count() == 1 ? $"{widest.Implementation} and {widest.Other}" : string.Create(CultureInfo.InvariantCulture, $"{group.Count()} pairs, as {widest.Implementation} and {widest.Other}");
            Line(output, $"    {group.Key.A} and {group.Key.B}: |a - b| {widest.Difference:0.0##e0}, isclose allows {widest.Allowance:0.0##e0}, {decides} ({pairs})");
        }
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

    private static string Signed(double? ulps) => ulps is not { } value ? "-" : $"{(value > 0 ? "+" : string.Empty)}{Standing.FormatUlps(value)}";

    private static string Ulps(double? ulps) => ulps is { } value ? Standing.FormatUlps(value) : "-";

    private static void Line(TextWriter output, FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
