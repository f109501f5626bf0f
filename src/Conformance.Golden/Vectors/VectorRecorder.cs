using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Runs;

namespace Conformance.Golden.Vectors;

/// <summary>Takes down what the implementations return in a run.</summary>
/// <param name="loss">The loss.</param>
/// <param name="source">What makes the file.</param>
/// <param name="backends">The backends of the run.</param>
public sealed class VectorRecorder(Loss loss, VectorSource source, IReadOnlyCollection<(IBackend Backend, BackendStatus Status)> backends)
{
    private readonly Dictionary<string, string> _versions =
        backends.ToDictionary(backend => backend.Backend.Name, backend => RecordedOutput.VersionOf(backend.Backend.Name, backend.Status));

    private readonly List<VectorTest> _tests = [];

    /// <summary>Takes down one case; what the run observes.</summary>
    /// <param name="judged">The case with its outputs.</param>
    public void Observe(JudgedCase judged) => _tests.Add(TestOf(judged));

    /// <summary>One case with its inputs and live outputs, which is not taken down.</summary>
    /// <param name="judged">The case with its outputs; copied.</param>
    /// <returns>The test.</returns>
    public VectorTest TestOf(JudgedCase judged) => new()
    {
        Id = judged.Case.Id,
        DType = judged.Case.Draw.DType.Name,
        Layout = judged.Case.Layout.Name,
        Options = new VectorOptions { Reduction = judged.Case.Reduction.Name },
        Inputs = new VectorInputs { Logits = VectorTensor.Of(judged.Logits), Labels = VectorTensor.Of(judged.Labels) },

        // What was read from a recording is no evidence of what the implementation returns here and now.
        Recorded = judged.Outputs.Where(output => output.Evaluation is { Recorded: null, Outcome: not Outcome.Unavailable }).ToImmutableSortedDictionary(output => output.Implementation.Id, Record, StringComparer.Ordinal),
    };

    /// <summary>What was taken down so far.</summary>
    /// <returns>The file.</returns>
    public VectorFile ToFile() => new()
    {
        Format = VectorFile.CurrentFormat,
        Loss = loss.Name,
        Source = source,
        Provenance = VectorProvenance.Of(backends.Select(backend => backend.Status)),
        Count = _tests.Count,
        Tests = [.. _tests],
    };

    private RecordedOutput Record(CaseOutput output) => RecordedOutput.Of(_versions[output.Implementation.Backend], output);
}
