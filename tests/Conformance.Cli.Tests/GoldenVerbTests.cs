using Conformance.Core;
using Conformance.Golden.Vectors;
using Conformance.TestKit;

namespace Conformance.Cli.Tests;

public sealed class GoldenVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("golden-").FullName;

    private string VectorPath => Path.Combine(_folder, "made", "vectors.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Record_Twice_GivesTheSameBytes()
    {
        string second = Path.Combine(_folder, "second.json");

        Assert.Equal(ExitCode.Conformant, await RecordAsync());
        Assert.Equal(ExitCode.Conformant, await InvokeAsync("golden", "record", "--backends", "native", "--out", second));

        Assert.Equal(await File.ReadAllBytesAsync(VectorPath, TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(second, TestContext.Current.CancellationToken));
        Assert.Empty(Directory.EnumerateFiles(_folder, "*.partial", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Record_OverAFile_IsRefusedUnlessAskedFor()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(VectorPath)!);
        await File.WriteAllTextAsync(VectorPath, "mine", TestContext.Current.CancellationToken);

        InvalidInputException exception = await Assert.ThrowsAsync<InvalidInputException>(() => RecordAsync());

        Assert.Contains("--overwrite", exception.Message, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(VectorPath, TestContext.Current.CancellationToken));
        Assert.Equal(ExitCode.Conformant, await RecordAsync("--overwrite"));
        Assert.Equal(48, VectorFile.Read(VectorPath).Count);
    }

    [Fact]
    public async Task Record_UnknownNames_AreRefused()
    {
        await Assert.ThrowsAsync<InvalidInputException>(() => RecordAsync("--suite", "none"));
        await Assert.ThrowsAsync<InvalidInputException>(() => RecordAsync("--loss", "none"));
        await Assert.ThrowsAsync<InvalidInputException>(() => InvokeAsync("golden", "record", "--backends", "none", "--out", VectorPath));
        Assert.False(File.Exists(VectorPath));
    }

    [Fact]
    public async Task Verify_WhatWasRecorded_IsConformant()
    {
        await RecordAsync();

        Assert.Equal(ExitCode.Conformant, await VerifyAsync("--backends", "native"));
        Assert.Equal(ExitCode.Conformant, await VerifyAsync("--backends", "native", "--json", "--bits"));
    }

    [Fact]
    public async Task Verify_MovedBit_IsNonConformance()
    {
        await RecordAsync();
        VectorFile file = VectorFile.Read(VectorPath);
        string bits = file.Tests[0].Recorded["native/sigmoid_cross_entropy"].Loss!.Bits;
        string text = await File.ReadAllTextAsync(VectorPath, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            VectorPath, text.Replace(bits, $"{bits[..^1]}{(bits[^1] == '0' ? '1' : '0')}", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.NonConformance, await VerifyAsync("--backends", "native"));
    }

    [Fact]
    public async Task Record_Suite_HasTheTruthAndOnWhatItWasMade()
    {
        await RecordAsync();

        VectorFile file = VectorFile.Read(VectorPath);
        Assert.All(file.Tests, test => Assert.NotNull(test.Expected));
        Assert.Superset(
            new HashSet<string> { "instructionSet", "version.native", "operatingSystem", "processor", "runtime", "tool" }, file.Provenance.Keys.ToHashSet());
    }

    [Fact]
    public async Task Verify_MovedTruth_IsNonConformance()
    {
        await RecordAsync();
        VectorFile file = VectorFile.Read(VectorPath);
        string bits = file.Tests[0].Expected!.Gradient!.Bits;
        VectorTest changed = file.Tests[0] with
        {
            Expected = file.Tests[0].Expected! with { Gradient = file.Tests[0].Expected!.Gradient! with { Bits = $"{bits[..^1]}{(bits[^1] == '0' ? '1' : '0')}" } },
        };
        OutputFolder.WriteAtomically(VectorPath, (file with { Tests = [changed, .. file.Tests[1..]] }).Write);

        Assert.Equal(ExitCode.NonConformance, await VerifyAsync("--backends", "native"));
    }

    [Theory]
    [InlineData(false, "is listed and not there")]
    [InlineData(true, "sigmoid_cross_entropy.float16.json is not as the manifest says")]
    public async Task Verify_FolderThatIsNotAsItsManifestSays_IsNonConformance(bool isCut, string said)
    {
        string golden = Path.Combine(_folder, "golden");
        foreach (string path in Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "golden"), "*.json", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(golden, Path.GetRelativePath(Path.Combine(RepositoryRoot.Path, "golden"), path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy);
        }

        string file = Path.Combine(golden, "vectors", "sigmoid_cross_entropy.float16.json");
        VectorFile vectors = VectorFile.Read(file);
        File.Delete(file);
        if (isCut)
        {
            OutputFolder.WriteAtomically(file, (vectors with { Count = 1, Tests = [vectors.Tests[0] with { Flags = [] }], Flags = vectors.Flags.Clear(), History = [] }).Write);
        }

        (int exitCode, string output, string error) = await ConformanceProcess.RunAsync(["golden", "verify", "--backends", "native"], folder: _folder);
        (int linted, string findings, _) = await ConformanceProcess.RunAsync(["golden", "lint", "golden/vectors"], folder: _folder);

        Assert.True(exitCode == ExitCode.NonConformance, output + error);
        Assert.Contains(said, output, StringComparison.Ordinal);
        Assert.True(linted == ExitCode.NonConformance, findings);
    }

    [Fact]
    public async Task RecordCorpus_Folder_ReceivesAFileForEachDTypeThatVerifies()
    {
        string folder = Path.Combine(_folder, "candidates");

        Assert.Equal(ExitCode.Conformant, await InvokeAsync("golden", "record", "--corpus", "--backends", "native", "--out", folder));

        string[] files = [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal)];
        Assert.Equal(
            ["bfloat16", "float16", "float32", "float64"], files.Select(path => Path.GetFileName(path).Split('.')[1]));
        Assert.Equal(ExitCode.Conformant, await InvokeAsync(["golden", "verify", .. files, "--backends", "native", "--bits"]));
    }

    [Fact]
    public async Task RecordCorpus_OverAFile_IsRefused()
    {
        string folder = Path.Combine(_folder, "candidates");
        string existing = Path.Combine(folder, "sigmoid_cross_entropy.float64.json");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(existing, "mine", TestContext.Current.CancellationToken);

        InvalidInputException over = await Assert.ThrowsAsync<InvalidInputException>(
            () => InvokeAsync("golden", "record", "--corpus", "--backends", "native", "--out", folder));

        Assert.Contains("--overwrite", over.Message, StringComparison.Ordinal);
        Assert.Equal([existing], Directory.EnumerateFiles(folder));
        Assert.Equal("mine", await File.ReadAllTextAsync(existing, TestContext.Current.CancellationToken));
        Assert.Equal(
            ExitCode.Conformant, await InvokeAsync("golden", "record", "--corpus", "--backends", "native", "--out", folder, "--overwrite", "--json"));
    }

    [Fact]
    public async Task Verify_NothingThatIsRecorded_IsTooLittle()
    {
        await RecordAsync();

        Assert.Equal(ExitCode.TooLittleRan, await VerifyAsync("--backends", "onnxruntime"));
    }

    [Fact]
    public async Task Verify_RequiredBackendNotSelected_IsUnavailable()
    {
        await RecordAsync();

        Assert.Equal(ExitCode.RequiredUnavailable, await VerifyAsync("--backends", "native", "--require", "onnxruntime"));
    }

    [Fact]
    public async Task Verify_NoVectorFile_IsRefused()
    {
        await Assert.ThrowsAsync<InvalidInputException>(() => VerifyAsync("--backends", "native"));
        await Assert.ThrowsAsync<InvalidInputException>(() =>
            InvokeAsync("golden", "verify", Path.Combine(TestKit.RepositoryRoot.Path, "golden", "waivers.json"), "--backends", "native"));
    }

    private Task<int> RecordAsync(params string[] more) =>
        InvokeAsync(["golden", "record", "--backends", "native", "--out", VectorPath, .. more]);

    private Task<int> VerifyAsync(params string[] more) => InvokeAsync(["golden", "verify", VectorPath, .. more]);

    private static Task<int> InvokeAsync(params string[] arguments) => VerbInvocation.RunAsync(arguments);
}
