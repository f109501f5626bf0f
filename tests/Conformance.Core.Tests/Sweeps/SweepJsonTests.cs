using Conformance.Core.Sweeps;
using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Sweeps;

public sealed class SweepJsonTests
{
    private static readonly PlantedOutputs Backend = new(Sweep.Exact, (logit, _, right, _) => logit % 3 == 0 ? right ^ (logit % 16) : right);

    [Fact]
    public async Task Read_WhatWasWritten_IsTheSame()
    {
        string content = Sweep.Content(await ResultAsync());

        Assert.Equal(content, Sweep.Content(SweepFiles.ReadText(content)));
    }

    /// <summary>A file that was changed or cut would let a sweep go on from what never was.</summary>
    [Theory]
    [InlineData("\"conformance-sweep/1\"", "\"conformance-sweep/2\"", "format")]
    [InlineData("\"elements\": 65536", "\"elements\": 65535", "elements")]
    [InlineData("\"done\": 65536", "\"done\": 65535", "elements")]
    [InlineData("\"total\": 65536", "\"total\": 65537", "positions")]
    [InlineData("\"flushed\": ", "\"flushed\": 1", "add up")]
    [InlineData("\"upTo\": 1,", "\"upTo\": 1.5,", "bin")]
    [InlineData("\"stride\": 1", "\"stride\": 0", "stride")]
    [InlineData("\"lostEverything\"", "\"lost\"", "lost")]
    [InlineData("\"dtype\": \"float16\"", "\"dtype\": \"float32\"", "label")]
    [InlineData("\"done\": 65536", "\"done\": 65536, \"done\": 65536", "'done'")]
    [InlineData("\"labels\": [", "\"labels\": [ null,", "labels")]
    [InlineData("\"index\": 0", "\"index\": 4711", "binade")]
    public async Task Read_ADamagedFile_NamesTheDamage(string from, string to, string named)
    {
        string content = Sweep.Content(await ResultAsync());
        Assert.Contains(from, content, StringComparison.Ordinal);

        InvalidInputException exception = Assert.Throws<InvalidInputException>(
            () => SweepFiles.ReadText(string.Concat(content.AsSpan(0, content.IndexOf(from, StringComparison.Ordinal)), to, content.AsSpan(content.IndexOf(from, StringComparison.Ordinal) + from.Length))));

        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_ACutFile_IsRefusedWhereverItIsCut()
    {
        string content = Sweep.Content(await ResultAsync());
        for (int length = 0; length < content.Length - 1; length += 1 + (content.Length / 50))
        {
            Assert.Throws<InvalidInputException>(() => SweepFiles.ReadText(content[..length]));
        }
    }

    [Fact]
    public void Read_NoFile_IsNamed() =>
        Assert.Contains("no-such-file", Assert.Throws<InvalidInputException>(() => SweepJson.Read("no-such-file.json")).Message, StringComparison.Ordinal);

    private static Task<SweepResult> ResultAsync() => Sweep.RunAsync(Backend, Sweep.Options(DType.Float16, 0));
}
