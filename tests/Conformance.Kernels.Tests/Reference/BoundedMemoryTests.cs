using System.Diagnostics;

namespace Conformance.Kernels.Tests.Reference;

public sealed class BoundedMemoryTests
{
    [Fact]
    public async Task BoundedMemory_TouchedInside_IsReadAndWritten() => Assert.Equal((0, "before after 0"), await RunChild("inside"));

    [Theory]
    [InlineData("before")]
    [InlineData("behind")]
    public async Task BoundedMemory_TouchedOneByteOutside_EndsTheProcess(string place)
    {
        (int exitCode, string output) = await RunChild(place);
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

    private static async Task<(int ExitCode, string Output)> RunChild(string place)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!, [GuardedChild.Verb, place]) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Insert(0, typeof(BoundedMemoryTests).Assembly.Location);
        }

        using Process child = Process.Start(start)!;
        Task<string> errors = child.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        await errors;
        return (child.ExitCode, string.Join(' ', output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
    }
}
