using System.Globalization;
using Conformance.Golden.Verification;

namespace Conformance.Cli;

/// <summary>A verification for people: per implementation what held, then what moved, then the outcome.</summary>
internal static class VerificationText
{
    private const int MaxMovements = 10;

    public static void Write(GoldenVerification verification, TextWriter output)
    {
        foreach (FileVerification file in verification.Files)
        {
            Line(output, $"{file.Path}: {file.Loss}, {file.Tests} tests");
            WriteImplementations(file, output);
            WriteUnrecorded(file, output);
            WriteMovements(file, output);
            output.WriteLine();
        }

        ImplementationVerification[] all = [.. verification.Files.SelectMany(file => file.Implementations)];
        Line(
            output,
            $"{(verification.ExitCode == 0 ? "VERIFIED" : "FAILED")}: {all.Count(one => one.State == VerificationState.Verified)} of {all.Length} recorded implementations compared, rtol {verification.Tolerance.Relative}, atol {verification.Tolerance.Absolute}{(verification.RequiresBits ? ", bits required" : string.Empty)}");
        foreach (string reason in verification.Reasons)
        {
            Line(output, $"  {reason}");
        }
    }

    private static void WriteImplementations(FileVerification file, TextWriter output)
    {
        int width = file.Implementations.Select(one => one.Implementation.Length).DefaultIfEmpty().Max();
        Line(output, $"  {"implementation".PadRight(width)}  {"recorded",-10} {"live",-10} {"tests",5} {"elements",8} {"equal",8} {"moved in bits",13} {"beyond",6} {"max ULP",12}");
        foreach (ImplementationVerification one in file.Implementations)
        {
            string recorded = string.Join(", ", one.RecordedVersions);
            Line(output, one.State == VerificationState.Verified
                ? (FormattableString)$"  {one.Implementation.PadRight(width)}  {recorded,-10} {one.LiveVersion,-10} {one.Tests,5} {one.Elements,8} {one.Equal,8} {one.Close,13} {one.Beyond,6} {one.MaxUlps,12}{(one.Outcomes > 0 ? $"  {one.Outcomes} ended otherwise" : string.Empty)}"
                : $"  {one.Implementation.PadRight(width)}  {recorded,-10} not verified: {one.Message}");
        }

        foreach (var moved in file.Implementations.Where(one => one.VersionMoved)
            .GroupBy(one => $"{one.Implementation.Split('/')[0]} is recorded at {string.Join(", ", one.RecordedVersions)} and is {one.LiveVersion} here"))
        {
            Line(output, $"  Another version: {moved.Key} ({moved.Count()} implementations).");
        }
    }

    private static void WriteUnrecorded(FileVerification file, TextWriter output)
    {
        foreach (UnrecordedImplementation one in file.Unrecorded.Where(one => !one.IsRecordedElsewhere))
        {
            Line(output, $"  Not recorded in any test: {one.Implementation}, which supports {one.Tests}.");
        }

        UnrecordedImplementation[] partly = [.. file.Unrecorded.Where(one => one.IsRecordedElsewhere)];
        if (partly.Length > 0)
        {
            Line(output, $"  Not recorded although supported: {partly.Sum(one => one.Tests)} outputs of {partly.Length} implementations that other tests have.");
        }
    }

    private static void WriteMovements(FileVerification file, TextWriter output)
    {
        int number = 0;
        foreach (Movement movement in file.Movements.Where(movement => movement.IsFailure).Take(MaxMovements))
        {
            Line(output, $"  {++number}. {Describe(movement)}");
            if (movement.Recorded is not null)
            {
                string place = movement.Index is { } index ? string.Create(CultureInfo.InvariantCulture, $"[{index}], logit {movement.Logit}, label {movement.Label}: ") : string.Empty;
                Line(output, $"     {place}recorded {movement.Recorded}, live {movement.Live}, {(movement.Ulps is { } ulps ? (FormattableString)$"{ulps} ULP" : $"not comparable in ULP")}");
            }

            if (movement.TestId is not null)
            {
                Line(output, $"     conformance run --case {movement.TestId}");
            }
        }

        if (file.Failures > MaxMovements)
        {
            Line(output, $"  and {file.Failures - MaxMovements} more");
        }
    }

    private static string Describe(Movement movement)
    {
        string who = movement.Implementation ?? "the generator of inputs";
        string where = movement.TestId is null ? string.Empty : $" on {movement.TestId}";
        FormattableString what = movement.Kind switch
        {
            MovementKind.Input => $"{movement.Output} moved: {movement.Count} elements do not follow from the id{where}",
            MovementKind.Declaration => $"{who} {movement.Message}",
            MovementKind.Outcome => $"{who} ended otherwise{where}: {movement.Message}",
            MovementKind.NonFinite => $"{who}, {movement.Output}: {movement.Count} elements are NaN or infinite in one only{where}",
            MovementKind.Value => $"{who}, {movement.Output}: {movement.Count} elements beyond tolerance{where}",
            _ => $"{who}, {movement.Output}: {movement.Count} elements moved in bits{where}",
        };
        return what.ToString(CultureInfo.InvariantCulture);
    }

    private static void Line(TextWriter output, FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
