using System.Collections.Concurrent;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Recipes;
using Conformance.Core.Runs;
using Conformance.Core.Suites;
using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Runs;

public sealed class RunProgressTests
{
    private static readonly Draw Draw = Given.Draw(shape: new Shape(1, 1, 8));

    private static readonly DrawPlan Plan = new(
        Draw,
        [new Case(Draw, Layout.ChannelsFirst, Reduction.None), new Case(Draw, Layout.ChannelsLast, Reduction.Sum)],
        AllModes: true,
        ChecksRelations: false);

    [Fact]
    public async Task RunAsync_WhileAWorkerIsSilent_SaysWhichAndAtWhichCaseAndForHowLong()
    {
        ManualTime time = new();
        ConcurrentQueue<RunProgress> reports = [];
        SilentBackend silent = new("silent");
        Task<Run> running = RunAsync(time, reports, new FakeBackend("quick"), silent);
        await silent.Asked.Task;

        silent.Current = silent.Requests[0];
        time.Advance(TimeSpan.FromSeconds(1));
        time.Advance(TimeSpan.FromSeconds(11));
        BackendWait first = Waiting(reports.Last(), "silent");
        silent.Current = silent.Requests[1];
        time.Advance(TimeSpan.FromSeconds(1));
        time.Advance(TimeSpan.FromSeconds(2));
        BackendWait second = Waiting(reports.Last(), "silent");
        silent.Answer.SetResult();
        await running;

        // A case that was seen for the first time a second after the question may have begun that second.
        Assert.Equal(new BackendWait("silent", Plan.Cases[0].Id, TimeSpan.FromSeconds(11)), first);
        Assert.Equal(new BackendWait("silent", Plan.Cases[1].Id, TimeSpan.FromSeconds(2)), second);
        Assert.Empty(reports.Last().Waiting);
    }

    [Fact]
    public async Task RunAsync_WhileABackendThatSaysNothingIsSilent_GivesTheTimeSinceItWasAsked()
    {
        ManualTime time = new();
        ConcurrentQueue<RunProgress> reports = [];
        SilentBackend silent = new("silent");
        Task<Run> running = RunAsync(time, reports, silent);
        await silent.Asked.Task;

        time.Advance(TimeSpan.FromSeconds(4));
        silent.Answer.SetResult();
        await running;

        Assert.Contains(reports, report => report.Waiting is [{ Backend: "silent", CaseId: null, Time.TotalSeconds: 4 }]);
    }

    [Fact]
    public async Task RunAsync_Elements_AreThoseOfEveryEvaluation()
    {
        ConcurrentQueue<RunProgress> reports = [];
        Run run = await RunAsync(new ManualTime(), reports, new FakeBackend("a"), new FakeBackend("b"));

        Assert.Equal((0, 2, 0L, 0L, 32L), Counts(reports.First()));
        Assert.Equal((2, 2, 4L, 32L, 32L), Counts(reports.Last()));
        Assert.Equal(4, run.Summary.Evaluations);

        static (int, int, long, long, long) Counts(RunProgress report) =>
            (report.Cases, report.TotalCases, report.Evaluations, report.Elements, report.TotalElements);
    }

    private static BackendWait Waiting(RunProgress report, string backend) => Assert.Single(report.Waiting, wait => wait.Backend == backend);

    private static Task<Run> RunAsync(ManualTime time, ConcurrentQueue<RunProgress> reports, params IBackend[] backends) =>
        new SuiteRunner([.. backends.Select(backend => (backend, FakeBackend.Available))], () => new NativeTensorArena(), time).RunAsync(
            new RunOptions { Loss = Draw.Loss.Name }, [Plan], 1, [], new Reporter(reports), null, TestContext.Current.CancellationToken);

    private sealed class Reporter(ConcurrentQueue<RunProgress> reports) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => reports.Enqueue(value);
    }

    private sealed class SilentBackend(string name) : IWatchedBackend
    {
        private volatile EvaluationRequest? _current;

        public string Name => name;

        public IReadOnlyList<ImplementationInfo> Implementations { get; } = [Given.Implementation(name + "/loss")];

        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IReadOnlyList<EvaluationRequest> Requests { get; private set; } = [];

        public EvaluationRequest? Current
        {
            get => _current;
            set => _current = value;
        }

        public Task<BackendStatus> StartAsync(IProgress<string> progress, CancellationToken cancellationToken) => Task.FromResult(FakeBackend.Available);

        public async Task<IReadOnlyList<Evaluation>> EvaluateAsync(IReadOnlyList<EvaluationRequest> requests, CancellationToken cancellationToken)
        {
            Requests = requests;
            Asked.SetResult();
            await Answer.Task.WaitAsync(cancellationToken);
            return [.. requests.Select(FakeBackend.Right)];
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
