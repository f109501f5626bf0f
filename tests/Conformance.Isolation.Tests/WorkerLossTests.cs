using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Conformance.Core.Backends;
using Conformance.TestKit;

namespace Conformance.Isolation.Tests;

/// <summary>What becomes of evaluations whose worker crashes, hangs, or is not wanted any more.</summary>
public sealed partial class WorkerLossTests
{
    private const string NeedsSignals = "Exit by _exit and by signals is of Unix.";

    // Long enough for a slow machine to start a worker's first evaluation, short enough to wait for.
    private static readonly TimeSpan ShortLimit = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData(MisbehavingBackend.Exits3, "the worker ended with exit code 3")]
    [InlineData(MisbehavingBackend.Exits255, "the worker ended with exit code 255")]
    [InlineData(MisbehavingBackend.Segfaults, "the worker was ended by signal 11 (SIGSEGV)")]
    [InlineData(MisbehavingBackend.Killed, "the worker was ended by signal 9 (SIGKILL)")]
    public async Task Evaluate_Crash_SaysHowAndTheRestGoesOn(string entryPoint, string message)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), NeedsSignals);
        await using IsolatedRun run = await IsolatedRun.StartedAsync();
        int? worker = run.Backend.WorkerId;
        EvaluationRequest[] requests = [run.Request(), run.Request(entryPoint), run.Request(), run.Request(dtype: "float64")];

        IReadOnlyList<Evaluation> evaluations = await run.EvaluateAsync(requests);

        Assert.Equal([Outcome.Completed, Outcome.Crash, Outcome.Completed, Outcome.Completed], evaluations.Select(evaluation => evaluation.Outcome));
        Assert.StartsWith(message, evaluations[1].Message, StringComparison.Ordinal);
        Assert.All([0, 2, 3], i => IsolatedRun.AssertRight(requests[i], evaluations[i]));
        Assert.NotEqual(worker, run.Backend.WorkerId);
    }

    [Theory]
    [InlineData(MisbehavingBackend.FailsFast, "failed fast")]
    [InlineData(MisbehavingBackend.Throws, "thrown by the backend")]
    public async Task Evaluate_ManagedCrash_QuotesTheReason(string entryPoint, string reason)
    {
        await using IsolatedRun run = await IsolatedRun.StartedAsync();

        IReadOnlyList<Evaluation> evaluations = await run.EvaluateAsync(entryPoint, MisbehavingBackend.Right);

        Assert.Equal([Outcome.Crash, Outcome.Completed], evaluations.Select(evaluation => evaluation.Outcome));
        Assert.Contains(reason, evaluations[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_CrashAfterManyLines_QuotesTheLastOnes()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), NeedsSignals);
        await using IsolatedRun run = await IsolatedRun.StartedAsync();

        string message = Assert.Single(await run.EvaluateAsync(MisbehavingBackend.ExitsChatty)).Message!;

        Assert.Contains("the last words", message, StringComparison.Ordinal);
        Assert.Contains("to standard output", message, StringComparison.Ordinal);
        Assert.Contains("line 49", message, StringComparison.Ordinal);
        Assert.DoesNotContain("line 9 ", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_CrashLeavesAChildWithTheSamePipes_IsACrashAndEnds()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), NeedsSignals);
        await using IsolatedRun run = await IsolatedRun.StartedAsync();

        IReadOnlyList<Evaluation> evaluations = await run.EvaluateAsync(MisbehavingBackend.DiesWithChild, MisbehavingBackend.Right);

        Assert.Equal([Outcome.Crash, Outcome.Completed], evaluations.Select(evaluation => evaluation.Outcome));
        Assert.StartsWith("the worker ended with exit code 3", evaluations[0].Message, StringComparison.Ordinal);
        await AssertChildEndsAsync(evaluations[0]);
    }

    [Fact]
    public async Task Evaluate_HangWithAChild_EndsTheChildToo()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "sleep is a program on Unix only.");
        await using IsolatedRun run = await IsolatedRun.StartedAsync(new IsolationLimits { Evaluation = ShortLimit });

        Evaluation evaluation = Assert.Single(await run.EvaluateAsync(MisbehavingBackend.HangsWithChild));

        Assert.Equal(Outcome.Timeout, evaluation.Outcome);
        await AssertChildEndsAsync(evaluation);
    }

    [Fact]
    public async Task Evaluate_HangsMoreOftenThanAllowed_GivesThatImplementationUpAndNoOther()
    {
        await using IsolatedRun run = await IsolatedRun.StartedAsync(new IsolationLimits { Evaluation = ShortLimit, Timeouts = 2, Restarts = 0 });
        EvaluationRequest[] requests =
        [
            .. new[] { MisbehavingBackend.Hangs, MisbehavingBackend.Right, MisbehavingBackend.Hangs, MisbehavingBackend.Hangs, MisbehavingBackend.Right, MisbehavingBackend.Hangs }
                .Select(entryPoint => run.Request(entryPoint)),
        ];

        IReadOnlyList<Evaluation> evaluations = await run.EvaluateAsync(requests);
        Evaluation more = Assert.Single(await run.EvaluateAsync(MisbehavingBackend.Hangs));

        Assert.All([0, 2], i => Assert.Equal(
            new Evaluation(Outcome.Timeout, Message: "no result within 5 s; its last lines: entering the kernel"), evaluations[i]));
        Assert.All([evaluations[3], evaluations[5], more], evaluation => Assert.Equal(
            new Evaluation(Outcome.Timeout, Message: "not evaluated: 2 evaluations did not return within 5 s") { IsGivenUp = true }, evaluation));
        Assert.All([1, 4], i => IsolatedRun.AssertRight(requests[i], evaluations[i]));
    }

    [Theory]
    [InlineData(MisbehavingBackend.EatsMemory)]
    [InlineData(MisbehavingBackend.ChildEatsMemory)]
    public async Task Evaluate_TooMuchMemory_IsACrashThatSaysSoAndTheRestGoesOn(string entryPoint)
    {
        Assert.SkipUnless(entryPoint == MisbehavingBackend.EatsMemory || OperatingSystem.IsLinux(), "Children are counted on Linux.");
        await using IsolatedRun run = await IsolatedRun.StartedAsync(new IsolationLimits { Memory = 3L << 29 });

        IReadOnlyList<Evaluation> evaluations = await run.EvaluateAsync(MisbehavingBackend.Right, entryPoint, MisbehavingBackend.Right);

        Assert.Equal([Outcome.Completed, Outcome.Crash, Outcome.Completed], evaluations.Select(evaluation => evaluation.Outcome));
        Assert.StartsWith("the worker used more than 1.5 GiB of memory", evaluations[1].Message, StringComparison.Ordinal);
        if (entryPoint == MisbehavingBackend.ChildEatsMemory)
        {
            await AssertChildEndsAsync(evaluations[1]);
        }
    }

    [Theory]
    [InlineData(MisbehavingBackend.WritesGarbage, "the worker's pipe was written to by something else (A worker frame claims ")]
    [InlineData(MisbehavingBackend.ClosesPipe, "the worker closed its pipe and hung")]
    public async Task Evaluate_PipeIsMeddledWith_IsACrashAndTheRestGoesOn(string entryPoint, string message)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Handles are file descriptors on Unix only.");
        await using IsolatedRun run = await IsolatedRun.StartedAsync();

        IReadOnlyList<Evaluation> evaluations = await run.EvaluateAsync(entryPoint, MisbehavingBackend.Right);

        Assert.Equal([Outcome.Crash, Outcome.Completed], evaluations.Select(evaluation => evaluation.Outcome));
        Assert.StartsWith(message, evaluations[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_Hang_IsATimeoutAndTheRestGoesOn()
    {
        await using IsolatedRun run = await IsolatedRun.StartedAsync(new IsolationLimits { Evaluation = ShortLimit });
        int worker = Assert.NotNull(run.Backend.WorkerId);
        EvaluationRequest[] requests = [run.Request(), run.Request(MisbehavingBackend.Hangs), run.Request()];

        IReadOnlyList<Evaluation> evaluations = await run.EvaluateAsync(requests);

        Assert.Equal(
            new Evaluation(Outcome.Timeout, Message: "no result within 5 s; its last lines: entering the kernel"), evaluations[1]);
        Assert.All([0, 2], i => IsolatedRun.AssertRight(requests[i], evaluations[i]));
        Assert.False(RunningProcess.Exists(worker));
    }

    [Fact]
    public async Task Evaluate_LostMoreOftenThanAllowed_GivesTheRestUp()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), NeedsSignals);
        await using IsolatedRun run = await IsolatedRun.StartedAsync(new IsolationLimits { Restarts = 2 });
        string[] crashes = [.. Enumerable.Repeat(MisbehavingBackend.Exits3, 5)];

        IReadOnlyList<Evaluation> evaluations = await run.EvaluateAsync(crashes);
        IReadOnlyList<Evaluation> more = await run.EvaluateAsync(MisbehavingBackend.Right);

        Assert.All(evaluations, evaluation => Assert.Equal(Outcome.Crash, evaluation.Outcome));
        Assert.All(evaluations.Take(3), evaluation => Assert.StartsWith("the worker ended with exit code 3", evaluation.Message, StringComparison.Ordinal));
        Assert.All(evaluations.Skip(3).Concat(more), evaluation => Assert.Equal(
            new Evaluation(Outcome.Crash, Message: "not evaluated: the worker was lost 3 times") { IsGivenUp = true }, evaluation));
        Assert.Equal(5, evaluations.Count);
        Assert.Single(more);
        Assert.Null(run.Backend.WorkerId);
    }

    [Fact]
    public async Task Evaluate_WorkerCannotStartAgain_IsACrashThatSaysSo()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), NeedsSignals);
        string once = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"));
        await using IsolatedRun run = new(MisbehavingBackend.StartsOnce + once);
        try
        {
            Assert.True((await run.StartAsync()).IsAvailable);

            IReadOnlyList<Evaluation> evaluations = await run.EvaluateAsync(MisbehavingBackend.Exits3, MisbehavingBackend.Right, MisbehavingBackend.Right);

            Assert.All(evaluations, evaluation => Assert.Equal(Outcome.Crash, evaluation.Outcome));
            Assert.Equal(3, evaluations.Count);
            Assert.Equal("The misbehaving worker could not be started: the worker ended with exit code 5.", evaluations[2].Message);
        }
        finally
        {
            File.Delete(once);
        }
    }

    [Fact]
    public async Task Evaluate_CancelledInTheMiddle_EndsAndLeavesNoProcess()
    {
        await using IsolatedRun run = await IsolatedRun.StartedAsync();
        int worker = Assert.NotNull(run.Backend.WorkerId);
        using CancellationTokenSource stop = new();
        Task<IReadOnlyList<Evaluation>> evaluating = run.Backend.EvaluateAsync(
            [run.Request(), run.Request(MisbehavingBackend.Hangs), run.Request()], stop.Token);
        await Task.Delay(200, TestContext.Current.CancellationToken);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => evaluating);
        Assert.False(RunningProcess.Exists(worker));
    }

    [Theory]
    [InlineData(MisbehavingBackend.Right)]
    [InlineData(MisbehavingBackend.Hangs)]
    public async Task Parent_Killed_LeavesNoWorker(string entryPoint)
    {
        using Process parent = Process.Start(new ProcessStartInfo(IsolatedRun.Program, [DoomedParent.Verb, entryPoint]) { RedirectStandardOutput = true })!;
        int worker = int.Parse(
            (await parent.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!, CultureInfo.InvariantCulture);
        Assert.True(RunningProcess.Exists(worker));

        parent.Kill();

        Assert.True(await RunningProcess.DisappearsAsync(worker), "The worker outlived its parent.");
    }

    private static async Task AssertChildEndsAsync(Evaluation evaluation)
    {
        int child = int.Parse(ChildId().Match(evaluation.Message!).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.True(await RunningProcess.DisappearsAsync(child), "The child outlived its worker.");
    }

    [GeneratedRegex(@"child (\d+)\.")]
    private static partial Regex ChildId();
}
