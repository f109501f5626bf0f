namespace Conformance.Kernels.Tests.Reference;

public sealed class BoundedMemoryTests
{
    [Fact]
    public async Task BoundedMemory_TouchedInside_IsReadAndWritten() => Assert.Equal((0, "before after 0"), await ChildProcess.RunAsync("touch-inside"));

    [Theory]
    [InlineData("touch-before")]
    [InlineData("touch-behind")]
    public async Task BoundedMemory_TouchedOneByteOutside_EndsTheProcess(string place)
    {
        (int exitCode, string output) = await ChildProcess.RunAsync(place);
        Assert.NotEqual(0, exitCode);
        Assert.Equal("before", output);
    }

    [Fact]
    public void BoundedMemory_Spans_ReachBothEnds()
    {
        using BoundedMemory memory = new(2400);
        memory.AtStart<double>(300).Fill(1);
        memory.AtEnd<double>(300).Fill(2);
        Assert.Equal(2, memory.AtEnd<double>(1)[0]);
    }
}
