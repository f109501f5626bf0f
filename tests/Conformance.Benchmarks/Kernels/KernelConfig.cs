using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;

namespace Conformance.Benchmarks.Kernels;

/// <summary>What all classes show: elements a nanosecond, and allocations, of which there are none.</summary>
internal class KernelConfig : ManualConfig
{
    public KernelConfig()
    {
        AddColumn(new ThroughputColumn());
        AddDiagnoser(MemoryDiagnoser.Default);
        HideColumns("Error", "EnvironmentVariables");
    }
}
