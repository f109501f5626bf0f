using System.Diagnostics;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Losses;
using Conformance.Core.Recipes;
using Conformance.Core.Tensors;
using Conformance.Isolation;

namespace Conformance.Benchmarks.Harness;

/// <summary>Times evaluations as a run asks for them.</summary>
internal static class EvaluationTimer
{
    private const int WarmUps = 5;

    /// <summary>Seconds for one of so many requests that go to the backend together.</summary>
    public static async Task<Spread> TimeAsync(
        IBackend backend, ImplementationInfo implementation, Shape shape, int together, int repetitions, CancellationToken cancellationToken)
    {
        Reduction reduction = implementation.Reductions.Contains(Reduction.None) ? Reduction.None : implementation.Reductions[0];
        Case testCase = new(new Draw(Loss.All[0], DType.Float32, shape, LogitRecipe.Normal, LabelRecipe.Hard20, 1, 0), Layout.ChannelsFirst, reduction);
        using SharedTensorArena arena = new();
        Tensor logits = arena.Allocate(DType.Float32, testCase.InputShape);
        Tensor labels = arena.Allocate(DType.Float32, testCase.InputShape);
        testCase.FillInputs(logits, labels);
        EvaluationRequest[] requests =
        [
            .. Enumerable.Range(0, together).Select(_ => new EvaluationRequest(
                implementation, testCase, logits, labels, arena.Allocate(DType.Float32, testCase.LossShape), gradient: null)),
        ];
        List<double> seconds = [];
        for (int i = 0; i < WarmUps + repetitions; i++)
        {
            long start = Stopwatch.GetTimestamp();
            IReadOnlyList<Evaluation> evaluations = await backend.EvaluateAsync(requests, cancellationToken);
            double elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (evaluations.FirstOrDefault(evaluation => evaluation.Outcome != Outcome.Completed) is { } failed)
            {
                throw new InvalidDataException($"{implementation.Id}: {failed.Message}");
            }

            if (i >= WarmUps)
            {
                seconds.Add(elapsed / together);
            }
        }

        return Spread.Of(seconds);
    }
}
