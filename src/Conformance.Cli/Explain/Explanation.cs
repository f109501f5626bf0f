using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Runs;
using Conformance.Core.Tensors;
using Conformance.Core.Waivers;

namespace Conformance.Cli.Explain;

/// <summary>One element, or one reduced value: the truth, and how every implementation stands to it and to the others.</summary>
internal sealed record Explanation
{
    public required string Loss { get; init; }

    public required string Formula { get; init; }

    [JsonPropertyName("dtype")]
    public required string DType { get; init; }

    public required string Reduction { get; init; }

    /// <summary>The number of elements that are evaluated together.</summary>
    public required int Elements { get; init; }

    /// <summary>Null for a pair that somebody typed.</summary>
    public string? Case { get; init; }

    /// <summary>The element's position in memory; null for the value of a reduced case.</summary>
    public int? Index { get; init; }

    public double? PosWeight { get; init; }

    public double? LabelSmoothing { get; init; }

    public Element? Logit { get; init; }

    public Element? Label { get; init; }

    /// <summary>The label after smoothing, at which the truth is taken; null where there is no smoothing.</summary>
    public Element? SmoothedLabel { get; init; }

    public required Tolerance Tolerance { get; init; }

    /// <summary>The loss, and the gradient where an element is meant.</summary>
    public required ImmutableArray<OutputExplanation> Outputs { get; init; }

    public required ImmutableArray<BackendReport> Backends { get; init; }

    /// <summary>Why no implementation was asked; null where one was.</summary>
    public string? NotAsked { get; init; }

    /// <summary>The command line that explains the same again.</summary>
    public required string Repeat { get; init; }

    public static Explanation Of(
        ExplainTarget target,
        Tensor logits,
        Tensor labels,
        IReadOnlyList<CaseOutput> outputs,
        IEnumerable<(IBackend Backend, BackendStatus Status)> backends,
        Tolerance tolerance,
        IReadOnlyList<Waiver> waivers,
        string? notAsked)
    {
        DType dtype = target.DType;
        double[] x = logits.ToDoubles();
        double[] z = labels.ToDoubles();
        TargetTruth truth = new(target, x, z);
        DateOnly today = DateOnly.FromDateTime(DateTime.UtcNow);
        KnownDeviations known = new([.. waivers.Select(waiver => new WaiverUse(waiver, today))], target, logits, labels);
        return new Explanation
        {
            Loss = target.Loss.Name,
            Formula = target.Loss.Formula,
            DType = dtype.Name,
            Reduction = target.Reduction.Name,
            Elements = logits.Shape.Count,
            Case = target.Case?.Id,
            Index = target.Case is null ? null : target.Index,
            PosWeight = target.Options.PosWeight == 1 ? null : target.Options.PosWeight,
            LabelSmoothing = target.Options.LabelSmoothing == 0 ? null : target.Options.LabelSmoothing,
            Logit = target.Index is { } index ? Element.Of(dtype, logits.BitsAt(index)) : null,
            Label = target.Index is { } same ? Element.Of(dtype, labels.BitsAt(same)) : null,
            SmoothedLabel = target.Options.LabelSmoothing != 0 && target.Index is { } smoothed
                ? Element.Of(dtype, dtype.ToBits(target.Options.SmoothedLabel(dtype, z[smoothed])))
                : null,
            Tolerance = tolerance,
            Outputs =
            [
                OutputExplanation.Of(truth, isGradient: false, outputs, tolerance, known),
                .. target.Index is null ? ImmutableArray<OutputExplanation>.Empty : [OutputExplanation.Of(truth, isGradient: true, outputs, tolerance, known)],
            ],
            Backends = [.. backends.Select(backend => BackendReport.Of(backend.Backend.Name, backend.Status))],
            NotAsked = notAsked,
            Repeat = $"conformance {target.Repetition}",
        };
    }

    public void WriteJson(TextWriter output) => output.WriteLine(JsonSerializer.Serialize(this, ExplanationJson.Default.Explanation));
}
