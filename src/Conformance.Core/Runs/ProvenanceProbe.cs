using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Conformance.Core.Backends;
using System.Collections.Immutable;

namespace Conformance.Core.Runs;

/// <summary>Finds out with what a run is made.</summary>
public static class ProvenanceProbe
{
    private const string ThreadsPrefix = "threads.";

    /// <summary>The tool's version, without the commit.</summary>
    public static string ToolVersion => InformationalVersion.Split('+')[0];

    private static string InformationalVersion =>
        typeof(ProvenanceProbe).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>The provenance of a run that begins now.</summary>
    /// <param name="statuses">What the backends reported; versions named <c>threads.NAME</c> are thread counts.</param>
    /// <returns>The provenance.</returns>
    public static Provenance Capture(IEnumerable<BackendStatus> statuses)
    {
        var reported = statuses.SelectMany(status => status.Versions).DistinctBy(pair => pair.Key).ToArray();
        string[] version = InformationalVersion.Split('+');
        return new Provenance
        {
            Tool = version[0],
            Commit = version.Length > 1 ? version[1] : null,
            Started = DateTimeOffset.UtcNow,
            OperatingSystem = $"{RuntimeInformation.OSDescription} ({RuntimeInformation.ProcessArchitecture})",
            Processor = ProcessorName(),
            InstructionSet = Vector512.IsHardwareAccelerated ? "512-bit vectors"
                : Vector256.IsHardwareAccelerated ? "256-bit vectors"
                : Vector128.IsHardwareAccelerated ? "128-bit vectors"
                : "scalar",
            Processors = Environment.ProcessorCount,
            Runtime = RuntimeInformation.FrameworkDescription,
            Sdk = typeof(ProvenanceProbe).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
                .FirstOrDefault(attribute => attribute.Key == "Sdk")?.Value ?? "unknown",
            Threads = reported.Where(pair => IsThreads(pair.Key))
                .ToImmutableSortedDictionary(pair => pair.Key[ThreadsPrefix.Length..], pair => pair.Value, StringComparer.Ordinal),
            Versions = reported.Where(pair => !IsThreads(pair.Key))
                .ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal),
        };
    }

    private static bool IsThreads(string key) => key.StartsWith(ThreadsPrefix, StringComparison.Ordinal);

    private static string ProcessorName()
    {
        try
        {
            return File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
                ?.Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();
        }
    }
}
