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
            Line(output, $"  Expected: {Number(file.Expected.Tests, "test")}, {Number(file.Expected.Elements, "element")} derived again by the oracle, {file.Expected.Moved} moved");
            WriteImplementations(file, output);
            WriteUnrecorded(file, output);
            WriteMovements(file, output);
            output.WriteLine();
        }

        ImplementationVerification[] all = [.. verification.Files.SelectMany(file => file.Implementations)];
        Line(
            output,
            $"{(verification.ExitCode == 0 ? "VERIFIED" : "FAILED")}: {all.Count(one => one.State == VerificationState.Verified)} of {all.Length} recorded implementations compared, rtol {verification.Tolerance.Relative:0.###e-0}, atol {verification.Tolerance.Absolute:0.###e-0}{(verification.RequiresBits ? ", bits required" : string.Empty)}");
        foreach (string reason in verification.Reasons)
        {
            Line(output, $"  {reason}");
        }
    }

    private static void WriteImplementations(FileVerification file, TextWriter output)
    {
        if (file.Implementations.IsEmpty)
        {
            return;
        }

        int width = file.Implementations.Max(one => one.Implementation.Length);
        Line(output, $"  {"implementation".PadRight(width)}  {"recorded",-10} {"live",-10} {"tests",5} {"elements",8} {"equal",8} {"moved in bits",13} {"beyond",6} {"max ULP",12}");
        foreach (ImplementationVerification one in file.Implementations.Where(one => one.State == VerificationState.Verified))
        {
            string recorded = string.Join(", ", one.RecordedVersions);
            string outcomes = one.Outcomes > 0 ? string.Create(CultureInfo.InvariantCulture, $"  {one.Outcomes} ended otherwise") : string.Empty;
            Line(output, $"  {one.Implementation.PadRight(width)}  {recorded,-10} {one.LiveVersion,-10} {one.Tests,5} {one.Elements,8} {one.Equal,8} {one.Close,13} {one.Beyond,6} {one.MaxUlps,12}{outcomes}");
        }

        foreach (var group in file.Implementations.Where(one => one.State != VerificationState.Verified)
            .GroupBy(one => (Backend: BackendOf(one), one.Message)))
        {
            Line(output, $"  Not verified: {Number(group.Count(), "implementation")} of {group.Key.Backend}: {group.Key.Message}");
        }

        foreach (var moved in file.Implementations.Where(one => one.VersionMoved)
            .GroupBy(one => $"{BackendOf(one)} is recorded at {string.Join(", ", one.RecordedVersions)} and is {one.LiveVersion} here"))
        {
            long within = moved.Sum(one => one.WithinContract);
            string further = within > 0 ? string.Create(CultureInfo.InvariantCulture, $", {within} further and within the contract of the truth") : string.Empty;
            Line(output, $"  Another version: {moved.Key} ({Number(moved.Count(), "implementation")}): {Number(moved.Sum(one => one.Close), "element")} moved in bits{further}, {moved.Sum(one => one.Beyond)} beyond, max {moved.Max(one => one.MaxUlps)} ULP.");
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
                (string before, string now) = movement.Kind is MovementKind.Input or MovementKind.Expected ? ("in the file", "derived") : ("recorded", "live");
                Line(output, $"     {place}{before} {movement.Recorded}, {now} {movement.Live}, {(movement.Ulps is { } ulps ? (FormattableString)$"{ulps} ULP" : $"not comparable in ULP")}");
            }

            if (movement.TestId is not null)
            {
                bool isRun = movement.Kind is not (MovementKind.Input or MovementKind.Expected) && movement.TestId.StartsWith(file.Loss + "/", StringComparison.Ordinal);
                Line(output, $"     {(isRun ? "conformance run --case" : "test")} {movement.TestId}");
            }
        }

        if (file.Failures > MaxMovements)
        {
            Line(output, $"  and {file.Failures - MaxMovements} more");
        }
    }

    private static string Describe(Movement movement)
    {
        string elements = Number(movement.Count, "element");
        return movement.Kind switch
        {
            MovementKind.Input => $"{movement.Output}: {elements} not as the id has them",
            MovementKind.Expected => $"expected {movement.Output}: {elements} not as the oracle derives them",
            MovementKind.Declaration => $"{movement.Implementation} {movement.Message}",
            MovementKind.Outcome => $"{movement.Implementation} ended otherwise: {movement.Message}",
            MovementKind.NonFinite => $"{movement.Implementation}, {movement.Output}: {elements} NaN or infinite in one of the two only",
            MovementKind.Value => $"{movement.Implementation}, {movement.Output}: {elements} beyond tolerance",
            MovementKind.WithinContract => $"{movement.Implementation}, {movement.Output}: {elements} moved within the contract of the truth",
            _ => $"{movement.Implementation}, {movement.Output}: {elements} moved in bits",
        };
    }

    private static string BackendOf(ImplementationVerification one) => one.Implementation.Split('/')[0];

    private static string Number(long count, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? string.Empty : "s")}");

    private static void Line(TextWriter output, FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
