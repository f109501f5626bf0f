using System.Collections.Immutable;
using System.Text;
using Conformance.Core.Backends;
using Conformance.Core.Judging;
using Conformance.Core.Runs;
using Conformance.Core.Sweeps;
using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Sweeps;

/// <summary>Sweeps for tests.</summary>
internal static class Sweep
{
    /// <summary>A contract of the correctly rounded truth, for every dtype.</summary>
    public static readonly Contract Exact = Within(0.5);

    public static Contract Within(double ulps) =>
        new([.. DType.All], new ErrorBound { MaxUlps = ulps }, new ErrorBound { MaxUlps = ulps }, "reason", "source");

    public static SweepOptions Options(DType dtype, params double[] labels) => new()
    {
        Tool = ProvenanceProbe.ToolVersion,
        Loss = "sigmoid_cross_entropy",
        Implementation = "planted/loss",
        Versions = ImmutableSortedDictionary<string, string>.Empty.Add("planted", "1.0"),
        DType = dtype.Name,
        Labels = [.. labels.Select(label => Element.Of(dtype, dtype.ToBits(label)))],
        Samples = dtype == DType.Float64 ? 4096 : null,
        Seed = dtype == DType.Float64 ? 1 : null,
        Contract = ContractReport.Of(Exact),
    };

    public static SweepRunner Runner(PlantedOutputs backend, SweepOptions options) =>
        new(backend, backend.Implementations[0], options, () => new NativeTensorArena()) { BatchLength = 1000, Threads = 2, Evaluators = 2 };

    public static Task<SweepResult> RunAsync(PlantedOutputs backend, SweepOptions options, int shard = 1, int shards = 1)
    {
        SweepRunner runner = Runner(backend, options);
        return runner.RunAsync(Begin(runner, shard, shards), new NoProgress(), _ => { }, TestContext.Current.CancellationToken);
    }

    public static SweepResult Begin(SweepRunner runner, int shard = 1, int shards = 1) => runner.Begin(shard, shards, "command", ProvenanceProbe.Capture([]));

    /// <summary>All that must be the same however a sweep was made.</summary>
    public static string Content(SweepResult result)
    {
        using MemoryStream json = new();
        SweepJson.Write(result with { Provenance = Provenance, Seconds = 0, Command = string.Empty }, json);
        return Encoding.UTF8.GetString(json.ToArray());
    }

    private static Provenance Provenance { get; } = ProvenanceProbe.Capture([]);

    public sealed class NoProgress : IProgress<SweepProgress>
    {
        public void Report(SweepProgress value) => Assert.InRange(value.Done, 0, value.Total);
    }
}
