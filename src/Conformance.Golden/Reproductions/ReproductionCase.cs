using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Oracles;
using Conformance.Core.Runs;
using Conformance.Core.Shrinking;
using Conformance.Core.Tensors;
using Conformance.Core.Waivers;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Reproductions;

/// <summary>A shrunken failure as a vector file has it, and the truth and bound of each element of the output that fails.</summary>
internal sealed class ReproductionCase
{
    private readonly ShrunkFailure _failure;
    private readonly Judgement _judgement;
    private readonly TestTruths _truths;

    public ReproductionCase(ShrunkFailure failure, Judgement judgement, string id, string version)
    {
        _failure = failure;
        _judgement = judgement;
        Case origin = failure.Target.Case;
        VectorTest test = new()
        {
            Id = id,
            DType = failure.Logits.DType.Name,
            Layout = origin.Layout.Name,
            Options = new VectorOptions { Reduction = origin.Reduction.Name },
            Inputs = new VectorInputs { Logits = ToVector(failure.Logits), Labels = ToVector(failure.Labels) },
            Recorded = ImmutableSortedDictionary.Create<string, RecordedOutput>(StringComparer.Ordinal).Add(failure.Implementation.Id, RecordedOf(failure, version)),
        };
        Test = test with { Expected = VectorEvaluator.TruthOf(origin.Draw.Loss, test, CancellationToken.None) };
        _truths = new TestTruths(origin.Draw.Loss, test);
    }

    /// <summary>The inputs with the truth and what was returned.</summary>
    public VectorTest Test { get; }

    public bool IsGradient => _failure.Target.Output == Judge.GradientName;

    /// <summary>The shape of the output that fails.</summary>
    public Shape OutputShape => IsGradient ? _failure.Logits.Shape : _failure.Target.Case.Reduction.LossShape(_failure.Logits.Shape);

    /// <summary>A vector file of this one test.</summary>
    public VectorFile ToFile() => new()
    {
        Format = VectorFile.CurrentFormat,
        Loss = _failure.Target.Case.Draw.Loss.Name,
        Source = new VectorSource
        {
            Tool = "conformance check",
            Version = ProvenanceProbe.ToolVersion,
            Seed = _failure.Target.Case.Draw.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture),
        },
        Count = 1,
        Tests = [Test],
    };

    /// <summary>Of each element: the truth, and how many ULP are allowed, null where a waiver allows anything.</summary>
    public IEnumerable<(Truth Truth, double? Allowed)> Elements()
    {
        double[] logits = Test.Inputs.Logits.ToDoubles(_failure.Logits.DType);
        double[] labels = Test.Inputs.Labels.ToDoubles(_failure.Labels.DType);
        Case origin = _failure.Target.Case;
        bool isReduced = _truths.IsReduced(IsGradient);
        Waiver[] waivers =
        [
            .. _judgement.Waivers.Where(waiver => waiver.Concerns(_failure.Implementation, _failure.Logits.DType, origin.Reduction, logits.Length == 0, Judge.NameOf(IsGradient))
                && waiver.Checks.Any(check => check is Check.Value or Check.NonFinite)),
        ];
        for (int i = 0; i < OutputShape.Count; i++)
        {
            (Truth truth, OutputTerms terms) = _truths.At(IsGradient, i);
            Standing standing = Standing.Of(_failure.Implementation, IsGradient, truth, truth.Value, terms, _judgement.MaxUlps);
            bool isWaived = i != _failure.Finding?.Index && (isReduced ? _failure.Finding is null && waivers.Length > 0
                : Array.Exists(waivers, waiver => waiver.When?.Holds(logits[i], labels[i]) is not false));
            yield return (truth, isWaived ? null : standing.Bound);
        }
    }

    private static VectorTensor ToVector(TensorBits tensor) => new() { Shape = tensor.Shape.Dimensions, Bits = tensor.Hex };

    private static RecordedOutput RecordedOf(ShrunkFailure failure, string version) => failure switch
    {
        { Loss: { } loss } when failure.Evaluation?.Gradient is null || failure.Gradient is not null => new RecordedOutput
        {
            Version = version,
            Loss = ToVector(loss),
            Gradient = failure.Gradient is { } gradient ? ToVector(gradient) : null,
        },
        _ => new RecordedOutput
        {
            Version = version,
            Error = new RecordedError
            {
                Type = failure.Evaluation?.Outcome is { } outcome and not Outcome.Completed ? outcome.ToString()
                    : failure.Target.Outcome is var first and not Outcome.Completed ? first.ToString()
                    : nameof(Outcome.Error),
                Message = failure.Evaluation?.Message ?? failure.Finding?.Message ?? "It was not evaluated again.",
            },
        },
    };
}
