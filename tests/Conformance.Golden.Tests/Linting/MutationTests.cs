using System.Text;
using System.Text.Json.Nodes;
using Conformance.Core;
using Conformance.Golden.Linting;
using Conformance.Golden.Vectors;
using Conformance.TestKit;

namespace Conformance.Golden.Tests.Linting;

/// <summary>Over a hundred thousand damaged files: each is refused in one sentence, or read as what it says and found by lint.</summary>
public sealed class MutationTests
{
    // What the tests of this class come to.
    private const int SampleSeeds = 80_000;
    private const int CommittedSeeds = 10_000;
    private const int OtherSeeds = 5_000;

    public static TheoryData<string> CommittedFiles => [.. GoldenData.VectorFiles.Select(path => Path.GetFileName(path))];

    private static LintFile Sample => GoldenSample.File(GoldenSample.Entry, GoldenSample.Vectors);

    [Fact]
    public void Damage_SampleFile_IsRefusedOrFound()
    {
        MutationRun run = new();

        run.Run(Sample, 0, SampleSeeds);

        AssertHeld(run);
    }

    [Theory]
    [MemberData(nameof(CommittedFiles))]
    public void Damage_CommittedVectors_IsRefusedOrFound(string name)
    {
        MutationRun run = new();

        run.Run(GoldenSample.File($"vectors/{name}", Shorten(name)), 100_000, CommittedSeeds / CommittedFiles.Count);

        AssertHeld(run);
    }

    [Fact]
    public void Damage_Waivers_IsRefusedOrFound()
    {
        JsonNode waivers = JsonNode.Parse(File.ReadAllBytes(Path.Combine(RepositoryRoot.Path, "golden", "waivers.json")))!;
        JsonArray list = waivers["waivers"]!.AsArray();
        while (list.Count > 3)
        {
            list.RemoveAt(3);
        }

        MutationRun run = new();
        byte[] content = GoldenFormatter.Format(new LintFile("waivers.json", null, Encoding.UTF8.GetBytes(waivers.ToJsonString())))!;

        run.Run(GoldenSample.File("waivers.json", content), 200_000, OtherSeeds);

        AssertHeld(run);
    }

    [Fact]
    public void Damage_Manifest_IsRefusedOrFound()
    {
        MutationRun run = new();
        LintFile[] files = [Sample, GoldenSample.File("waivers.json", GoldenSample.Waivers)];

        run.RunManifest(files, 300_000, OtherSeeds);

        AssertHeld(run);
    }

    [Fact]
    public void Damage_Certificate_IsRefusedOrFound()
    {
        MutationRun run = new();
        const string name = "certificates/native-half.float32.json";

        run.Run(GoldenSample.File(name, File.ReadAllBytes(Path.Combine(RepositoryRoot.Path, "golden", name))), 400_000, OtherSeeds);

        AssertHeld(run);
    }

    [Fact]
    public void Damage_SameSeed_IsTheSameAndMostlyNoTwoAreEqual()
    {
        byte[][] first = [.. Enumerable.Range(0, 500).Select(seed => Mutation.Apply(GoldenSample.Vectors, seed))];

        Assert.All(first.Index(), item => Assert.Equal(item.Item, Mutation.Apply(GoldenSample.Vectors, item.Index)));
        Assert.True(first.DistinctBy(Convert.ToHexString).Count() > 480);
    }

    [Fact]
    public void Damage_ReaderThatSwallowsMistakes_IsSeen()
    {
        VectorFile original = VectorFile.Parse(GoldenSample.Vectors, "a.json");
        MutationRun run = new()
        {
            ReadVectors = content =>
            {
                try
                {
                    return VectorFile.Parse(content, "a.json");
                }
                catch (InvalidInputException)
                {
                    return original;
                }
            },
        };

        run.Run(Sample, 0, 1000);

        Assert.Contains(run.Failures, failure => failure.Contains("it was read, and", StringComparison.Ordinal));
    }

    [Fact]
    public void Damage_ReaderThatDropsAField_IsSeen()
    {
        MutationRun run = new() { ReadVectors = content => VectorFile.Parse(content, "a.json") with { History = [] } };

        run.Run(Sample, 0, 1000);

        Assert.Contains(run.Failures, failure => failure.Contains("means something else at $.history", StringComparison.Ordinal));
    }

    [Fact]
    public void Damage_ReaderThatLetsAnotherExceptionOut_IsSeen()
    {
        MutationRun run = new()
        {
            ReadVectors = content =>
            {
                try
                {
                    return VectorFile.Parse(content, "a.json");
                }
                catch (InvalidInputException exception)
                {
                    throw exception.InnerException ?? exception;
                }
            },
        };

        run.Run(Sample, 0, 1000);

        Assert.Contains(run.Failures, failure => failure.Contains("JsonException", StringComparison.Ordinal));
    }

    [Fact]
    public void Damage_LinterWithoutTheManifest_MissesChangedBits()
    {
        MutationRun run = new() { HasManifest = false };

        run.Run(Sample, 0, 3000);

        Assert.Contains(run.Failures, failure => failure.Contains("it was changed, and lint has 0 findings", StringComparison.Ordinal));
    }

    private static void AssertHeld(MutationRun run)
    {
        Assert.True(!run.Failures.Any(), string.Join('\n', run.Failures));
        Assert.True(run.Accepted > run.Refused / 1000);
        Assert.True(run.Linted > run.Refused / 10);
        Assert.True(run.Refused > run.Accepted);
    }

    // The two smallest tests with two recorded implementations each: as much to damage, and quick to read.
    private static byte[] Shorten(string name)
    {
        VectorFile file = VectorFile.Read(GoldenData.VectorFiles.First(path => Path.GetFileName(path) == name));
        VectorTest[] tests =
        [
            .. file.Tests.OrderBy(test => test.Inputs.Logits.Bits.Length).Take(2)
                .Select(test => test with { Recorded = test.Recorded.RemoveRange(test.Recorded.Keys.Skip(2)) }),
        ];
        string[] flags = [.. tests.SelectMany(test => test.Flags)];
        return Recording.ToBytes(file with
        {
            Tests = [.. tests],
            Count = tests.Length,
            Flags = file.Flags.RemoveRange(file.Flags.Keys.Except(flags)),
        });
    }
}
