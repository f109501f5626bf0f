using Conformance.Core.Backends;
using Conformance.Core.Runs;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Tests.Vectors;

public sealed class VectorProvenanceTests
{
    [Fact]
    public void Of_Statuses_HasTheMachineAndEveryVersionAndNoTime()
    {
        var provenance = VectorProvenance.Of(
            [BackendStatus.Available([new("tensorflow", "2.21.0"), new("threads.tensorflow", "2"), new("numpy", "2.4.0")])]);

        Assert.Equal("2.21.0", provenance["version.tensorflow"]);
        Assert.Equal("2.4.0", provenance["version.numpy"]);
        Assert.Equal("2", provenance["threads.tensorflow"]);
        Assert.Equal(ProvenanceProbe.ToolVersion, provenance["tool"]);
        Assert.All(["operatingSystem", "processor", "instructionSet", "processors", "runtime"], name => Assert.NotEqual(string.Empty, provenance[name]));
        Assert.DoesNotContain(provenance, entry => entry.Value.Contains(DateTime.UtcNow.ToString("yyyy-MM-dd", null), StringComparison.Ordinal));
    }

    [Fact]
    public void Of_BuildThatKnowsNoCommit_HasNone()
    {
        Provenance made = ProvenanceProbe.Capture([]);

        Assert.Equal("abc", VectorProvenance.Of(made with { Commit = "abc" })["commit"]);
        Assert.False(VectorProvenance.Of(made with { Commit = null }).ContainsKey("commit"));
    }
}
