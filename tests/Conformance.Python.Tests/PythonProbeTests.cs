using System.Runtime.InteropServices;

namespace Conformance.Python.Tests;

/// <summary>What an interpreter says of itself, and why one cannot be used.</summary>
public sealed class PythonProbeTests
{
    [Fact]
    public async Task Probe_RealInterpreter_DescribesItself()
    {
        string name = OperatingSystem.IsWindows() ? "python" : "python3";
        (PythonInstallation? installation, string? problem) = await PythonProbe.ProbeAsync(name, TestContext.Current.CancellationToken);
        Assert.SkipWhen(problem?.StartsWith("it cannot be started", StringComparison.Ordinal) == true, $"There is no {name} on PATH.");

        Assert.Null(problem);
        Assert.True(Path.IsPathRooted(installation!.Executable), installation.Executable);
        Assert.True(File.Exists(installation.Executable), installation.Executable);
        Assert.StartsWith(installation.Version.ToString(2), installation.FullVersion, StringComparison.Ordinal);
        Assert.Equal(3, installation.Version.Major);
        Assert.True(Directory.Exists(installation.Prefix), installation.Prefix);
        Assert.True(installation.PointerBits is 32 or 64);
        Assert.NotEmpty(installation.LibraryCandidates);
    }

    [Fact]
    public async Task Probe_FittingInterpreter_HasNoProblem()
    {
        using FakePython python = CreateFake();

        (PythonInstallation? installation, string? problem) = await ProbeAsync(python.Executable);

        Assert.Null(problem);
        Assert.Equal(python.Executable, installation!.Executable);
        Assert.Equal(FakePython.Genuine.Packages, installation.Packages);
        Assert.Null(PythonProbe.FindProblem(installation));
    }

    [Fact]
    public async Task Probe_NoSuchProgram_SaysSoInOneSentence()
    {
        (PythonInstallation? installation, string? problem) = await ProbeAsync("no-such-python");

        Assert.Null(installation);
        Assert.StartsWith("it cannot be started (", problem, StringComparison.Ordinal);
        Assert.DoesNotContain(". ", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("working directory", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exit 1", "it ended with exit code 1 (no message)")]
    [InlineData("echo first >&2; echo 'ModuleNotFoundError: json' >&2; exit 2", "it ended with exit code 2 (ModuleNotFoundError: json)")]
    [InlineData("echo Welcome", "it did not answer like a Python interpreter")]
    [InlineData("exit 0", "it did not answer like a Python interpreter")]
    [InlineData("echo null", "it did not answer like a Python interpreter")]
    [InlineData("echo '{}'", "it did not answer like a Python interpreter")]
    [InlineData("echo '[1, 2]'", "it did not answer like a Python interpreter")]
    public async Task Probe_OtherAnswer_IsTheProblem(string script, string expected)
    {
        using FakePython python = CreateFake();
        python.OnProbe(script);

        (PythonInstallation? installation, string? problem) = await ProbeAsync(python.Executable);

        Assert.Null(installation);
        Assert.Equal(expected, problem);
    }

    [Fact]
    public async Task Probe_Hangs_IsGivenUp()
    {
        using FakePython python = CreateFake();
        python.OnProbe("sleep 600");

        (PythonInstallation? installation, string? problem) =
            await PythonProbe.ProbeAsync(python.Executable, TimeSpan.FromMilliseconds(300), TestContext.Current.CancellationToken);

        Assert.Null(installation);
        Assert.Equal("it did not answer in time", problem);
    }

    [Fact]
    public async Task Probe_Cancelled_EndsTheInterpreter()
    {
        using FakePython python = CreateFake();
        python.OnProbe("""echo $$ > "$base/id.part"; mv "$base/id.part" "$base/id"; sleep 600""");
        using CancellationTokenSource stop = new();
        Task<(PythonInstallation?, string?)> probing = PythonProbe.ProbeAsync(python.Executable, stop.Token);
        int id = int.Parse(await WaitForFileAsync(Path.Combine(python.Root, "id")), System.Globalization.CultureInfo.InvariantCulture);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probing);
        Assert.True(await DisappearsAsync(id), "The interpreter still runs.");
    }

    public static TheoryData<string, string> Unfit => new()
    {
        { "3.9", "it is Python 3.9.25, and 3.10 to 3.13 are supported" },
        { "3.14", "it is Python 3.14.0, and 3.10 to 3.13 are supported" },
        { "32 bit", $"it is built for 32-bit {FakePython.Genuine.Machine}, and this process is {RuntimeInformation.ProcessArchitecture}" },
        { "machine", $"it is built for 64-bit riscv64, and this process is {RuntimeInformation.ProcessArchitecture}" },
        { "pypy", "it is pypy, and only CPython can be embedded" },
        { "free-threaded", "it is a free-threaded build, which cannot be embedded" },
        { "no library", "its shared library was not found; it needs a build with --enable-shared" },
    };

    [Theory]
    [MemberData(nameof(Unfit))]
    public async Task FindProblem_UnfitInterpreter_SaysWhyInOneSentence(string fault, string expected)
    {
        PythonInstallation good = FakePython.Genuine;
        using FakePython python = CreateFake();
        python.Answer(fault switch
        {
            "3.9" => good with { Version = new Version(3, 9), FullVersion = "3.9.25" },
            "3.14" => good with { Version = new Version(3, 14), FullVersion = "3.14.0" },
            "32 bit" => good with { PointerBits = 32 },
            "machine" => good with { Machine = "riscv64" },
            "pypy" => good with { Implementation = "pypy" },
            "free-threaded" => good with { IsFreeThreaded = true },
            _ => good with { LibraryCandidates = ["/no/such/libpython3.11.so"] },
        });

        (PythonInstallation? installation, string? problem) = await ProbeAsync(python.Executable);

        Assert.Null(problem);
        Assert.Equal(expected, PythonProbe.FindProblem(installation!));
    }

    [Theory]
    [InlineData(3, 10)]
    [InlineData(3, 13)]
    public void FindProblem_FirstAndLastVersion_HaveNone(int major, int minor) =>
        Assert.Null(PythonProbe.FindProblem(FakePython.Genuine with { Version = new Version(major, minor) }));

    [Fact]
    public void Library_SeveralCandidates_IsTheFirstThatExists()
    {
        string existing = typeof(PythonProbeTests).Assembly.Location;

        Assert.Equal(existing, (FakePython.Genuine with { LibraryCandidates = ["/no/such/file", "bare", existing] }).Library);
        Assert.Equal("bare", (FakePython.Genuine with { LibraryCandidates = ["/no/such/file", "bare"] }).Library);
        Assert.Null((FakePython.Genuine with { LibraryCandidates = [] }).Library);
    }

    internal static async Task<string> WaitForFileAsync(string path)
    {
        while (!File.Exists(path))
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        return await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
    }

    internal static async Task<bool> DisappearsAsync(int processId)
    {
        for (int i = 0; i < 600; i++)
        {
            try
            {
                using System.Diagnostics.Process process = System.Diagnostics.Process.GetProcessById(processId);
            }
            catch (ArgumentException)
            {
                return true;
            }

            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        return false;
    }

    private static FakePython CreateFake()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), FakePython.NeedsShell);
        return new FakePython();
    }

    private static Task<(PythonInstallation? Installation, string? Problem)> ProbeAsync(string executable) =>
        PythonProbe.ProbeAsync(executable, TestContext.Current.CancellationToken);
}
