using Conformance.Core;
using Conformance.Core.Losses;
using Conformance.Golden.Diffs;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Tests.Diffs;

public sealed class VectorSetTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("conformance-set").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Read_FileRunFolderAndGoldenFolder_FindTheirTests()
    {
        string run = Write("run/vectors.json", DiffSample.Test("one"));
        string golden = Path.Combine(_folder, "golden");
        Write("golden/vectors/a.json", DiffSample.Test("one"));
        Write("golden/vectors/b.json", DiffSample.Test("two"));

        Assert.Equal(["one"], Ids(VectorSet.Read(run)));
        Assert.Equal(["one"], Ids(VectorSet.Read(Path.GetDirectoryName(run)!)));
        VectorSet set = VectorSet.Read(golden);
        Assert.Equal(["one", "two"], Ids(set));
        Assert.Equal(golden, set.Name);
        Assert.EndsWith("b.json", set.PathOf(Loss.All[0], "two"), StringComparison.Ordinal);
        Assert.Equal([DiffSample.Loose, DiffSample.Tight], set.Implementations.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Read_FileAtVersion_HasTheOutputsOfThatVersionAlone()
    {
        VectorTest test = DiffSample.Test("one");
        RecordedOutput second = test.Recorded[DiffSample.Loose] with { Version = "2.0" };
        string path = Write("a.json", test.Record($"{DiffSample.Loose}@2.0", second));

        VectorSet first = VectorSet.Read(path);
        VectorSet later = VectorSet.Read(path + "@2.0");

        Assert.Equal("1.0", first.FindOutput(first.Tests.Single().Test, DiffSample.Loose)!.Version);
        Assert.Equal([DiffSample.Loose, DiffSample.Tight], first.Implementations.Order(StringComparer.Ordinal));
        Assert.Equal("2.0", later.FindOutput(later.Tests.Single().Test, DiffSample.Loose)!.Version);
        Assert.Equal([DiffSample.Loose], later.Implementations);
        Assert.Equal(["2.0"], later.Provenance.Values);
    }

    [Fact]
    public void Read_PathWithAnAtSign_IsThePathWhereItIsThere()
    {
        string path = Write("a@1.json", DiffSample.Test("one"));

        Assert.Equal(["one"], Ids(VectorSet.Read(path)));
        Assert.Equal(["one"], Ids(VectorSet.Read(path + "@1.0")));
    }

    [Theory]
    [InlineData("@3.0", "'3.0', of which nothing is recorded there; select one of 1.0.")]
    [InlineData("@", "'', of which nothing is recorded there")]
    public void Read_UnknownVersion_NamesThoseThatThereAre(string suffix, string named)
    {
        string path = Write("a.json", DiffSample.Test("one"));

        Assert.Contains(named, Assert.Throws<InvalidInputException>(() => VectorSet.Read(path + suffix)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_VersionWhereNothingIsRecorded_SaysSo()
    {
        string path = Write("a.json", DiffSample.Test("one").Without(DiffSample.Tight).Without(DiffSample.Loose));

        Assert.Contains("no output is recorded there at all", Assert.Throws<InvalidInputException>(() => VectorSet.Read(path + "@1.0")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere", "There is no '")]
    [InlineData("nowhere@1.0", "There is no '")]
    [InlineData("empty", "neither vectors.json nor a vector file")]
    public void Read_NothingThere_SaysWhatToName(string name, string named)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "empty"));

        string message = Assert.Throws<InvalidInputException>(() => VectorSet.Read(Path.Combine(_folder, name))).Message;

        Assert.Contains(named, message, StringComparison.Ordinal);
        Assert.Contains(name, message, StringComparison.Ordinal);
        Assert.Contains("a golden folder, or a vector file", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_TestWithoutAnId_IsNumbered()
    {
        VectorFile file = DiffSample.File(DiffSample.Test("one"), DiffSample.Test("two") with { Id = null });

        Assert.Contains("Test number 2 of 'a.json' has no id", Assert.Throws<InvalidInputException>(() => DiffSample.Set("a", file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_TestInTwoFiles_NamesBoth()
    {
        VectorFile file = DiffSample.File(DiffSample.Test("one"));

        string message = Assert.Throws<InvalidInputException>(() => VectorSet.Of("set", null, [("a.json", file), ("b.json", file)])).Message;

        Assert.Contains("'one' is both in 'a.json' and in 'b.json'", message, StringComparison.Ordinal);
    }

    private static IEnumerable<string?> Ids(VectorSet set) => set.Tests.Select(test => test.Test.Id);

    private string Write(string name, params VectorTest[] tests)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using FileStream stream = File.Create(path);
        DiffSample.File(tests).Write(stream);
        return path;
    }
}
