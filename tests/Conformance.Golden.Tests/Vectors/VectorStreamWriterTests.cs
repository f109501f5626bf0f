using Conformance.Golden.Vectors;

namespace Conformance.Golden.Tests.Vectors;

public sealed class VectorStreamWriterTests
{
    [Fact]
    public async Task Write_TestByTest_GivesTheBytesOfTheWholeFile()
    {
        VectorFile file = await RecordAsync();
        using MemoryStream stream = new();
        using (VectorStreamWriter writer = new(file with { Tests = [] }, stream))
        {
            long before = 0;
            foreach (VectorTest test in file.Tests)
            {
                writer.Write(test);

                // Each test is written through, not kept.
                Assert.True(stream.Length > before);
                before = stream.Length;
            }

            writer.Complete();
        }

        Assert.Equal(Recording.ToBytes(file), stream.ToArray());
    }

    [Fact]
    public async Task Complete_FewerTestsThanItsCount_IsRefused()
    {
        VectorFile file = await RecordAsync();
        using MemoryStream stream = new();
        using VectorStreamWriter writer = new(file with { Tests = [] }, stream);
        writer.Write(file.Tests[0]);

        Assert.Contains("count is 3, and 1 tests", Assert.Throws<InvalidOperationException>(writer.Complete).Message, StringComparison.Ordinal);
    }

    private static async Task<VectorFile> RecordAsync() => await Recording.RecordAsync(new FakeBackend()) with
    {
        History = [new VectorAct { Date = "2026-01-02", Reason = "New.", Changes = "3 tests" }],
    };
}
