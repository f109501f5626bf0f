using System.Globalization;
using Conformance.Core.Judging;

namespace Conformance.Golden.Acceptance;

/// <summary>The changes of a file in one line, in numbers.</summary>
internal static class ChangeText
{
    public static string Of(FileAcceptance file)
    {
        string[] parts =
        [
            .. Part(file.Added.Length, "added"),
            .. Part(file.Removed.Length, $"removed ({string.Join(", ", file.Removed)})"),
            .. file.ExpectedAdded.IsEmpty ? Array.Empty<string>() : [$"expected values of {Number(file.ExpectedAdded.Length, "test")} added"],
            .. file.ExpectedChanged.IsEmpty ? Array.Empty<string>() : [$"expected values of {Number(file.ExpectedChanged.Length, "test")} changed"],
            .. file.FlagsChanged.IsEmpty ? Array.Empty<string>() : [$"flags of {Number(file.FlagsChanged.Length, "test")} changed"],
            .. Recorded(file),
        ];
        return parts.Length == 0 ? "flags described otherwise" : string.Join("; ", parts);
    }

    private static string[] Part(int count, string what) => count == 0 ? [] : [$"{Number(count, "test")} {what}"];

    private static IEnumerable<string> Recorded(FileAcceptance file)
    {
        ImplementationAcceptance[] added = [.. file.Implementations.Where(one => one.Added > 0)];
        if (added.Length > 0)
        {
            yield return $"{Number(added.Sum(one => one.Added), "output")} of {Number(added.Length, "implementation")} recorded";
        }

        var unmoved = file.Implementations.Where(one => one.Changed > 0 && one.Moved == 0 && one.Outcomes == 0)
            .GroupBy(Versions);
        foreach (var group in unmoved)
        {
            yield return $"{Number(group.Count(), "implementation")} {group.Key}: no element moved";
        }

        int gradients = file.Implementations.Sum(one => one.Gradients);
        if (gradients > 0)
        {
            yield return $"{Number(gradients, "gradient")} of outputs that had none added";
        }

        foreach (ImplementationAcceptance one in file.Implementations.Where(one => one.Moved > 0 || one.Outcomes > 0))
        {
            string outcomes = one.Outcomes == 0 ? string.Empty : $", {Number(one.Outcomes, "evaluation")} ended otherwise";
            string worst = one.Moved == 0 ? string.Empty
                : $", {one.Towards} towards the truth and {one.Away} away, worst {Standing.FormatUlps(one.WorstUlpsBefore!.Value)} -> {Standing.FormatUlps(one.WorstUlpsAfter!.Value)} ULP";
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{one.Implementation} {Versions(one)}: {one.Moved} of {Number(one.Elements, "element")} of {Number(one.Changed, "test")} moved{worst}{outcomes}");
        }
    }

    private static string Versions(ImplementationAcceptance one) =>
        one.VersionsBefore.SequenceEqual(one.VersionsAfter)
            ? string.Join(", ", one.VersionsAfter)
            : $"{string.Join(", ", one.VersionsBefore)} -> {string.Join(", ", one.VersionsAfter)}";

    private static string Number(long count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? string.Empty : "s")}");
}
