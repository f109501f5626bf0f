using Conformance.TestKit;

namespace Conformance.Cli.Tests;

public sealed class MistakeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("conformance-mistakes");

    public static TheoryData<string, string> UsageMistakes() => new()
    {
        { "run --suite nonsense", "nonsense" },
        { "run --max-ulp 0.25", "--max-ulp is 0.25" },
        { "run --max-ulp NaN", "--max-ulp is NaN" },
        { "run --loss hinge", "hinge" },
        { "run --backends native,caffe", "caffe" },
        { "run --dtype float8", "float8" },
        { "run --layout nchw", "nchw" },
        { "run --rtol -1", "--rtol" },
        { "run --atol NaN", "--atol" },
        { "run --seed minus", "minus" },
        { "run --timeout 0", "--timeout" },
        { "run --format pdf", "'pdf'; use console, json" },
        { "run --report pdf=report.pdf", "'pdf'; use console, json" },
        { "run --report junit.xml", "--report is 'junit.xml'" },
        { "run --report junit=", "--report is ''" },
        { "run --report junit=/", "which is a folder" },
        { "run --report junit=/dev/null/junit.xml", "--report" },
        { "run --report html=OUT/run.json", "run.json', which the command itself reads or writes; name another file" },
        { "run --report json=OUT/vectors.json", "vectors.json', which the command itself" },
        { "run --report junit=/tmp/same.xml --report sarif=/tmp/./same.xml", "same.xml" },
        { "run --require torch", "torch" },
        { "run --case sigmoid_cross_entropy/float32", "sigmoid_cross_entropy/float32" },
        { "run --case sigmoid_cross_entropy/float32/channels_first/none/2x5x10/uniform/hard21/seed1/draw0", "hard21" },
        { "run --case sigmoid_cross_entropy/float32/channels_first/none/2x5x-1/uniform/hard20/seed1/draw0", "2x5x-1" },
        { "run --case sigmoid_cross_entropy/float32/channels_first/none/2x50000x10000/uniform/hard20/seed1/draw0", "1000000000 elements" },
        { "run --layout channels_last --case sigmoid_cross_entropy/float32/channels_first/none/2x5x10/uniform/hard20/seed1/draw0", "leave away --layout or --case" },
        { "run --waivers no-such-file.json", "no-such-file.json" },
        { "run --nonsense", "--nonsense" },
        { "run --shard 5/4", "--shard is '5/4'" },
        { "merge no-such-folder", "no-such-folder" },
        { "merge", "merge" },
        { "nonsense", "nonsense" },
        { "worker", "worker" },
        { "golden verify no-such-file.json", "no-such-file.json" },
    };

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(UsageMistakes))]
    public async Task Arguments_Wrong_AreNamedInOneSentenceWithExitCode2(string arguments, string named)
    {
        (int exitCode, string output, string error) = await ConformanceProcess.RunAsync(
            [.. arguments.Replace("OUT", _folder.FullName, StringComparison.Ordinal).Split(' '), .. arguments.StartsWith("run", StringComparison.Ordinal) ? ["--out", _folder.FullName] : Array.Empty<string>()]);

        AssertOneSentence(2, exitCode, output, error, named);
        Assert.Empty(_folder.EnumerateFiles());
    }

    [Fact]
    public async Task Out_Unwritable_IsNamedWithExitCode2()
    {
        string file = Path.Combine(_folder.FullName, "file");
        await File.WriteAllTextAsync(file, "content", TestContext.Current.CancellationToken);

        (int exitCode, string output, string error) = await ConformanceProcess.RunAsync(["run", "--backends", "native", "--out", file]);

        AssertOneSentence(2, exitCode, output, error, file);
        Assert.Equal("content", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("not json at all")]
    [InlineData("{ \"format\": \"conformance-waivers/1\", \"waivers\": [], \"extra\": 1 }")]
    [InlineData("{ \"format\": \"conformance-waivers/2\", \"waivers\": [] }")]
    [InlineData("null")]
    public async Task Waivers_Corrupt_AreNamedWithExitCode2(string content)
    {
        string file = Path.Combine(_folder.FullName, "waivers.json");
        await File.WriteAllTextAsync(file, content, TestContext.Current.CancellationToken);

        (int exitCode, string output, string error) = await ConformanceProcess.RunAsync(
            ["run", "--backends", "native", "--waivers", file, "--out", Path.Combine(_folder.FullName, "out")]);

        AssertOneSentence(2, exitCode, output, error, file);
        Assert.False(Directory.Exists(Path.Combine(_folder.FullName, "out")));
    }

    [Fact]
    public async Task Python_ThatIsNone_IsNamedWithExitCode2()
    {
        (int exitCode, string output, string error) = await ConformanceProcess.RunAsync(
            ["run", "--suite", "smoke", "--out", _folder.FullName],
            new Dictionary<string, string?> { ["CONFORMANCE_PYTHON"] = "/no/such/python" });

        AssertOneSentence(2, exitCode, output, error, "/no/such/python");
    }

    [Theory]
    [InlineData("\"version\": \"3.9\", \"fullVersion\": \"3.9.18\"", "it is Python 3.9.18, and 3.10 to 3.13 are supported")]
    [InlineData("\"machine\": \"mips\"", "it is built for 64-bit mips")]
    [InlineData("\"packages\": {}", "TensorFlow is not installed in it")]
    [InlineData("\"packages\": { \"tensorflow\": \"2.21.0\" }", "Keras is not installed in it")]
    public async Task Python_ThatCannotServe_IsNamedWithExitCode2(string difference, string named)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The interpreter is a shell script.");
        string machine = System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "aarch64" : "x86_64";
        string python = Path.Combine(_folder.FullName, "python");
        await File.WriteAllTextAsync(
            python,
            $$"""
            #!/bin/sh
            cat <<'END'
            { "executable": "{{python}}", "version": "3.12", "fullVersion": "3.12.1", "implementation": "cpython", "machine": "{{machine}}",
              "pointerBits": 64, "isFreeThreaded": false, "prefix": "/", "libraryCandidates": ["{{python}}"], "packages": { "tensorflow": "1", "keras": "1" },
              {{difference}} }
            END
            """,
            TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(python, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        (int exitCode, string output, string error) = await ConformanceProcess.RunAsync(
            ["run", "--suite", "smoke", "--out", Path.Combine(_folder.FullName, "out")],
            new Dictionary<string, string?> { ["CONFORMANCE_PYTHON"] = python });

        AssertOneSentence(2, exitCode, output, error, named);
    }

    [Fact]
    public async Task VectorFile_Corrupt_IsNamedWithExitCode2()
    {
        string file = Path.Combine(_folder.FullName, "vectors.json");
        await File.WriteAllTextAsync(file, "{ \"format\": \"conformance-vectors/1\", \"count\": 1 }", TestContext.Current.CancellationToken);

        (int exitCode, string output, string error) = await ConformanceProcess.RunAsync(["golden", "verify", file]);

        AssertOneSentence(2, exitCode, output, error, file);
    }

    [Fact]
    public async Task Waiver_OfAnUnknownImplementation_IsNamedWithExitCode2()
    {
        string file = Path.Combine(_folder.FullName, "waivers.json");
        await File.WriteAllTextAsync(
            file,
            """
            { "format": "conformance-waivers/1",
              "waivers": [ { "id": "typo", "implementations": ["tenserflow/*"], "checks": ["Value"], "reason": "A reason.", "source": "A source." } ] }
            """,
            TestContext.Current.CancellationToken);

        (int exitCode, string output, string error) = await ConformanceProcess.RunAsync(
            ["run", "--backends", "native", "--waivers", file, "--out", Path.Combine(_folder.FullName, "out")]);

        AssertOneSentence(2, exitCode, output, error, "tenserflow/*");
    }

    [Fact]
    public async Task Python_NotToBeHad_LeavesTheOthersRunningAndExitsZero()
    {
        // No interpreter is on this PATH; dotnet itself is started by its full path.
        Dictionary<string, string?> environment = WithoutPython();

        (int exitCode, string output, string error) = await ConformanceProcess.RunAsync(
            ["run", "--suite", "smoke", "--out", _folder.FullName], environment);

        Assert.True(exitCode == 0, error + output);
        Assert.Contains("tensorflow and keras are not available", output, StringComparison.Ordinal);
        Assert.Contains("Recorded outputs of tensorflow", output, StringComparison.Ordinal);
        Assert.Contains("Install CPython", output, StringComparison.Ordinal);
        Assert.Contains("CONFORMANT", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Python_RequiredAndNotToBeHad_ExitsThree()
    {
        (int exitCode, string output, _) = await ConformanceProcess.RunAsync(
            ["run", "--suite", "smoke", "--require", "tensorflow", "--out", _folder.FullName], WithoutPython());

        Assert.Equal(3, exitCode);
        Assert.Contains("tensorflow is required and not available", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_NarrowedToNothing_ExitsFour()
    {
        (int exitCode, string output, _) = await ConformanceProcess.RunAsync(
            [
                "run", "--backends", "tensorflow", "--out", _folder.FullName,
                "--case", "sigmoid_cross_entropy/float32/channels_first/none/2x5x10/uniform/hard20/seed1/draw0",
            ],
            WithoutPython());

        Assert.Equal(4, exitCode);
        Assert.Contains("no implementation evaluated anything", output, StringComparison.Ordinal);
    }

    private static Dictionary<string, string?> WithoutPython() => new()
    {
        ["PATH"] = Path.GetDirectoryName(Environment.ProcessPath),
        ["CONFORMANCE_PYTHON"] = null,
    };

    private static void AssertOneSentence(int expected, int exitCode, string output, string error, string named)
    {
        Assert.True(expected == exitCode, $"exit code {exitCode}: {error}{output}");
        Assert.Empty(output);
        Assert.Single(error.Trim().Split('\n'));
        Assert.Contains(named, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }
}
