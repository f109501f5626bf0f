using BenchmarkDotNet.Environments;
using BenchmarkDotNet.Jobs;

namespace Conformance.Benchmarks.Kernels;

/// <summary>One job for each lane: everything that the processor has, and then without AVX-512, AVX2 and any vectors.</summary>
internal sealed class LaneConfig : KernelConfig
{
    public LaneConfig()
    {
        AddJob(Job.Default.WithId("All"));
        foreach (string switched in (string[])["EnableAVX512", "EnableAVX2", "EnableHWIntrinsic"])
        {
            AddJob(Job.Default.WithEnvironmentVariable($"DOTNET_{switched}", "0").WithId($"{switched}=0"));
        }
    }
}
