using System.Collections.Immutable;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Core.Diffs;
using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Tensors;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Diffs;

/// <summary>Compares what implementations returned on two sides, and says what moved, by how much, and towards or away from the truth.</summary>
/// <param name="before">The earlier side.</param>
/// <param name="after">The later side.</param>
/// <param name="declared">Every implementation there is; the contracts of the later ones decide.</param>
public sealed class VectorDiffer(VectorSet before, VectorSet after, IReadOnlyList<ImplementationInfo> declared)
{
    private readonly Dictionary<string, ImplementationInfo> _declared = declared.ToDictionary(implementation => implementation.Id, StringComparer.Ordinal);

    /// <summary>Compares them.</summary>
    /// <param name="selected">The implementations; empty for each that either side has with itself.</param>
    /// <param name="allowsMissing">Whether tests may be on one side only.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The comparison.</returns>
    /// <exception cref="InvalidInputException">Inputs under one id differ, or a selected implementation is not there.</exception>
    public DiffReport Compare(IReadOnlyCollection<ImplementationPair> selected, bool allowsMissing, CancellationToken cancellationToken)
    {
        ImplementationPair[] pairs = selected.Count > 0
            ? [.. selected.Distinct()]
            : [.. before.Implementations.Union(after.Implementations).Order(StringComparer.Ordinal).Select(id => new ImplementationPair(id, id))];
        CheckSelected(selected);
        Dictionary<(ImplementationPair Pair, DType DType), DiffTally> tallies = [];
        Dictionary<(ImplementationPair Pair, bool Appeared), List<string>> missing = [];
        List<ExpectedChange> expectedChanges = [];
        List<FlagChange> flagChanges = [];
        foreach ((Loss loss, VectorTest test) in before.Tests)
        {
            cancellationToken.ThrowIfCancellationRequested();
            VectorTest? other = after.FindTest(loss, test.Id!);
            if (other is not null)
            {
                CheckInputs(loss, test, other);
                expectedChanges.AddRange(FindExpectedChanges(test, test.Expected?.Loss, other.Expected?.Loss, isGradient: false));
                expectedChanges.AddRange(FindExpectedChanges(test, test.Expected?.Gradient, other.Expected?.Gradient, isGradient: true));
                if (!test.Flags.ToHashSet().SetEquals(other.Flags))
                {
                    flagChanges.Add(new FlagChange(test.Id!, [.. test.Flags.Except(other.Flags)], [.. other.Flags.Except(test.Flags)]));
                }
            }

            Compare(pairs, loss, test, other, tallies, missing);
        }

        foreach ((Loss loss, VectorTest test) in after.Tests)
        {
            foreach (ImplementationPair pair in pairs.Where(pair => after.FindOutput(test, pair.After) is not null))
            {
                if (before.FindTest(loss, test.Id!) is not { } other || before.FindOutput(other, pair.Before) is null)
                {
                    Note(missing, pair, appeared: true, test.Id!);
                }
            }
        }

        return DiffReport.Of(
            before.Name,
            after.Name,
            allowsMissing,
            [.. FindProvenanceChanges(selected)],
            [
                .. from tally in tallies
                   orderby Array.IndexOf(pairs, tally.Key.Pair), DType.All.ToList().IndexOf(tally.Key.DType)
                   select tally.Value.ToReport(),
            ],
            [.. GroupMissing(missing), .. selected.Count > 0 ? [] : FindBareMissing()],
            [.. expectedChanges],
            [.. flagChanges]);
    }

    private static void Note(Dictionary<(ImplementationPair Pair, bool Appeared), List<string>> missing, ImplementationPair pair, bool appeared, string id)
    {
        if (!missing.TryGetValue((pair, appeared), out List<string>? ids))
        {
            missing.Add((pair, appeared), ids = []);
        }

        ids.Add(id);
    }

    // Most often a whole test goes, and with it every implementation.
    private static IEnumerable<MissingTests> GroupMissing(Dictionary<(ImplementationPair Pair, bool Appeared), List<string>> missing) =>
        from entry in missing
        group entry.Key.Appeared ? entry.Key.Pair.After : entry.Key.Pair.Before by (entry.Key.Appeared, Ids: string.Join('\n', entry.Value)) into same
        let ids = same.Key.Ids.Split('\n')
        orderby same.Key.Appeared, ids.Length descending
        select new MissingTests(same.Key.Appeared, [.. same], ids.Length, [.. ids.Take(MissingTests.MaxIds)]);

    private void Compare(
        ImplementationPair[] pairs,
        Loss loss,
        VectorTest test,
        VectorTest? other,
        Dictionary<(ImplementationPair Pair, DType DType), DiffTally> tallies,
        Dictionary<(ImplementationPair Pair, bool Appeared), List<string>> missing)
    {
        TestTruths? truths = null;
        foreach (ImplementationPair pair in pairs)
        {
            if (before.FindOutput(test, pair.Before) is not { } was)
            {
                continue;
            }

            if (other is null || after.FindOutput(other, pair.After) is not { } now)
            {
                Note(missing, pair, appeared: false, test.Id!);
                continue;
            }

            if (was.Error is null && now.Error is null && (was.Gradient is null) != (now.Gradient is null))
            {
                Note(missing, pair, appeared: was.Gradient is null, $"{test.Id} (the gradient)");
            }

            truths ??= new TestTruths(loss, test);
            if (!tallies.TryGetValue((pair, truths.DType), out DiffTally? tally))
            {
                tallies.Add((pair, truths.DType), tally = new DiffTally(pair, truths.DType, _declared.GetValueOrDefault(pair.After)));
            }

            tally.Add(test, truths, other.Expected ?? test.Expected, was, now);
        }
    }

    private void CheckSelected(IEnumerable<ImplementationPair> selected)
    {
        string[] was = [.. before.Implementations];
        string[] now = [.. after.Implementations];
        foreach (ImplementationPair pair in selected)
        {
            bool isSame = pair.Before == pair.After;
            if (!was.Contains(pair.Before) && !(isSame && now.Contains(pair.After)))
            {
                throw NotThere(pair.Before, before, was);
            }

            if (!isSame && !now.Contains(pair.After))
            {
                throw NotThere(pair.After, after, now);
            }
        }
    }

    private static InvalidInputException NotThere(string id, VectorSet side, string[] there) => new(there.Length == 0
        ? $"Nothing is recorded in '{side.Name}', so '{id}' is not either; name a file that 'conformance run --vectors' or 'golden record' wrote."
        : $"Nothing is recorded for '{id}' in '{side.Name}'; compare one or more of {string.Join(", ", there.Order(StringComparer.Ordinal))}.");

    private void CheckInputs(Loss loss, VectorTest test, VectorTest other)
    {
        if (test.FindOtherInput(other) is { } differing)
        {
            throw new InvalidInputException(
                $"The test '{test.Id}' has other {differing} in '{after.PathOf(loss, test.Id!)}' than in '{before.PathOf(loss, test.Id!)}', so that outputs cannot be compared; make both of the same inputs.");
        }
    }

    // What only one side states is no contradiction. Bits, since another zero is another truth; NaN has one value.
    private static IEnumerable<ExpectedChange> FindExpectedChanges(VectorTest test, VectorTensor? was, VectorTensor? now, bool isGradient)
    {
        if (was is null || now is null || was.Bits == now.Bits)
        {
            return [];
        }

        DType dtype = DType.Find(test.DType)!;
        return
            from index in Enumerable.Range(0, Math.Min(was.Bits.Length, now.Bits.Length) / dtype.HexDigits)
            let left = was.BitsAt(dtype, index)
            let right = now.BitsAt(dtype, index)
            where left != right && !(double.IsNaN(dtype.ToDouble(left)) && double.IsNaN(dtype.ToDouble(right)))
            select new ExpectedChange(test.Id!, Judge.NameOf(isGradient), index, Element.Of(dtype, left), Element.Of(dtype, right));
    }

    private IEnumerable<MissingTests> FindBareMissing()
    {
        foreach ((VectorSet side, VectorSet other, bool appeared) in new[] { (before, after, false), (after, before, true) })
        {
            string[] ids = [.. side.Tests.Where(test => test.Test.Recorded.IsEmpty && other.FindTest(test.Loss, test.Test.Id!) is null).Select(test => test.Test.Id!)];
            if (ids.Length > 0)
            {
                yield return new MissingTests(appeared, [], ids.Length, [.. ids.Take(MissingTests.MaxIds)]);
            }
        }
    }

    private IEnumerable<ProvenanceChange> FindProvenanceChanges(IReadOnlyCollection<ImplementationPair> selected)
    {
        IReadOnlyDictionary<string, string> was = before.Provenance;
        IReadOnlyDictionary<string, string> now = after.Provenance;
        IEnumerable<ProvenanceChange> modes = selected.Select(pair => new ProvenanceChange("mode", ModeOf(pair.Before), ModeOf(pair.After)));
        IEnumerable<ProvenanceChange> others = was.Keys.Union(now.Keys).Order(StringComparer.Ordinal)
            .Select(name => new ProvenanceChange(name, was.GetValueOrDefault(name), now.GetValueOrDefault(name)));
        return modes.Distinct().Concat(others).Where(change => change.Before != change.After);
    }

    private string? ModeOf(string id) => _declared.GetValueOrDefault(id)?.Mode;
}
