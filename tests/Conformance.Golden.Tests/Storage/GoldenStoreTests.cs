using System.Diagnostics;
using Conformance.Core;
using Conformance.Golden.Acceptance;
using Conformance.Golden.Storage;
using Conformance.Golden.Tests.Acceptance;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Tests.Storage;

public sealed class GoldenStoreTests : IDisposable
{
    private static readonly AcceptanceOptions Options = new() { Reason = "It will not live to see it." };

    private readonly SampleGolden _golden = new();

    public void Dispose() => _golden.Dispose();

    [Fact]
    public async Task Accept_KilledAtAnyStep_LeavesTheOldOrTheNewFiles()
    {
        string[] before = _golden.State();
        string[] after;
        using (SampleGolden other = new())
        {
            other.Accept(Candidates(other), Options);
            after = other.State();
        }

        int killed = 0;
        List<bool> isNew = [];
        for (int step = 1; ; step++)
        {
            using SampleGolden golden = new();
            if (await DoomedAcceptance.StartAsync(step, golden.Folder, Candidates(golden)))
            {
                Assert.Equal(after, golden.State());
                break;
            }

            killed++;
            string[] read = GoldenStore.Read(golden.Folder, () => VisibleState(golden));
            Assert.True(read.SequenceEqual(before) || read.SequenceEqual(after), $"Killed at step {step}: {string.Join('\n', read)}");
            isNew.Add(read.SequenceEqual(after));

            // Whoever acts next finds nothing of it.
            GoldenStore.Open(golden.Folder).Dispose();
            Assert.Equal(read, golden.State());
            AcceptanceReport again = golden.Accept(Candidates(golden), Options);
            Assert.Equal(!isNew[^1], again.HasChanges);
            Assert.Equal(after, golden.State());
        }

        // Both have happened, and once it is new it stays so.
        Assert.True(killed > 15, $"{killed} steps");
        Assert.Equal(isNew.Order(), isNew);
        Assert.Contains(true, isNew);
        Assert.Contains(false, isNew);
    }

    [Fact]
    public void Write_AnyOperationFails_LeavesTheOldFilesAndTheNewOnesBeside()
    {
        string[] before = _golden.State();
        int failed = 0;
        for (int step = 1; ; step++)
        {
            using SampleGolden golden = new();
            FaultyFiles files = new(step, () => throw new IOException("The disk is on fire."));
            try
            {
                Accept(golden, files);
                if (files.Steps < step)
                {
                    break;
                }

                // Only what tidies up may fail without a word.
                Assert.Equal("2.0.0", golden.Read("a.json").Tests[0].Recorded[SampleGolden.Implementation].Version);
                continue;
            }
            catch (InvalidInputException exception)
            {
                failed++;
                Assert.Contains("The disk is on fire", exception.Message, StringComparison.Ordinal);
                Assert.Contains("a.json.rej", exception.Message, StringComparison.Ordinal);
            }

            Assert.Equal(before, golden.State().Where(file => !file.Contains(".rej ", StringComparison.Ordinal)));
            Assert.Equal("2.0.0", VectorFile.Read(Path.Combine(golden.Folder, "vectors", "a.json.rej")).Tests[0].Recorded[SampleGolden.Implementation].Version);
            Assert.True(golden.Accept(AcceptanceCandidate.Read(Candidates(golden)), Options).IsWritten);
            Assert.Empty(Directory.EnumerateFiles(golden.Folder, "*.rej", SearchOption.AllDirectories));
        }

        Assert.True(failed > 10, $"{failed} faults");
    }

    [Fact]
    public void Write_EverythingFailsFromAStepOn_IsSettledByTheNextVerb()
    {
        string[] before = _golden.State();
        bool wasUndecided = false;
        for (int step = 1; ; step++)
        {
            using SampleGolden golden = new();
            FaultyFiles files = new(step, () => throw new UnauthorizedAccessException("No."), isLasting: true);
            try
            {
                Accept(golden, files);
                break;
            }
            catch (InvalidInputException exception)
            {
                wasUndecided |= exception.Message.Contains("nor taken back", StringComparison.Ordinal);
                Assert.True(
                    exception.Message.Contains("could not be kept either", StringComparison.Ordinal)
                    || exception.Message.Contains("nor taken back", StringComparison.Ordinal)
                    || exception.Message.Contains("cannot be written", StringComparison.Ordinal), exception.Message);
            }

            string[] read = GoldenStore.Read(golden.Folder, () => VisibleState(golden));
            string version = golden.Read("a.json").Tests[0].Recorded[SampleGolden.Implementation].Version;
            Assert.Equal(version == "1.0.0", read.SequenceEqual(before));
            Assert.Empty(GoldenManifest.Read(Path.Combine(golden.Folder, GoldenManifest.FileName)).FindDifferences(GoldenManifest.Of(golden.Folder)));
        }

        Assert.True(wasUndecided);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(3000)]
    [InlineData(6000)]
    public void Write_DiskThatFillsUp_KeepsTheOldFilesAndSaysWhereTheNewOnesAre(long room)
    {
        string[] before = _golden.State();

        InvalidInputException exception = Assert.Throws<InvalidInputException>(() =>
            Accept(_golden, new FullDiskFiles(room)));

        Assert.Contains("No space left on device", exception.Message, StringComparison.Ordinal);
        Assert.Contains("could not be kept either", exception.Message, StringComparison.Ordinal);
        Assert.Equal(before, _golden.State());
    }

    [Fact]
    public async Task Write_FullFileSystem_KeepsTheOldFiles()
    {
        string mount = Directory.CreateTempSubdirectory("full-").FullName;
        bool isMounted = OperatingSystem.IsLinux() && await RunAsync("mount", "-t", "tmpfs", "-o", "size=64k", "none", mount);
        try
        {
            string folder = Path.Combine(mount, "golden");
            foreach (string path in Directory.EnumerateFiles(_golden.Folder, "*", SearchOption.AllDirectories))
            {
                string copy = Path.Combine(folder, Path.GetRelativePath(_golden.Folder, path));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(path, copy);
            }

            string before = GoldenText(folder);
            ActFiles files = new FullDiskFiles(2000);
            if (isMounted)
            {
                // Less room than the two new files take, on a disk that is really full.
                long room = new DriveInfo(mount).AvailableFreeSpace;
                await File.WriteAllBytesAsync(Path.Combine(mount, "filler"), new byte[room - 8192], TestContext.Current.CancellationToken);
                files = new ActFiles();
            }

            InvalidInputException exception = Assert.Throws<InvalidInputException>(() => SampleGolden.Acceptance.Accept(
                folder, AcceptanceCandidate.Read(Candidates(_golden)), Options, files, CancellationToken.None));

            Assert.Contains("o space left on", exception.Message, StringComparison.Ordinal);
            Assert.Contains("No golden file was changed", exception.Message, StringComparison.Ordinal);
            Assert.Equal(before, GoldenText(folder));
            Assert.False(Directory.Exists(Path.Combine(folder, GoldenStore.JournalFolder)));
        }
        finally
        {
            if (isMounted)
            {
                Assert.True(await RunAsync("umount", mount));
            }

            Directory.Delete(mount, recursive: true);
        }
    }

    [Fact]
    public void Open_WhileSomebodyIsAtWork_IsRefusedAndChangesNothing()
    {
        string candidates = Candidates(_golden);
        string[] before = _golden.State();
        using (GoldenStore.Open(_golden.Folder))
        {
            Assert.Contains("Another process", Assert.Throws<InvalidInputException>(() => GoldenStore.Open(_golden.Folder)).Message, StringComparison.Ordinal);
            Assert.Throws<InvalidInputException>(() => _golden.Accept(candidates, Options));
            Assert.Equal(before, _golden.State());
        }

        Assert.True(_golden.Accept(candidates, Options).IsWritten);
    }

    [Fact]
    public async Task Accept_TwoWritersAtOnce_LeaveWhatOneOfThemWrote()
    {
        string candidates = Candidates(_golden);
        AcceptanceReport?[] reports = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            try
            {
                return _golden.Accept(candidates, Options);
            }
            catch (InvalidInputException exception)
            {
                Assert.True(
                    exception.Message.Contains("Another process", StringComparison.Ordinal) || exception.Message.Contains("was changed while", StringComparison.Ordinal),
                    exception.Message);
                return null;
            }
        })));

        Assert.Single(reports, report => report is { IsWritten: true });
        Assert.Single(_golden.Read("a.json").History);
        Assert.Empty(GoldenManifest.Read(Path.Combine(_golden.Folder, GoldenManifest.FileName)).FindDifferences(GoldenManifest.Of(_golden.Folder)));
    }

    [Fact]
    public void Read_ActInBetween_ReadsAgain()
    {
        string candidates = Candidates(_golden);
        int calls = 0;

        (string First, string Second) versions = GoldenStore.Read(_golden.Folder, () =>
        {
            string first = VersionIn("a.json");
            if (calls++ == 0)
            {
                _golden.Accept(candidates, Options);
            }

            return (first, VersionIn("b.json"));
        });

        Assert.Equal(("2.0.0", "2.0.0", 2), (versions.First, versions.Second, calls));
    }

    [Fact]
    public async Task Read_WhileADecidedActIsCarriedOut_WaitsForItsEnd()
    {
        string[] before = _golden.State();
        _ = Assert.Throws<InvalidOperationException>(() => Accept(_golden, new StoppingFiles()));
        GoldenJournal journal = new(_golden.Folder, new ActFiles());
        Assert.True(journal.IsDecided);
        Assert.NotEqual(before, _golden.State());

        Task<string> read;
        using (FileStream atWork = new(Path.Combine(_golden.Folder, GoldenStore.LockFile), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            read = Task.Run(() => GoldenStore.Read(_golden.Folder, () => VersionIn("a.json") + VersionIn("b.json")));
            Assert.False(read.IsCompleted);
            journal.Settle();
        }

        Assert.Equal("2.0.02.0.0", await read);
    }

    [Fact]
    public void Read_DamagedJournal_IsRefused()
    {
        string journal = Directory.CreateDirectory(Path.Combine(_golden.Folder, GoldenStore.JournalFolder)).FullName;
        string marker = Path.Combine(journal, "commit.json");

        foreach (string content in new[]
        {
            "{", "null", "{}",
            """{ "entries": [ { "path": "vectors/a.json", "newSha256": "00", "wasThere": true } ] }""",
        })
        {
            File.WriteAllText(marker, content);
            InvalidInputException exception = Assert.Throws<InvalidInputException>(() => GoldenStore.Read(_golden.Folder, () => 0));
            Assert.Contains(GoldenStore.JournalFolder, exception.Message, StringComparison.Ordinal);
            Assert.Throws<InvalidInputException>(() => GoldenStore.Open(_golden.Folder));
        }
    }

    [Theory]
    [InlineData("../outside.json")]
    [InlineData("vectors/../../outside.json")]
    [InlineData("/outside.json")]
    [InlineData("README.md")]
    [InlineData("vectors/a.txt")]
    [InlineData("vectors/..")]
    public void Read_JournalOfWhatIsNoGoldenFile_IsRefusedAndTouchesNothing(string path)
    {
        string journal = Directory.CreateDirectory(Path.Combine(_golden.Folder, GoldenStore.JournalFolder)).FullName;
        File.WriteAllText(Path.Combine(journal, "0.new"), "new");
        File.WriteAllText(Path.Combine(journal, "1.new"), "new");
        foreach (string marker in new[] { "commit.json", "rollback.json" })
        {
            File.WriteAllText(Path.Combine(journal, marker), $$"""
                { "entries": [ { "path": "vectors/a.json", "newSha256": "00", "wasThere": true }, { "path": "{{path}}", "newSha256": "00", "wasThere": true } ] }
                """);
            string[] before = _golden.State();

            string message = Assert.Throws<InvalidInputException>(() => GoldenStore.Read(_golden.Folder, () => 0)).Message;
            Assert.Contains($"'{path}'", message, StringComparison.Ordinal);
            Assert.Contains(GoldenStore.JournalFolder, message, StringComparison.Ordinal);
            Assert.Throws<InvalidInputException>(() => GoldenStore.Open(_golden.Folder));
            Assert.Equal(before, _golden.State());
            File.Delete(Path.Combine(journal, marker));
        }
    }

    [Fact]
    public void Open_FolderThatIsNotThere_IsRefused() =>
        Assert.Contains("none", Assert.Throws<InvalidInputException>(() => GoldenStore.Open(Path.Combine(_golden.Folder, "none"))).Message, StringComparison.Ordinal);

    private static AcceptanceReport Accept(SampleGolden golden, ActFiles files) => SampleGolden.Acceptance.Accept(
        golden.Folder, AcceptanceCandidate.Read(Candidates(golden)), Options, files, CancellationToken.None);

    private static string Candidates(SampleGolden golden)
    {
        golden.Candidate("b.json", SampleGolden.Infinite, test => SampleGolden.MoveLoss(WithoutChanges(test), 1, 1));
        return Path.GetDirectoryName(golden.Candidate("a.json", SampleGolden.Elementwise, test => SampleGolden.MoveLoss(WithoutChanges(test), 1, 1)))!;
    }

    // The same candidate from the old and from the new files.
    private static VectorTest WithoutChanges(VectorTest test) => SampleGolden.WithOutput(
        test, SampleGolden.Implementation, new RecordedOutput { Version = "1.0.0", Loss = test.Expected!.Loss, Gradient = test.Expected.Gradient });

    private static string[] VisibleState(SampleGolden golden) =>
        [.. golden.State().Where(file => !file.StartsWith(GoldenStore.JournalFolder, StringComparison.Ordinal))];

    private static string GoldenText(string folder) =>
        string.Concat(GoldenManifest.FilesOf(folder).Append(GoldenManifest.FileName).Select(path => File.ReadAllText(Path.Combine(folder, path))));

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private string VersionIn(string name) => _golden.Read(name).Tests[0].Recorded[SampleGolden.Implementation].Version;

    /// <summary>Stops, as no disk does, when the first file was renamed.</summary>
    private sealed class StoppingFiles : ActFiles
    {
        public override void Move(string source, string destination)
        {
            if (destination.EndsWith("b.json", StringComparison.Ordinal))
            {
                throw new InvalidOperationException("Stopped.");
            }

            base.Move(source, destination);
        }
    }
}
