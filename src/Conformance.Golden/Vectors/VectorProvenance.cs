using System.Collections.Immutable;
using System.Globalization;
using Conformance.Core.Backends;
using Conformance.Core.Runs;

namespace Conformance.Golden.Vectors;

/// <summary>On what outputs were made, as the names and values that a vector file has.</summary>
/// <remarks>
/// <c>tool</c>, <c>commit</c> where the build knew it, <c>operatingSystem</c>, <c>processor</c>, <c>instructionSet</c>, <c>processors</c>,
/// <c>runtime</c>, and by component <c>threads.NAME</c> and <c>version.NAME</c>. Not when: the same machine gives the same file again.
/// </remarks>
public static class VectorProvenance
{
    /// <summary>What precedes the name of a component whose version it is.</summary>
    public const string VersionPrefix = "version.";

    /// <summary>What precedes the name of a backend whose number of threads it is.</summary>
    public const string ThreadsPrefix = "threads.";

    /// <summary>Of what is evaluated now.</summary>
    /// <param name="statuses">What the backends reported.</param>
    /// <returns>Names and values.</returns>
    public static ImmutableSortedDictionary<string, string> Of(IEnumerable<BackendStatus> statuses) => Of(ProvenanceProbe.Capture(statuses));

    /// <summary>Of a run.</summary>
    /// <param name="provenance">The run's provenance.</param>
    /// <returns>Names and values.</returns>
    public static ImmutableSortedDictionary<string, string> Of(Provenance provenance)
    {
        var names = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        names["tool"] = provenance.Tool;
        if (provenance.Commit is { } commit)
        {
            names["commit"] = commit;
        }

        names["operatingSystem"] = provenance.OperatingSystem;
        names["processor"] = provenance.Processor;
        names["instructionSet"] = provenance.InstructionSet;
        names["processors"] = provenance.Processors.ToString(CultureInfo.InvariantCulture);
        names["runtime"] = provenance.Runtime;
        foreach ((string name, string threads) in provenance.Threads)
        {
            names[ThreadsPrefix + name] = threads;
        }

        foreach ((string name, string version) in provenance.Versions)
        {
            names[VersionPrefix + name] = version;
        }

        return names.ToImmutable();
    }
}
