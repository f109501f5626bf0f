using Conformance.Core.Backends;
using Conformance.Core.Runs;

namespace Conformance.Core.Tests.Runs;

public sealed class ProvenanceProbeTests
{
    [Fact]
    public void Capture_VersionsAndThreads_AreToldApart()
    {
        Provenance provenance = ProvenanceProbe.Capture(
        [
            BackendStatus.Available([new("tensorflow", "2.21.0"), new("threads.tensorflow", "4")]),
            BackendStatus.Available([new("tensorflow", "ignored: the first says it"), new("keras", "3.15.1")]),
            BackendStatus.Unavailable("missing", "fix"),
        ]);
        Assert.Equal(["keras", "tensorflow"], provenance.Versions.Keys);
        Assert.Equal("2.21.0", provenance.Versions["tensorflow"]);
        Assert.Equal(("tensorflow", "4"), (Assert.Single(provenance.Threads).Key, Assert.Single(provenance.Threads).Value));
    }

    [Fact]
    public void Capture_Facts_AreThere()
    {
        Provenance provenance = ProvenanceProbe.Capture([]);
        Assert.Equal(ProvenanceProbe.ToolVersion, provenance.Tool);
        Assert.DoesNotContain('+', provenance.Tool);
        Assert.All([provenance.OperatingSystem, provenance.Processor, provenance.InstructionSet, provenance.Runtime, provenance.Sdk], Assert.NotEmpty);
        Assert.NotEqual("unknown", provenance.Sdk);
        Assert.Equal(Environment.ProcessorCount, provenance.Processors);
        Assert.Equal(TimeSpan.Zero, provenance.Started.Offset);
    }
}
