using System.Globalization;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Losses;
using Conformance.Core.Runs;
using Conformance.Core.Tensors;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Acceptance;

/// <summary>What must be true of a candidate, whatever the golden folder holds.</summary>
/// <param name="declared">Every implementation there is, by id.</param>
internal sealed class CandidateChecks(IReadOnlyDictionary<string, ImplementationInfo> declared)
{
    /// <summary>Makes sure that a candidate can be accepted at all.</summary>
    /// <exception cref="InvalidInputException">It cannot; the message names candidate, test and field.</exception>
    public void Check(AcceptanceCandidate candidate, CancellationToken cancellationToken)
    {
        for (int i = 0; i < candidate.File.Tests.Length; i++)
        {
            VectorTest test = candidate.File.Tests[i];
            if (test.Id is null)
            {
                throw new InvalidInputException(string.Create(
                    CultureInfo.InvariantCulture, $"Test number {i + 1} of '{candidate.Path}' has no id, by which golden files know their tests; give it one."));
            }

            CheckInputs(candidate, test);
            foreach (string key in test.Recorded.Keys)
            {
                CheckImplementation(candidate, test, RecordedOutput.Split(key).Implementation);
            }
        }

        CheckExpected(candidate, cancellationToken);
    }

    private static void CheckInputs(AcceptanceCandidate candidate, VectorTest test)
    {
        if (!VectorFileReader.IsCaseId(candidate.File.Loss, test.Id!))
        {
            return;
        }

        Case testCase = Case.Parse(test.Id!);
        using NativeTensorArena arena = new();
        Tensor logits = arena.Allocate(testCase.Draw.DType, testCase.InputShape);
        Tensor labels = arena.Allocate(testCase.Draw.DType, testCase.InputShape);
        testCase.FillInputs(logits, labels);
        foreach ((string name, VectorTensor given, Tensor derived) in new[] { ("logits", test.Inputs.Logits, logits), ("labels", test.Inputs.Labels, labels) })
        {
            if (FindDifference(testCase.Draw.DType, given, VectorTensor.Of(derived)) is { } difference)
            {
                throw new InvalidInputException(
                    $"The {name} of test '{test.Id}' in '{candidate.Path}' are not those that follow from its id: {difference}; give the test a name of its own, or record it anew.");
            }
        }
    }

    private void CheckImplementation(AcceptanceCandidate candidate, VectorTest test, string id)
    {
        if (!declared.TryGetValue(id, out ImplementationInfo? implementation))
        {
            throw new InvalidInputException(
                $"Test '{test.Id}' in '{candidate.Path}' has outputs of '{id}', which is no implementation; take them out, or use one of those that 'conformance list' shows.");
        }

        if (VectorEvaluator.FindRefusal(implementation, test) is { } reason)
        {
            throw new InvalidInputException(
                $"Test '{test.Id}' in '{candidate.Path}' has outputs of '{id}', which does not compute it, since it {reason}; take them out.");
        }
    }

    private static void CheckExpected(AcceptanceCandidate candidate, CancellationToken cancellationToken)
    {
        VectorTest[] stated = [.. candidate.File.Tests.Where(test => test.Expected is not null)];
        VectorFile file = candidate.File with { Tests = [.. stated], Count = stated.Length };
        VectorFile truths = new VectorEvaluator(candidate.Path, file).WithTruth(new Progress<RunProgress>(), cancellationToken);
        for (int i = 0; i < stated.Length; i++)
        {
            VectorOutputs given = stated[i].Expected!;
            VectorOutputs truth = truths.Tests[i].Expected!;
            DType dtype = DType.Find(stated[i].DType)!;
            string? loss = FindDifference(dtype, given.Loss, truth.Loss);
            string? gradient = given.Gradient is null ? null : FindDifference(dtype, given.Gradient, truth.Gradient!);
            if ((loss ?? gradient) is { } difference)
            {
                throw new InvalidInputException(
                    $"The expected {(loss is null ? "gradient" : "loss")} of test '{stated[i].Id}' in '{candidate.Path}' is not the oracle's: {difference}; "
                    + $"put the oracle's there with 'conformance eval --implementation oracle --vectors {candidate.Path} --out {candidate.Path}'.");
            }
        }
    }

    private static string? FindDifference(DType dtype, VectorTensor given, VectorTensor wanted)
    {
        if (given.Bits == wanted.Bits)
        {
            return null;
        }

        int index = Enumerable.Range(0, wanted.Bits.Length / dtype.HexDigits).First(i => given.BitsAt(dtype, i) != wanted.BitsAt(dtype, i));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"element {index} is 0x{dtype.ToHex(given.BitsAt(dtype, index))}, where 0x{dtype.ToHex(wanted.BitsAt(dtype, index))} belongs");
    }
}
