using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.TestKit;

namespace Conformance.Isolation.Tests;

/// <summary>A worker that cannot be had is a status with a reason, never an exception.</summary>
public sealed class WorkerStartTests
{
    [Fact]
    public async Task Start_NothingToStart_GivesTheReasonOfThePreparation()
    {
        BackendStatus missing = BackendStatus.Unavailable("No Python.", "Install it.");
        await using IsolatedBackend backend = IsolatedRun.Create(null, missing: missing);

        Assert.Same(missing, await StartAsync(backend));
        Assert.Null(backend.WorkerId);
    }

    [Fact]
    public async Task Start_BackendUnavailableInTheWorker_GivesItsReason()
    {
        await using IsolatedRun run = new(MisbehavingBackend.StartsUnavailable);

        BackendStatus status = await run.StartAsync();

        Assert.False(status.IsAvailable);
        Assert.Equal("The runtime is not there.", status.Missing);
        Assert.Equal("Install it.", status.Fix);
        Assert.Null(run.Backend.WorkerId);
    }

    [Fact]
    public async Task Start_MissingExecutable_IsUnavailable()
    {
        string file = Path.Combine(AppContext.BaseDirectory, "no-such-program");
        await using IsolatedBackend backend = IsolatedRun.Create(CommandFor(file));

        AssertUnavailable($"The misbehaving worker could not be started: '{file}' cannot be run (", await StartAsync(backend));
    }

    [Fact]
    public async Task Start_FileThatIsNoProgram_IsUnavailable()
    {
        string file = Path.Combine(AppContext.BaseDirectory, typeof(WorkerStartTests).Assembly.GetName().Name + ".runtimeconfig.json");
        await using IsolatedBackend backend = IsolatedRun.Create(CommandFor(file));

        AssertUnavailable($"The misbehaving worker could not be started: '{file}' cannot be run (", await StartAsync(backend));
    }

    [Fact]
    public async Task Start_ProgramThatIsNoWorker_IsUnavailable()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "echo is a program on Unix only.");
        await using IsolatedBackend backend = IsolatedRun.Create(CommandFor("echo"));

        AssertUnavailable("The misbehaving worker could not be started: the worker ended with exit code 0; its last lines: hello", await StartAsync(backend));
    }

    [Fact]
    public async Task Start_WorkerCrashes_IsUnavailableWithItsLastWords()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Exit by _exit is of Unix.");
        await using IsolatedRun run = new(MisbehavingBackend.StartsCrashing);

        AssertUnavailable(
            "The misbehaving worker could not be started: the worker ended with exit code 4; its last lines: cannot import.", await run.StartAsync());
    }

    [Fact]
    public async Task Start_WorkerHangs_IsUnavailable()
    {
        await using IsolatedRun run = new(MisbehavingBackend.StartsNever, new IsolationLimits { Start = TimeSpan.FromSeconds(2) });

        AssertUnavailable("The misbehaving worker could not be started: the worker did not start within 2 s", await run.StartAsync());
        Assert.Null(run.Backend.WorkerId);
    }

    [Fact]
    public async Task Start_Cancelled_EndsAndLeavesNoWorker()
    {
        await using IsolatedRun run = new(MisbehavingBackend.StartsNever);
        using CancellationTokenSource stop = new();
        Task<BackendStatus> starting = run.Backend.StartAsync(new Progress<string>(), stop.Token);
        int worker = Assert.NotNull(run.Backend.WorkerId);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting);
        Assert.Null(run.Backend.WorkerId);
        Assert.False(RunningProcess.Exists(worker));
    }

    private static WorkerCommand CommandFor(string file) => new(file, ["hello"], ImmutableDictionary<string, string>.Empty);

    private static Task<BackendStatus> StartAsync(IsolatedBackend backend) =>
        backend.StartAsync(new Progress<string>(), TestContext.Current.CancellationToken);

    private static void AssertUnavailable(string missing, BackendStatus status)
    {
        Assert.False(status.IsAvailable);
        Assert.StartsWith(missing, status.Missing, StringComparison.Ordinal);
        Assert.EndsWith(".", status.Missing, StringComparison.Ordinal);
        Assert.Equal("Run 'conformance doctor' to see what was found.", status.Fix);
    }
}
