using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Runs;

namespace Conformance.Golden.Vectors;

/// <summary>On what outputs were made, as a vector file says it.</summary>
public static class VectorProvenance
{
    /// <summary>What may change bits: operating system, processor, vectors, runtime, and the versions of all that computed. The same from day to day.</summary>
    /// <param name="statuses">What the backends reported.</param>
    /// <returns>Names and values.</returns>
    public static ImmutableSortedDictionary<string, string> Capture(IEnumerable<BackendStatus> statuses)
    {
        Provenance provenance = ProvenanceProbe.Capture(statuses);
        return provenance.Versions
            .SetItem("instructionSet", provenance.InstructionSet)
            .SetItem("operatingSystem", provenance.OperatingSystem)
            .SetItem("processor", provenance.Processor)
            .SetItem("runtime", provenance.Runtime)
            .SetItem("tool", provenance.Tool);
    }
}
