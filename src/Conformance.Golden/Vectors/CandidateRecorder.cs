using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Runs;
using Conformance.Core.Tensors;

namespace Conformance.Golden.Vectors;

/// <summary>Evaluates implementations on the tests of a vector file that they compute, for a candidate that holds these outputs alone.</summary>
/// <param name="backends">The backends of the implementations; available.</param>
/// <param name="createArena">Makes the memory in which tensors live.</param>
public sealed class CandidateRecorder(IReadOnlyList<(IBackend Backend, BackendStatus Status)> backends, Func<ITensorArena> createArena)
{
    /// <summary>Records on one file.</summary>
    /// <param name="path">The file's path, for messages.</param>
    /// <param name="file">The file; its tests, flags and expected values stay as they are.</param>
    /// <param name="implementations">The implementations.</param>
    /// <param name="source">What makes the candidate.</param>
    /// <param name="progress">Told after each block of tests.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The candidate.</returns>
    public async Task<RecordedCandidate> RecordAsync(
        string path,
        VectorFile file,
        IReadOnlyList<ImplementationInfo> implementations,
        VectorSource source,
        IProgress<RunProgress> progress,
        CancellationToken cancellationToken)
    {
        VectorTest[] tests = [.. file.Tests.Select(test => test with { Recorded = ImmutableSortedDictionary<string, RecordedOutput>.Empty })];
        var skipped = ImmutableSortedDictionary.CreateBuilder<string, int>(StringComparer.Ordinal);
        foreach (ImplementationInfo implementation in implementations)
        {
            int[] computed = [.. Enumerable.Range(0, tests.Length).Where(i => VectorEvaluator.FindRefusal(implementation, tests[i]) is null)];
            skipped[implementation.Id] = tests.Length - computed.Length;
            (IBackend backend, BackendStatus status) = backends.First(one => one.Backend.Name == implementation.Backend);
            VectorFile part = file with { Count = computed.Length, Tests = [.. computed.Select(i => tests[i])] };
            VectorFile recorded = await new VectorEvaluator(path, part).WithRecordedAsync(
                implementation, backend, RecordedOutput.VersionOf(backend.Name, status), createArena, progress, cancellationToken).ConfigureAwait(false);
            for (int i = 0; i < computed.Length; i++)
            {
                tests[computed[i]] = recorded.Tests[i];
            }
        }

        VectorTest[] kept = [.. tests.Where(test => !test.Recorded.IsEmpty)];
        VectorFile candidate = file with
        {
            Source = source,
            Provenance = VectorProvenance.Of(backends.Select(backend => backend.Status)),
            History = [],
            Flags = file.Flags.RemoveRange(file.Flags.Keys.Except(kept.SelectMany(test => test.Flags))),
            Count = kept.Length,
            Tests = [.. kept],
        };
        return new RecordedCandidate(candidate, skipped.ToImmutable());
    }
}
