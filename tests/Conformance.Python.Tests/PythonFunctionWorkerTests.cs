using System.Diagnostics;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.TestKit;

namespace Conformance.Python.Tests;

/// <summary>Which interpreter evaluates a function, and how one says that it cannot.</summary>
public sealed class PythonFunctionWorkerTests
{
    private static readonly PythonFunction Loss = PythonFunction.Parse(Path.Combine(PythonFunctionRun.FolderOfFunctions, "stable.py:loss"), "--python");
    private static readonly string Folder = PythonFunctionRun.FolderOfFunctions;

    [Fact]
    public void Locate_NothingGiven_IsTheActiveEnvironmentOrTheInterpreterOnPath()
    {
        string onPath = OperatingSystem.IsWindows() ? "python" : "python3";

        Assert.Equal(PythonEnvironment.InterpreterOf("active"), PythonFunctionWorker.Locate(null, "active", out string active));
        Assert.Equal("VIRTUAL_ENV is 'active', which", active);
        Assert.Equal(onPath, PythonFunctionWorker.Locate(string.Empty, null, out string given));
        Assert.Equal($"The interpreter '{onPath}' on PATH", given);
    }

    [Fact]
    public void Locate_NameWithoutSeparator_IsLookedUpOnPath() => Assert.Equal("python3.12", PythonFunctionWorker.Locate("python3.12", "active", out _));

    [Fact]
    public void Locate_FolderWithoutInterpreter_SaysWhatToName() => Assert.Equal(
        $"--python-env is '{Folder}', a folder without '{PythonEnvironment.InterpreterOf(string.Empty)}'; name the folder of a virtual environment, or an interpreter.",
        Assert.Throws<InvalidInputException>(() => PythonFunctionWorker.Locate(Folder, null, out _)).Message);

    [Fact]
    public void Locate_MissingPath_SaysWhatToName() => Assert.Equal(
        "--python-env is 'no/such/python', which is not there; name the folder of a virtual environment, or an interpreter.",
        Assert.Throws<InvalidInputException>(() => PythonFunctionWorker.Locate("no/such/python", null, out _)).Message);

    [Fact]
    public async Task Find_InterpreterThatIsTooOld_SaysWhichIsNeeded()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), FakePython.NeedsShell);
        using FakePython python = new();
        python.Answer(FakePython.Genuine with { Version = new Version(3, 8), FullVersion = "3.8.20" });

        InvalidInputException exception = await Assert.ThrowsAsync<InvalidInputException>(() => FindAsync(python.Executable));

        Assert.Equal(
            $"--python-env is '{python.Executable}', which cannot be used: it is Python 3.8.20, and 3.9 or later is needed; name the folder of a virtual environment, or an interpreter, with --python-env.",
            exception.Message);
    }

    [Fact]
    public async Task Find_NoInterpreter_SaysWhatToName()
    {
        InvalidInputException exception = await Assert.ThrowsAsync<InvalidInputException>(() => FindAsync(Loss.Module));

        Assert.StartsWith($"--python-env is '{Loss.Module}', which cannot be used: it cannot be started (", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_OldestPython_IsTaken()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), FakePython.NeedsShell);
        using FakePython python = new();
        python.Answer(FakePython.Genuine with { Version = new Version(3, 9), FullVersion = "3.9.0", Implementation = "pypy", LibraryCandidates = [] });

        PythonFunctionWorker worker = await FindAsync(python.Executable);

        Assert.Equal(python.Executable, worker.Installation.Executable);
        Assert.Equal(["-u", Path.Combine(Folder, "conformance_worker.py"), "--gradient", Loss.ToString(), "--limit", "1.5", Loss.ToString()], worker.Arguments);
    }

    [Theory]
    [InlineData("stable.py:lose", "has no 'lose'; it has elementwise, gradient, loss.", "Name one of its functions after the colon.")]
    [InlineData("stable.py:not_a_function", "is an int, which cannot be called; it has elementwise, gradient, loss.", "Name one of its functions after the colon.")]
    [InlineData(
        "imports_missing.py:loss",
        "cannot be imported: ModuleNotFoundError: No module named 'a_package_that_nobody_has' (imports_missing.py:1).",
        "Install what it needs in the environment of ")]
    public async Task Start_FunctionThatCannotBeHad_SaysWhyAndWhatToDo(string loss, string missing, string fix)
    {
        await using PythonFunctionRun run = await PythonFunctionRun.CreateAsync(loss);

        BackendStatus status = await run.StartAsync();

        Assert.False(status.IsAvailable);
        Assert.EndsWith(missing, status.Missing, StringComparison.Ordinal);
        Assert.StartsWith(fix, status.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_GradientThatCannotBeHad_SaysWhy()
    {
        await using PythonFunctionRun run = await PythonFunctionRun.CreateAsync("stable.py:loss", "stable.py:slope");

        Assert.EndsWith("has no 'slope'; it has elementwise, gradient, loss.", (await run.StartAsync()).Missing, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TakesReduction_ModuleThatLeavesAProcessRunning_IsAnsweredAndTheProcessEnded()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no process groups.");
        PythonFunctionWorker worker = await FindFunctionAsync("leaves_a_process.py:loss");

        Assert.False(await worker.TakesReductionAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken));

        int[] left = [.. Process.GetProcessesByName("python3").Concat(Process.GetProcessesByName("python")).Where(IsLeft).Select(process => process.Id)];
        Assert.All(left, process => Assert.False(RunningProcess.Exists(process)));

        static bool IsLeft(Process process) => OperatingSystem.IsLinux() && File.ReadAllText($"/proc/{process.Id}/cmdline").Contains("time.sleep(47.25)", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("answers_by_itself.py:loss", "gave no answer: Python ended with exit code 0 (no message); mend it.")]
    [InlineData("exits_at_import.py:loss", "gave no answer: Python ended with exit code 4 (cannot go on); mend it.")]
    public async Task TakesReduction_ModuleThatSpoilsTheAnswer_IsAMistake(string loss, string message)
    {
        PythonFunctionWorker worker = await FindFunctionAsync(loss);

        InvalidInputException exception = await Assert.ThrowsAsync<InvalidInputException>(
            () => worker.TakesReductionAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken));

        Assert.EndsWith(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ImportThatExits_GivesItsLastWords()
    {
        await using PythonFunctionRun run = await PythonFunctionRun.CreateAsync("exits_at_import.py:loss");

        BackendStatus status = await run.StartAsync();

        Assert.Equal("The python worker could not be started: the worker ended with exit code 4; its last lines: cannot go on.", status.Missing);
        Assert.Contains("or name another environment with --python-env.", status.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_EnvironmentWithoutNumPy_SaysHowToInstallIt()
    {
        PythonInstallation installation = await LivePython.RequireAsync(TestContext.Current.CancellationToken);
        string folder = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"));
        using (Process venv = Process.Start(new ProcessStartInfo(installation.Executable, ["-m", "venv", "--without-pip", folder]))!)
        {
            await venv.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        try
        {
            await using PythonFunctionRun run = await PythonFunctionRun.CreateAsync("stable.py:loss", environment: folder);

            BackendStatus status = await run.StartAsync();

            Assert.False(status.IsAvailable);
            string interpreter = PythonEnvironment.InterpreterOf(folder);
            Assert.Equal($"NumPy cannot be imported in {interpreter} (No module named 'numpy').", status.Missing);
            Assert.Equal($"Run '{interpreter} -m pip install numpy', or name another environment with --python-env.", status.Fix);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Start_FunctionThatIsThere_ReportsWhatDecidesResults()
    {
        PythonInstallation installation = await LivePython.RequireAsync(TestContext.Current.CancellationToken);
        await using PythonFunctionRun run = await PythonFunctionRun.CreateAsync("stable.py:loss");

        BackendStatus status = await run.StartAsync();

        Assert.True(status.IsAvailable, status.Missing);
        Assert.Equal(installation.FullVersion, status.Versions["python"]);
        Assert.Equal(installation.Packages["numpy"], status.Versions["numpy"]);
        Assert.DoesNotContain("tensorflow", status.Versions.Keys);
    }

    private static Task<PythonFunctionWorker> FindAsync(string environment) =>
        PythonFunctionWorker.FindAsync(Loss, Loss, environment, Folder, TimeSpan.FromSeconds(1.5), TestContext.Current.CancellationToken);

    private static async Task<PythonFunctionWorker> FindFunctionAsync(string loss) => await PythonFunctionWorker.FindAsync(
        PythonFunction.Parse(Path.Combine(Folder, loss), "--python"),
        null,
        (await LivePython.RequireAsync(TestContext.Current.CancellationToken)).Executable,
        LivePython.PackageFolder,
        TimeSpan.FromSeconds(60),
        TestContext.Current.CancellationToken);
}
