using System.Globalization;
using Conformance.Core;
using Conformance.Core.Backends;

namespace Conformance.Python.Tests;

/// <summary>How the environment is found, made, and not used where it was not made to its end.</summary>
public sealed class PythonEnvironmentTests : IDisposable
{
    private readonly FakePython _python;
    private readonly FakePython.Lines _progress = new();

    public PythonEnvironmentTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), FakePython.NeedsShell);
        _python = new FakePython();
    }

    private string Folder => _python.Environment().FolderFor(FakePython.Genuine);

    public void Dispose() => _python.Dispose();

    [Fact]
    public void FolderFor_LockFile_NamesTheFolderByHashAndVersion()
    {
        string folder = Folder;

        Assert.Matches("^[0-9a-f]{16}-cp311$", Path.GetFileName(folder));
        Assert.Equal(_python.CacheFolder, Path.GetDirectoryName(folder));
        Assert.Equal(folder, Folder);
        Assert.EndsWith("-cp313", _python.Environment().FolderFor(FakePython.Genuine with { Version = new Version(3, 13) }), StringComparison.Ordinal);
    }

    [Fact]
    public void FolderFor_LockFileChanges_IsAnotherFolderButNotForLineEnds()
    {
        string folder = Folder;
        string lockFile = _python.Environment().LockFile;
        string content = File.ReadAllText(lockFile);

        File.WriteAllText(lockFile, content.ReplaceLineEndings("\r\n"));
        Assert.Equal(folder, Folder);

        File.WriteAllText(lockFile, content + "gast==0.7.0\n");
        Assert.NotEqual(folder, Folder);
    }

    [Theory]
    [InlineData("/home/user/xdg", true)]
    [InlineData("relative", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void UserCacheFolder_XdgCacheHome_CountsWhereAbsolute(string? xdg, bool counts)
    {
        string folder = PythonSearch.UserCacheFolder(xdg);

        Assert.Equal(counts, folder == xdg);
        Assert.True(Path.IsPathRooted(folder), folder);
    }

    [Fact]
    public async Task Prepare_FirstTime_MakesItAndTheNextRunUsesIt()
    {
        (PythonInstallation? first, _) = await PrepareAsync();
        (PythonInstallation? second, _) = await PrepareAsync();

        Assert.Equal(PythonEnvironment.InterpreterOf(Folder), first!.Executable);
        Assert.Equal(first.Executable, second!.Executable);
        Assert.True(PythonEnvironment.IsComplete(Folder));
        Assert.Equal((1, 1), (_python.Calls("-m venv"), _python.Calls("-m pip")));
    }

    [Fact]
    public async Task Prepare_TwoCallersOfOneInstance_ShareOneAttempt()
    {
        PythonEnvironment environment = _python.Environment();

        Assert.Same(
            environment.PrepareAsync(_progress, TestContext.Current.CancellationToken),
            environment.PrepareAsync(_progress, TestContext.Current.CancellationToken));
        await environment.PrepareAsync(_progress, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Prepare_SeveralCandidates_TakesTheFirstThatFits()
    {
        string old = _python.Write("python3.9", "#!/bin/sh\nexit 1");

        (PythonInstallation? installation, _) =
            await _python.Environment(null, "no-such-python", old, _python.Executable).PrepareAsync(_progress, TestContext.Current.CancellationToken);

        Assert.NotNull(installation);
    }

    [Fact]
    public async Task Prepare_NoPython_IsUnavailableWithAFix()
    {
        string old = _python.Write("python3.9", "#!/bin/sh\nexit 1");

        BackendStatus missing = await UnavailableAsync(_python.Environment(null, "no-such-python", old));

        Assert.StartsWith("No usable Python was found on PATH (no-such-python: it cannot be started (", missing.Missing, StringComparison.Ordinal);
        Assert.EndsWith($"{old}: it ended with exit code 1 (no message)).", missing.Missing, StringComparison.Ordinal);
        Assert.Equal("Install CPython 3.10 to 3.13, 64-bit, or set CONFORMANCE_PYTHON.", missing.Fix);
        Assert.False(Directory.Exists(_python.CacheFolder));
    }

    [Fact]
    public async Task Prepare_PipFails_NamesTheLineAndLeavesNothing()
    {
        _python.OnPip("""
            echo 'WARNING: Retrying' >&2
            echo 'ERROR: Could not find a version that satisfies the requirement absl-py==2.5.1' >&2
            echo 'ERROR: No matching distribution found for absl-py==2.5.1' >&2
            echo 'some notice' >&2
            exit 1
            """);

        BackendStatus missing = await UnavailableAsync();

        Assert.Equal("pip could not install TensorFlow: No matching distribution found for absl-py==2.5.1.", missing.Missing);
        Assert.Contains("PIP_INDEX_URL", missing.Fix, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Folder));

        _python.OnPip("exit 0");
        Assert.NotNull((await PrepareAsync()).Installation);
    }

    [Theory]
    [InlineData("exit 7", "exit code 7")]
    [InlineData("echo Traceback >&2; echo 'OSError: disk full.' >&2; exit 1", "OSError: disk full")]
    [InlineData("echo 'Install the python3-venv'; echo 'package'; exit 1", "Install the python3-venv package")]
    public async Task Prepare_PipFailsOtherwise_SaysWhatThereIs(string script, string reason)
    {
        _python.OnPip(script);

        Assert.Equal($"pip could not install TensorFlow: {reason}.", (await UnavailableAsync()).Missing);
    }

    [Theory]
    [InlineData("echo \"$0: No module named venv\" >&2; exit 1", ": No module named venv.")]
    [InlineData("mkdir -p \"$folder\"; echo 'ensurepip is not'; echo 'available.'; exit 1", "ensurepip is not available.")]
    public async Task Prepare_VenvFails_IsUnavailableAndLeavesNothing(string script, string reason)
    {
        _python.OnVenv(script);

        BackendStatus missing = await UnavailableAsync();

        Assert.StartsWith($"A virtual environment could not be made with {_python.Executable}: ", missing.Missing, StringComparison.Ordinal);
        Assert.EndsWith(reason, missing.Missing, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Folder));
        Assert.Equal(0, _python.Calls("-m pip"));
    }

    [Fact]
    public async Task Prepare_VenvWithoutInterpreter_IsUnavailable()
    {
        _python.OnVenv("mkdir -p \"$folder\"");

        Assert.StartsWith(
            $"pip could not install TensorFlow: '{Folder}.partial-", (await UnavailableAsync()).Missing, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Folder));
    }

    [Fact]
    public async Task Prepare_InterruptedSetUp_IsThrownAwayAndMadeAgain()
    {
        string left = Path.Combine(Folder, "lib", "half");
        Directory.CreateDirectory(left);

        (PythonInstallation? installation, _) = await PrepareAsync();

        Assert.NotNull(installation);
        Assert.False(Directory.Exists(left));
        Assert.Contains(_progress.Reported, line => line.StartsWith("Removing an interrupted set-up", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Prepare_TwoAtOnce_TheSecondWaitsAndUsesTheFirsts()
    {
        _python.OnPip("touch \"$base/started\"; while [ ! -e \"$base/go\" ]; do sleep 0.05; done");
        Task<(PythonInstallation? Installation, BackendStatus? Missing)> first = PrepareAsync();
        await PythonProbeTests.WaitForFileAsync(Path.Combine(_python.Root, "started"));
        FakePython.Lines waiting = new();
        Task<(PythonInstallation? Installation, BackendStatus? Missing)> second =
            _python.Environment().PrepareAsync(waiting, TestContext.Current.CancellationToken);
        while (!waiting.Reported.Any(line => line.StartsWith("Waiting for another process", StringComparison.Ordinal)))
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.False(second.IsCompleted);
        await File.WriteAllTextAsync(Path.Combine(_python.Root, "go"), string.Empty, TestContext.Current.CancellationToken);

        Assert.Equal((await first).Installation!.Executable, (await second).Installation!.Executable);
        Assert.Equal((1, 1), (_python.Calls("-m venv"), _python.Calls("-m pip")));
    }

    [Fact]
    public async Task Prepare_Cancelled_EndsPipAndLeavesNothingUsable()
    {
        _python.OnPip("""echo $$ > "$base/id.part"; mv "$base/id.part" "$base/id"; sleep 600""");
        using CancellationTokenSource stop = new();
        Task preparing = _python.Environment().PrepareAsync(_progress, stop.Token);
        int id = int.Parse(await PythonProbeTests.WaitForFileAsync(Path.Combine(_python.Root, "id")), CultureInfo.InvariantCulture);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => preparing);
        Assert.False(PythonEnvironment.IsComplete(Folder));
        Assert.True(await PythonProbeTests.DisappearsAsync(id), "pip still runs.");

        _python.OnPip("exit 0");
        Assert.NotNull((await PrepareAsync()).Installation);
        Assert.Equal(2, _python.Calls("-m venv"));
    }

    [Fact]
    public async Task Prepare_CompleteEnvironmentThatBroke_SaysWhichFolderToDelete()
    {
        await PrepareAsync();
        File.Delete(PythonEnvironment.InterpreterOf(Folder));

        BackendStatus missing = await UnavailableAsync();

        Assert.StartsWith($"The Python environment in {Folder} is broken: it cannot be started (", missing.Missing, StringComparison.Ordinal);
        Assert.Equal("Delete that folder; the next run makes it again.", missing.Fix);
    }

    [Fact]
    public async Task Prepare_CacheCannotBeWritten_IsUnavailableWithAFix()
    {
        await File.WriteAllTextAsync(Path.Combine(_python.Root, "cache"), string.Empty, TestContext.Current.CancellationToken);

        BackendStatus missing = await UnavailableAsync();

        Assert.StartsWith($"The Python environment in {Folder} cannot be made (", missing.Missing, StringComparison.Ordinal);
        Assert.Contains("XDG_CACHE_HOME", missing.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prepare_GivenInterpreter_IsUsedAsItIs()
    {
        (PythonInstallation? installation, _) =
            await _python.Environment(_python.Executable, "no-such-python").PrepareAsync(_progress, TestContext.Current.CancellationToken);

        Assert.Equal(_python.Executable, installation!.Executable);
        Assert.Equal((0, 0), (_python.Calls("-m venv"), _python.Calls("-m pip")));
        Assert.False(Directory.Exists(_python.CacheFolder));
    }

    [Fact]
    public async Task Prepare_GivenVirtualEnvironment_UsesItsInterpreter()
    {
        string folder = Path.Combine(_python.Root, "venv of mine");
        Directory.CreateDirectory(Path.Combine(folder, "bin"));
        File.Copy(_python.Executable, PythonEnvironment.InterpreterOf(folder));

        (PythonInstallation? installation, _) =
            await _python.Environment(folder).PrepareAsync(_progress, TestContext.Current.CancellationToken);

        Assert.Equal(PythonEnvironment.InterpreterOf(folder), installation!.Executable);
    }

    [Fact]
    public async Task Prepare_GivenNothing_IsAsIfUnset()
    {
        (PythonInstallation? installation, _) = await _python.Environment(string.Empty).PrepareAsync(_progress, TestContext.Current.CancellationToken);

        Assert.Equal(PythonEnvironment.InterpreterOf(Folder), installation!.Executable);
    }

    [Theory]
    [InlineData("missing", "it cannot be started (")]
    [InlineData("old", "it is Python 3.9.25, and 3.10 to 3.13 are supported")]
    [InlineData("empty", "TensorFlow is not installed in it")]
    [InlineData("folder", "it cannot be started (")]
    public async Task Prepare_GivenCannotBeUsed_IsInvalidInputInOneSentence(string fault, string reason)
    {
        _python.Answer(fault switch
        {
            "old" => FakePython.Genuine with { Version = new Version(3, 9), FullVersion = "3.9.25" },
            "empty" => FakePython.Genuine with { Packages = FakePython.Genuine.Packages.Clear() },
            _ => FakePython.Genuine,
        });
        string given = fault switch
        {
            "missing" => Path.Combine(_python.Root, "nothing"),
            "folder" => _python.PackageFolder,
            _ => _python.Executable,
        };

        InvalidInputException exception = await Assert.ThrowsAsync<InvalidInputException>(
            () => _python.Environment(given).PrepareAsync(_progress, TestContext.Current.CancellationToken));

        Assert.StartsWith($"CONFORMANCE_PYTHON is '{given}', which cannot be used: {reason}", exception.Message, StringComparison.Ordinal);
        Assert.EndsWith("or unset it.", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(". ", exception.Message, StringComparison.Ordinal);
    }

    private Task<(PythonInstallation? Installation, BackendStatus? Missing)> PrepareAsync() =>
        _python.Environment().PrepareAsync(_progress, TestContext.Current.CancellationToken);

    private async Task<BackendStatus> UnavailableAsync(PythonEnvironment? environment = null)
    {
        (PythonInstallation? installation, BackendStatus? missing) =
            await (environment ?? _python.Environment()).PrepareAsync(_progress, TestContext.Current.CancellationToken);
        Assert.Null(installation);
        Assert.False(missing!.IsAvailable);
        return missing;
    }
}
