using System.Runtime.InteropServices;

namespace Conformance.OnnxRuntime.Tests;

public sealed partial class TelemetryTests
{
    [Fact]
    public async Task Telemetry_AfterStart_IsOffInTheNativeEnvironment()
    {
        await using OnnxRuntimeBackend backend = new();
        await backend.StartAsync(new Progress<string>(), TestContext.Current.CancellationToken);

        nint value = OperatingSystem.IsWindows() ? ReadFromCRuntime(Telemetry.Variable) : ReadFromProcess(Telemetry.Variable);

        // This text is the same bytes in every code page that the C runtime of Windows may use.
        Assert.Equal("1", Marshal.PtrToStringUTF8(value));
    }

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint ReadFromProcess(string name);

    [LibraryImport("ucrtbase", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint ReadFromCRuntime(string name);
}
