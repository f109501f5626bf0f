using System.Collections.Immutable;
using System.Diagnostics;
using Conformance.Core.Backends;
using Conformance.Core.Judging;
using Conformance.Core.Relations;
using Conformance.Core.Suites;
using Conformance.Core.Tensors;
using Conformance.Core.Waivers;

namespace Conformance.Core.Runs;

/// <summary>
/// Takes draws through all backends and the judge. Memory is bounded by two blocks of draws: one is judged while the next
/// is evaluated.
/// </summary>
/// <param name="backends">The backends, in the order in which earlier ones scale tolerances; started and not yet used.</param>
/// <param name="createArena">Makes the memory in which tensors live.</param>
/// <param name="time">The clock by which progress is reported; null for the system's.</param>
public sealed class SuiteRunner(
    IReadOnlyList<(IBackend Backend, BackendStatus Status)> backends, Func<ITensorArena> createArena, TimeProvider? time = null)
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);

    private const long MaxBlockBytes = 32 << 20;
    private const int MaxBlockCases = 400;

    /// <summary>Runs draws.</summary>
    /// <param name="options">What was asked for; recorded in the run.</param>
    /// <param name="plans">The draws.</param>
    /// <param name="floor">The least number of cases.</param>
    /// <param name="waivers">Known deviations.</param>
    /// <param name="progress">Told after each block, and every second, from one thread at a time.</param>
    /// <param name="observe">Sees each judged case with its outputs while their tensors live; null for nobody.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <param name="shard">The part of the draws to run; null for all.</param>
    /// <returns>The run.</returns>
    public async Task<Run> RunAsync(
        RunOptions options,
        IReadOnlyList<DrawPlan> plans,
        int floor,
        IReadOnlyList<Waiver> waivers,
        IProgress<RunProgress> progress,
        Action<JudgedCase>? observe,
        CancellationToken cancellationToken,
        Shard? shard = null)
    {
        Provenance provenance = ProvenanceProbe.Capture(backends.Select(backend => backend.Status));
        Stopwatch stopwatch = Stopwatch.StartNew();
        DateOnly today = DateOnly.FromDateTime(provenance.Started.UtcDateTime);
        ImmutableArray<WaiverUse> uses = [.. waivers.Select(waiver => new WaiverUse(waiver, today))];
        Session session = new(
            [.. backends.SelectMany(backend => backend.Backend.Implementations)], new Judge(options.Tolerance, uses, options.MaxUlps), options.Tolerance, observe);

        IReadOnlyList<DrawPlan> taken = shard is null ? plans : shard.Of(plans);
        TimeProvider clock = time ?? TimeProvider.System;
        BackendWatch watch = new(clock);
        Lock reporting = new();
        RunProgress done = new(0, taken.Sum(plan => plan.Cases.Length), 0)
        {
            TotalElements = taken.Sum(plan => EvaluationBlock.CountElements(plan, session.Implementations, options.Repeats)),
        };
        Report(done);
        await using ITimer timer = clock.CreateTimer(_ => Report(null), null, ReportInterval, ReportInterval);
        using ITensorArena even = createArena();
        using ITensorArena odd = createArena();
        ITensorArena arena = even;
        EvaluationBlock? running = null;
        Task evaluation = Task.CompletedTask;
        try
        {
            foreach (EvaluationBlock block in Blocks(taken, session.Implementations, options.Repeats, () => arena))
            {
                await evaluation.ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                evaluation = block.EvaluateAsync(backends, watch, cancellationToken);

                // While this block is evaluated the one before it is judged, and the next is drawn into its memory.
                JudgeBlock(running);
                running = block;
                arena = arena == even ? odd : even;
            }
        }
        finally
        {
            // The arenas must outlive every evaluation that writes to them, whatever the judge throws.
            await evaluation.ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
        JudgeBlock(running);
        ShardReport? part = shard is null ? null : ShardReport.Of(shard, plans, floor, waivers);
        return RunOutcome.Decide(session.ToRun(options, provenance, part, backends, part is null ? floor : 0, uses, stopwatch.Elapsed));

        void JudgeBlock(EvaluationBlock? block)
        {
            if (block is not null)
            {
                session.Judge(block);
                Report(done with { Cases = session.CaseCount, Evaluations = session.EvaluationCount, Elements = done.Elements + block.ElementCount });
            }
        }

        void Report(RunProgress? more)
        {
            lock (reporting)
            {
                done = more ?? done;
                progress.Report(done with { Waiting = watch.Look() });
            }
        }
    }

    private static IEnumerable<EvaluationBlock> Blocks(
        IReadOnlyList<DrawPlan> plans, IReadOnlyList<ImplementationInfo> implementations, bool repeats, Func<ITensorArena> currentArena)
    {
        for (int next = 0; next < plans.Count;)
        {
            ITensorArena arena = currentArena();
            arena.Reset();
            EvaluationBlock block = new();
            long bytes = 0;
            do
            {
                block.Add(plans[next], implementations, repeats, arena);
                bytes += plans[next].Cases.Sum(testCase => (long)testCase.InputShape.Count) * plans[next].Draw.DType.Size * implementations.Count;
                next++;
            }
            while (next < plans.Count && bytes < MaxBlockBytes && block.CaseCount < MaxBlockCases);

            yield return block;
        }
    }

    private sealed class Session(
        ImmutableArray<ImplementationInfo> implementations, Judge judge, Tolerance tolerance, Action<JudgedCase>? observe)
    {
        private readonly List<CaseReport> _cases = [];
        private readonly Dictionary<string, HashSet<string>> _recordedVersions = new(StringComparer.Ordinal);
        private readonly RelationTally _relations = new(tolerance);
        private readonly Dictionary<string, SortedDictionary<Verdict, int>> _verdicts =
            implementations.ToDictionary(implementation => implementation.Id, _ => new SortedDictionary<Verdict, int>());

        public ImmutableArray<ImplementationInfo> Implementations => implementations;

        public int CaseCount => _cases.Count;

        public long EvaluationCount { get; private set; }

        private long RecordedCount { get; set; }

        public void Judge(EvaluationBlock block)
        {
            foreach ((DrawPlan plan, List<EvaluationBlock.PreparedCase> cases) in block.Draws)
            {
                DrawResults results = new(plan.Draw);
                foreach (EvaluationBlock.PreparedCase prepared in cases)
                {
                    IReadOnlyList<CaseOutput> outputs = block.OutputsOf(prepared);
                    IReadOnlyList<Verdict> verdicts = judge.JudgeCase(prepared.Case, prepared.Logits, prepared.Labels, outputs);
                    Record(plan, prepared.Case, outputs, verdicts);
                    observe?.Invoke(new JudgedCase(prepared.Case, prepared.Logits, prepared.Labels, outputs));

                    // A relation is about evaluations of one day on one machine.
                    foreach (CaseOutput output in outputs.Where(output => output.Implementation.RelationRoles != RelationRoles.None && output.Evaluation.Recorded is null))
                    {
                        results.Add(prepared.Case, output);
                    }
                }

                if (plan.ChecksRelations)
                {
                    _relations.Add(results);
                }
            }

            EvaluationCount += block.EvaluationCount;
            RecordedCount += block.RecordedCount;
        }

        public Run ToRun(
            RunOptions options,
            Provenance provenance,
            ShardReport? shard,
            IReadOnlyList<(IBackend Backend, BackendStatus Status)> backends,
            int floor,
            ImmutableArray<WaiverUse> waivers,
            TimeSpan elapsed)
        {
            RunOrder order = new(implementations.Select(implementation => implementation.Id));
            Dictionary<string, int> positions = _cases.Index().ToDictionary(entry => entry.Item.Id, entry => entry.Index, StringComparer.Ordinal);
            return new Run
            {
                Summary = new RunSummary(
                    0, [], _cases.Count, floor, EvaluationCount, judge.FindingCount, Math.Round(elapsed.TotalSeconds, 3), RecordedCount),
                Provenance = provenance,
                Options = options,
                Shard = shard,
                Backends = [.. backends.Select(backend => BackendReport.Of(backend.Backend.Name, backend.Status))],
                Implementations =
                [
                    .. implementations.Select(implementation => new ImplementationReport(
                        implementation.Id,
                        implementation.Mode,
                        implementation.ShortName,
                        implementation.RelationColumn,
                        implementation.Formula,
                        [.. implementation.Contracts.Select(ContractReport.Of)],
                        _verdicts[implementation.Id].ToImmutableSortedDictionary(),
                        _recordedVersions.TryGetValue(implementation.Id, out HashSet<string>? versions) ? ImplementationReport.JoinVersions(versions) : null)),
                ],
                Relations = order.Sort(_relations.Reports),
                Accuracy = order.Sort(judge.Tallies.Select(AccuracyReport.Of)),
                Profiles = order.Sort(judge.Profiles.Where(profile => profile.Bins.Any()).Select(profile => ErrorProfileReport.Of(profile, positions))),
                Slack = [],
                Agreement = order.Sort(judge.Pairs.Select(PairReport.Of)),
                Waivers = [.. waivers.Select(WaiverReport.Of)],
                Findings = [.. judge.Findings],
                Cases = [.. _cases],
            };
        }

        private void Record(DrawPlan plan, Cases.Case testCase, IReadOnlyList<CaseOutput> outputs, IReadOnlyList<Verdict> verdicts)
        {
            SortedDictionary<Verdict, List<string>> byVerdict = [];
            SortedDictionary<string, string>? messages = null;
            for (int i = 0; i < outputs.Count; i++)
            {
                Add(outputs[i].Implementation.Id, verdicts[i]);
                if (outputs[i].Evaluation.Recorded is { } version)
                {
                    if (!_recordedVersions.TryGetValue(outputs[i].Implementation.Id, out HashSet<string>? versions))
                    {
                        _recordedVersions.Add(outputs[i].Implementation.Id, versions = new HashSet<string>(StringComparer.Ordinal));
                    }

                    versions.Add(version);
                }

                if (outputs[i].Evaluation is { Message: { } message, Outcome: Outcome.Crash or Outcome.Error or Outcome.Timeout })
                {
                    (messages ??= new SortedDictionary<string, string>(StringComparer.Ordinal)).Add(outputs[i].Implementation.Id, message);
                }
            }

            foreach (ImplementationInfo implementation in implementations)
            {
                if (plan.Asks(implementation, testCase) && !implementation.Supports(testCase))
                {
                    Add(implementation.Id, Verdict.Unsupported);
                }
            }

            _cases.Add(new CaseReport(
                testCase.Id,
                byVerdict.ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value.ToImmutableArray()),
                messages?.ToImmutableSortedDictionary(StringComparer.Ordinal)));

            void Add(string implementation, Verdict verdict)
            {
                Count(implementation, verdict);
                if (!byVerdict.TryGetValue(verdict, out List<string>? list))
                {
                    byVerdict.Add(verdict, list = []);
                }

                list.Add(implementation);
            }
        }

        private void Count(string implementation, Verdict verdict) =>
            _verdicts[implementation][verdict] = _verdicts[implementation].GetValueOrDefault(verdict) + 1;
    }
}
