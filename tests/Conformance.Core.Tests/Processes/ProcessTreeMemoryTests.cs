using System.Diagnostics;
using Conformance.Core.Processes;

namespace Conformance.Core.Tests.Processes;

public sealed class ProcessTreeMemoryTests
{
    [Fact]
    public void ResidentBytes_OfThisProcess_HoldsWhatItTouched()
    {
        const int size = 64 << 20;
        byte[] touched = new byte[size];
        touched.AsSpan().Fill(1);

        Assert.InRange(ProcessTreeMemory.ResidentBytes(Environment.ProcessId), size, long.MaxValue);
        GC.KeepAlive(touched);
    }

    [Fact]
    public void ResidentBytes_ParentOnLinux_CountsItsChild()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere only the process itself is counted.");
        using Process child = Process.Start(new ProcessStartInfo("sleep", ["60"]))!;
        try
        {
            // A shell's child, so that what is asked for is smaller than the whole.
            long alone = ProcessTreeMemory.ResidentBytes(child.Id);
            long whole = ProcessTreeMemory.ResidentBytes(Environment.ProcessId);

            Assert.InRange(alone, 1, whole - 1);
        }
        finally
        {
            child.Kill();
        }
    }

    [Fact]
    public void ResidentBytes_EndedProcess_IsNothing() => Assert.Equal(0, ProcessTreeMemory.ResidentBytes(int.MaxValue));
}
