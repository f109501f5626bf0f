using System.Runtime.InteropServices;

namespace Conformance.OnnxRuntime;

/// <summary>
/// Keeps ONNX Runtime from sending usage data and from writing a device id into the user's cache folder, which its
/// official builds do by default since 1.29.
/// </summary>
internal static partial class Telemetry
{
    internal const string Variable = "ORT_DISABLE_TELEMETRY";

    /// <summary>Turns it off for this process and its children. Has no effect after the first use of ONNX Runtime.</summary>
    public static void Disable()
    {
        // Outside Windows, .NET changes only its own copy of the environment, which native code and so ONNX Runtime does
        // not see; on Windows, it does not change the C runtime's copy.
        Environment.SetEnvironmentVariable(Variable, "1");
        int error = OperatingSystem.IsWindows() ? SetInCRuntime(Variable, "1") : SetInProcess(Variable, "1", overwrite: 1);
        if (error != 0)
        {
            throw new InvalidOperationException($"The environment variable {Variable} could not be set.");
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetInProcess(string name, string value, int overwrite);

    [LibraryImport("ucrtbase", EntryPoint = "_putenv_s", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetInCRuntime(string name, string value);
}
