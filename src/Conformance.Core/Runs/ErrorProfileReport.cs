using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Conformance.Core.Judging;
using Conformance.Core.Tensors;

namespace Conformance.Core.Runs;

/// <summary>
/// The errors of one output of one implementation in one dtype over the logit, and their distribution. The lists from <paramref name="Bins"/>
/// on are columns of one table, whose rows are bins; the strings are bits in hexadecimal, one element after the other.
/// </summary>
/// <param name="Implementation">The implementation.</param>
/// <param name="DType">The dtype's name.</param>
/// <param name="Output">The output's name.</param>
/// <param name="Histogram">Elements by |error|: 0, up to 1/2 ULP, up to 1, up to 2, up to 4, and so on; without the zeros at the end.</param>
/// <param name="Infinite">Elements whose error is no number of ULP.</param>
/// <param name="Bins">The bins of the logit that have elements, as in <see cref="LogitBins"/>; ascending.</param>
/// <param name="Counts">Elements in each.</param>
/// <param name="Logits">The logit of each bin's worst element, the first of equals.</param>
/// <param name="Labels">Its label.</param>
/// <param name="Actuals">The output there.</param>
/// <param name="Truths">The truth there, correctly rounded.</param>
/// <param name="Ulps">How far from the unrounded truth the output is, in ULP and with its sign.</param>
/// <param name="Bounds">How far it may be.</param>
/// <param name="Flags">What else is to be said, as in <see cref="ErrorTraits"/>.</param>
/// <param name="Cases">Its case: the position among the run's cases.</param>
/// <param name="Indices">The element's position in the case.</param>
public sealed record ErrorProfileReport(
    string Implementation,
    [property: JsonPropertyName("dtype")] string DType,
    string Output,
    ImmutableArray<long> Histogram,
    long Infinite,
    ImmutableArray<int> Bins,
    ImmutableArray<long> Counts,
    string Logits,
    string Labels,
    string Actuals,
    string Truths,
    ImmutableArray<float> Ulps,
    ImmutableArray<float> Bounds,
    ImmutableArray<int> Flags,
    ImmutableArray<int> Cases,
    ImmutableArray<int> Indices)
{
    /// <summary>The profile of several parts of a run, whose cases have their positions in the whole run.</summary>
    /// <param name="parts">At least one; of one implementation, dtype and output.</param>
    /// <returns>Counts added up, and of each bin the worst element: of equal errors the one that comes first in the run.</returns>
    public static ErrorProfileReport Merge(IReadOnlyList<ErrorProfileReport> parts)
    {
        ErrorProfileReport first = parts[0];
        if (parts.FirstOrDefault(part => (part.Implementation, part.DType, part.Output) != (first.Implementation, first.DType, first.Output)) is { } other)
        {
            throw new ArgumentException($"{other.Output} of {other.Implementation} in {other.DType} is not {first.Output} of {first.Implementation} in {first.DType}.", nameof(parts));
        }

        int digits = Tensors.DType.Find(first.DType)!.HexDigits;
        (int Bin, long Count, ErrorProfileReport Part, int Row)[] rows =
        [
            .. from part in parts
               from row in Enumerable.Range(0, part.Bins.Length)
               group (Part: part, Row: row) by part.Bins[row] into bin
               orderby bin.Key
               let worst = bin.OrderByDescending(one => Math.Abs(one.Part.Ulps[one.Row])).ThenBy(one => one.Part.Cases[one.Row]).ThenBy(one => one.Part.Indices[one.Row]).First()
               select (bin.Key, bin.Sum(one => one.Part.Counts[one.Row]), worst.Part, worst.Row),
        ];
        return new ErrorProfileReport(
            first.Implementation,
            first.DType,
            first.Output,
            [.. Enumerable.Range(0, parts.Max(part => part.Histogram.Length)).Select(place => parts.Sum(part => place < part.Histogram.Length ? part.Histogram[place] : 0))],
            parts.Sum(part => part.Infinite),
            [.. rows.Select(row => row.Bin)],
            [.. rows.Select(row => row.Count)],
            Bits(part => part.Logits),
            Bits(part => part.Labels),
            Bits(part => part.Actuals),
            Bits(part => part.Truths),
            [.. rows.Select(row => row.Part.Ulps[row.Row])],
            [.. rows.Select(row => row.Part.Bounds[row.Row])],
            [.. rows.Select(row => row.Part.Flags[row.Row])],
            [.. rows.Select(row => row.Part.Cases[row.Row])],
            [.. rows.Select(row => row.Part.Indices[row.Row])]);

        string Bits(Func<ErrorProfileReport, string> column) => string.Concat(rows.Select(row => column(row.Part).Substring(row.Row * digits, digits)));
    }

    /// <summary>The report of a profile.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="positions">The position of each case in the run.</param>
    /// <returns>The report.</returns>
    internal static ErrorProfileReport Of(ErrorProfile profile, IReadOnlyDictionary<string, int> positions)
    {
        (int Bin, long Count, ErrorProfile.Worst Worst)[] bins = [.. profile.Bins];
        ReadOnlySpan<long> histogram = profile.Histogram;
        return new ErrorProfileReport(
            profile.Implementation.Id,
            profile.DType.Name,
            profile.Output,
            [.. histogram[..(histogram.LastIndexOfAnyExcept(0) + 1)]],
            profile.Infinite,
            [.. bins.Select(bin => bin.Bin)],
            [.. bins.Select(bin => bin.Count)],
            Bits(worst => worst.Logit),
            Bits(worst => worst.Label),
            Bits(worst => worst.Actual),
            Bits(worst => worst.Truth),
            [.. bins.Select(bin => bin.Worst.Ulps)],
            [.. bins.Select(bin => bin.Worst.Bound)],
            [.. bins.Select(bin => (int)bin.Worst.Flags)],
            [.. bins.Select(bin => positions[bin.Worst.CaseId])],
            [.. bins.Select(bin => bin.Worst.Index)]);

        string Bits(Func<ErrorProfile.Worst, ulong> element) => string.Concat(bins.Select(bin => profile.DType.ToHex(element(bin.Worst))));
    }
}
