using Conformance.Core;

namespace Conformance.Cli.Tests;

public sealed class AtomicFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("conformance-atomic").FullName;

    private string FilePath => Path.Combine(_folder, "a.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Commit_WrittenInParts_ReplacesTheFileAsAWhole()
    {
        File.WriteAllText(FilePath, "old");
        using (AtomicFile file = new(FilePath))
        {
            file.Write(stream => stream.Write("ne"u8));
            file.Write(stream => stream.Write("w"u8));
            Assert.Equal("old", File.ReadAllText(FilePath));
            file.Commit();
        }

        Assert.Equal("new", File.ReadAllText(FilePath));
        Assert.Single(Directory.EnumerateFiles(_folder));
    }

    [Fact]
    public void Dispose_WithoutCommit_LeavesTheFileAsItWas()
    {
        File.WriteAllText(FilePath, "old");
        using (AtomicFile file = new(FilePath))
        {
            file.Write(stream => stream.Write("ne"u8));
        }

        Assert.Equal("old", File.ReadAllText(FilePath));
        Assert.Single(Directory.EnumerateFiles(_folder));
    }

    [Fact]
    public void Write_ThatFails_SaysWhichFileAndLeavesNothing()
    {
        InvalidInputException exception = Assert.Throws<InvalidInputException>(() =>
        {
            using AtomicFile file = new(FilePath);
            file.Write(stream => stream.Write("ne"u8));
            file.Write(_ => throw new IOException("No space left on device."));
        });

        Assert.Contains($"The file '{FilePath}' cannot be written (No space left on device)", exception.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_folder));
    }

    [Theory]
    [InlineData("--markdown", "make room or name another place with --markdown.")]
    [InlineData(null, "make room.")]
    public void Write_ThatFails_NamesTheOptionThatWasGiven(string? option, string said)
    {
        InvalidInputException exception = Assert.Throws<InvalidInputException>(
            () => OutputFolder.WriteAtomically(FilePath, _ => throw new IOException("No space left on device."), option));

        Assert.EndsWith(said, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_InAFolderThatIsNotThere_SaysWhichFile() => Assert.Contains(
        "nowhere", Assert.Throws<InvalidInputException>(() => new AtomicFile(Path.Combine(_folder, "nowhere", "a.json"))).Message, StringComparison.Ordinal);
}
