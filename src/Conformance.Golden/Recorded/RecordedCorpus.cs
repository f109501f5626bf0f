using Conformance.Core.Backends;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Recorded;

/// <summary>What vector files recorded of implementations, by the cases on which they were evaluated.</summary>
public sealed class RecordedCorpus
{
    private readonly Dictionary<string, List<VectorTest>> _tests = new(StringComparer.Ordinal);

    /// <summary>Takes the tests of files that are named by their case; those with a name of their own are no case of any suite.</summary>
    /// <param name="files">The files, of which an earlier one goes before a later one.</param>
    public RecordedCorpus(IEnumerable<VectorFile> files)
    {
        foreach (VectorFile file in files)
        {
            foreach (VectorTest test in file.Tests)
            {
                if (test.Id is null || !VectorFileReader.IsCaseId(file.Loss, test.Id) || test.Recorded.IsEmpty)
                {
                    continue;
                }

                if (!_tests.TryGetValue(test.Id, out List<VectorTest>? tests))
                {
                    _tests.Add(test.Id, tests = []);
                }

                tests.Add(test);
            }
        }
    }

    /// <summary>The versions of which outputs of any of some implementations are there.</summary>
    /// <param name="implementations">The implementations.</param>
    /// <returns>The versions, in ordinal order.</returns>
    public IReadOnlyList<string> VersionsOf(IReadOnlyList<ImplementationInfo> implementations) =>
    [
        .. (from tests in _tests.Values
            from test in tests
            from implementation in implementations
            let output = test.Recorded.GetValueOrDefault(implementation.Id)
            where output is not null
            select output.Version).Distinct().Order(StringComparer.Ordinal),
    ];

    /// <summary>What is recorded of an implementation on the very inputs of a request.</summary>
    /// <param name="request">The request.</param>
    /// <returns>
    /// The output; null where there is none for the case, where its inputs have other bits than the request's, or where it lacks the gradient
    /// that is asked for.
    /// </returns>
    public RecordedOutput? Find(EvaluationRequest request)
    {
        if (!_tests.TryGetValue(request.Name, out List<VectorTest>? tests))
        {
            return null;
        }

        foreach (VectorTest test in tests)
        {
            if (test.Recorded.GetValueOrDefault(request.Implementation.Id) is { } output
                && (request.Gradient is null || output.Gradient is not null || output.Error is not null)
                && test.Inputs.Logits.Bits == request.Logits.ToHex()
                && test.Inputs.Labels.Bits == request.Labels.ToHex())
            {
                return output;
            }
        }

        return null;
    }
}
