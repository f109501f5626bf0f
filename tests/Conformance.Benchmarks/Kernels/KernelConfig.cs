using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;

namespace Conformance.Benchmarks.Kernels;

/// <summary>What all classes show: elements a nanosecond, and allocations, of which there should be none.</summary>
internal class KernelConfig : ManualConfig
{
    // Each job builds a project of its own, with the tool and all that it refers to; the default of two minutes is short for a slow machine.
    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(15);

    public KernelConfig()
    {
        WithBuildTimeout(BuildLimit);
        AddColumn(new ThroughputColumn());
        AddDiagnoser(MemoryDiagnoser.Default);
        HideColumns("Error", "EnvironmentVariables");
    }
}
