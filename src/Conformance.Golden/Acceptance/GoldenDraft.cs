using System.Collections.Immutable;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Core.Losses;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Acceptance;

/// <summary>One golden file while candidates change it.</summary>
internal sealed class GoldenDraft
{
    private readonly VectorFile? _before;
    private readonly List<VectorTest> _tests;
    private readonly Loss _loss;
    private readonly HashSet<string> _added = new(StringComparer.Ordinal);
    private readonly List<string> _removed = [];
    private readonly List<string> _expectedAdded = [];
    private readonly List<string> _expectedChanged = [];
    private readonly List<string> _flagsChanged = [];
    private readonly SortedDictionary<string, RecordedChanges> _recorded = new(StringComparer.Ordinal);
    private VectorSource? _source;
    private ImmutableSortedDictionary<string, VectorFlag> _flags;
    private ImmutableSortedDictionary<string, string> _provenance = ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal);

    /// <param name="path">The path below the golden folder.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="before">The file; null where there is none.</param>
    public GoldenDraft(string path, string loss, VectorFile? before)
    {
        Path = path;
        _loss = Loss.Find(loss)!;
        _before = before;
        _tests = [.. before?.Tests ?? []];
        _source = before?.Source;
        _flags = before?.Flags ?? ImmutableSortedDictionary<string, VectorFlag>.Empty;
    }

    public string Path { get; }

    public string LossName => _loss.Name;

    public VectorTest? Find(string id) => _tests.Find(test => test.Id == id);

    /// <summary>Notes a candidate of which at least one test goes in here.</summary>
    public void Begin(AcceptanceCandidate candidate)
    {
        _source ??= candidate.File.Source;
        _flags = _flags.SetItems(candidate.File.Flags);
        _provenance = _provenance.SetItems(candidate.File.Provenance);
    }

    /// <summary>Takes a test of a candidate.</summary>
    /// <param name="given">The test, whose inputs are those of the test of that id here.</param>
    /// <param name="declared">Every implementation there is, by id.</param>
    /// <param name="keepsVersions">Whether what another version returned stays.</param>
    /// <param name="regressions">Receives looser verdicts.</param>
    public void Take(
        VectorTest given,
        IReadOnlyDictionary<string, ImplementationInfo> declared,
        bool keepsVersions,
        List<Regression> regressions)
    {
        int index = _tests.FindIndex(test => test.Id == given.Id);
        if (index < 0)
        {
            _added.Add(given.Id!);
            index = _tests.Count;
            _tests.Add(given with { Recorded = ImmutableSortedDictionary<string, RecordedOutput>.Empty });
        }

        VectorTest test = _tests[index];
        if (given.Expected is { } expected && !_added.Contains(given.Id!))
        {
            test = TakeExpected(test, expected);
        }

        // A test without flags has nothing to say about them.
        if (!given.Flags.IsEmpty && !test.Flags.SequenceEqual(given.Flags))
        {
            _flagsChanged.Add(given.Id!);
            test = test with { Flags = given.Flags };
        }

        TestTruths truths = new(_loss, test);
        foreach ((string key, RecordedOutput output) in given.Recorded)
        {
            test = TakeRecorded(test, truths, declared[RecordedOutput.Split(key).Implementation], key, output, keepsVersions, regressions);
        }

        _tests[index] = test;
    }

    /// <summary>Takes a test away.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="regressions">Receives what was recorded with it, since a verdict that is gone cannot fail any more.</param>
    public void Remove(string id, List<Regression> regressions)
    {
        _tests.RemoveAll(test => test.Id == id);
        _removed.Add(id);
        foreach ((string key, RecordedOutput output) in _before?.Tests.FirstOrDefault(test => test.Id == id)?.Recorded ?? ImmutableSortedDictionary<string, RecordedOutput>.Empty)
        {
            regressions.Add(new Regression
            {
                Kind = RegressionKind.Removed,
                TestId = id,
                Implementation = key,
                Message = $"was recorded with {output.Version}, and goes with the test",
            });
        }
    }

    /// <summary>What changed; null where nothing did.</summary>
    public FileAcceptance? ToReport()
    {
        VectorFile after = ToFile();
        if (_before is not null && ToBytes(_before).AsSpan().SequenceEqual(ToBytes(after)))
        {
            return null;
        }

        FileAcceptance report = new()
        {
            Path = Path,
            IsNew = _before is null,
            Tests = after.Count,
            Added = [.. _tests.Select(test => test.Id!).Where(_added.Contains)],
            Removed = [.. _removed],
            ExpectedAdded = [.. _expectedAdded],
            ExpectedChanged = [.. _expectedChanged],
            FlagsChanged = [.. _flagsChanged],
            Implementations = [.. _recorded.Values.Select(changes => changes.ToReport())],
            Changes = string.Empty,
        };
        return report with { Changes = ChangeText.Of(report) };
    }

    /// <summary>The new file with the act in its history, as bytes that were read back; null where no test is left.</summary>
    public byte[]? ToContent(string reason, DateOnly date, string changes)
    {
        if (_tests.Count == 0)
        {
            return null;
        }

        VectorFile file = ToFile();
        string today = date.ToString("yyyy-MM-dd", null);
        VectorAct act = new()
        {
            // A clock that goes slow does not turn the order of what happened.
            Date = file.History.Length > 0 && string.CompareOrdinal(file.History[^1].Date, today) > 0 ? file.History[^1].Date : today,
            Reason = reason,
            Changes = changes,
            Provenance = _provenance,
        };
        byte[] content = ToBytes(file with { Provenance = file.Provenance.SetItems(_provenance), History = file.History.Add(act) });
        VectorFile.Parse(content, Path);
        return content;
    }

    private static byte[] ToBytes(VectorFile file)
    {
        using MemoryStream stream = new();
        file.Write(stream);
        return stream.ToArray();
    }

    private static bool AreSame(VectorTensor? left, VectorTensor? right) => left?.Bits == right?.Bits;

    private static bool AreSame(RecordedOutput left, RecordedOutput right) =>
        left.Version == right.Version && left.Error == right.Error && AreSame(left.Loss, right.Loss) && AreSame(left.Gradient, right.Gradient);

    private VectorFile ToFile()
    {
        HashSet<string> used = [.. _tests.SelectMany(test => test.Flags)];
        VectorFile file = _before ?? new VectorFile { Format = VectorFile.CurrentFormat, Loss = LossName, Count = 0, Tests = [] };
        return file with
        {
            Source = _source,
            Flags = _flags.RemoveRange(_flags.Keys.Where(name => !used.Contains(name))),
            Count = _tests.Count,
            Tests = [.. _tests],
        };
    }

    private VectorTest TakeExpected(VectorTest test, VectorOutputs expected)
    {
        VectorOutputs? before = test.Expected;
        VectorOutputs after = before is null ? expected : new VectorOutputs { Loss = expected.Loss, Gradient = expected.Gradient ?? before.Gradient };
        if (before is null || (before.Gradient is null && after.Gradient is not null))
        {
            _expectedAdded.Add(test.Id!);
        }
        else if (!AreSame(before.Loss, after.Loss) || !AreSame(before.Gradient, after.Gradient))
        {
            _expectedChanged.Add(test.Id!);
        }

        return test with { Expected = after };
    }

    private VectorTest TakeRecorded(
        VectorTest test,
        TestTruths truths,
        ImplementationInfo implementation,
        string key,
        RecordedOutput output,
        bool keepsVersions,
        List<Regression> regressions)
    {
        RecordedOutput? main = test.Recorded.GetValueOrDefault(implementation.Id);
        string further = RecordedOutput.KeyOf(implementation.Id, output.Version);
        bool isFurther = main is not null && main.Version != output.Version && (keepsVersions || key != implementation.Id);
        string target = isFurther || (main is null && key != implementation.Id) ? further : implementation.Id;
        RecordedOutput? before = test.Recorded.GetValueOrDefault(target) ?? main;
        if (test.Recorded.TryGetValue(target, out RecordedOutput? there) && AreSame(there, output))
        {
            return test;
        }

        if (!_recorded.TryGetValue(target, out RecordedChanges? changes))
        {
            _recorded.Add(target, changes = new RecordedChanges(target, implementation));
        }

        changes.Add(test.Id!, truths, before, output, regressions);
        ImmutableSortedDictionary<string, RecordedOutput> recorded = test.Recorded.SetItem(target, output);

        // One version stands once.
        return test with { Recorded = target == implementation.Id ? recorded.Remove(further) : recorded };
    }
}
