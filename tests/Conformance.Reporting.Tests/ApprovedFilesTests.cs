using Conformance.TestKit;

namespace Conformance.Reporting.Tests;

public sealed class ApprovedFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("conformance-approved");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void FindDangling_FilesOfNoTest_AreFound()
    {
        string[] kept =
        [
            "ApprovedFilesTests.FindDangling_FilesOfNoTest_AreFound.verified.txt",
            "ApprovedFilesTests.FindDangling_FilesOfNoTest_AreFound_console.verified.json",
        ];
        string[] dangling =
        [
            "ApprovedFilesTests.Dispose.verified.txt",
            "ApprovedFilesTests.FindDangling_FilesOfNoTest_AreFoundNoMore.verified.txt",
            "RenamedTests.FindDangling_FilesOfNoTest_AreFound.verified.txt",
        ];
        foreach (string name in (string[])[.. kept, .. dangling])
        {
            File.WriteAllText(Path.Combine(_folder.FullName, name), string.Empty);
        }

        Assert.Equal(dangling, ApprovedFiles.FindDangling(typeof(ApprovedFilesTests).Assembly, _folder.FullName).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Verify_TextThatDiffers_IsWrittenBesideBeforeTheTestFails()
    {
        string source = Path.Combine(_folder.FullName, "SomeTests.cs");
        string approved = Path.Combine(_folder.FullName, "SomeTests.Some.verified.txt");
        await File.WriteAllTextAsync(approved, "\uFEFFapproved", TestContext.Current.CancellationToken);

        await Snapshot.Verify("approved\r\n", sourceFile: source, method: "Some");
        await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => Snapshot.Verify("other\n", sourceFile: source, method: "Some"));

        Assert.Equal("other", await File.ReadAllTextAsync(approved.Replace("verified", "received", StringComparison.Ordinal), TestContext.Current.CancellationToken));
        Assert.Equal("approved", await File.ReadAllTextAsync(approved, TestContext.Current.CancellationToken));
    }
}
