using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;
using Conformance.Golden.Reproductions;
using Conformance.Golden.Vectors;
using Conformance.Isolation;
using Conformance.OnnxRuntime.Models;

namespace Conformance.Cli.Checking;

/// <summary>An ONNX model, in a worker: one that crashes or hangs is an outcome.</summary>
internal sealed class OnnxWayIn(OnnxModelFile model) : IWayIn
{
    public const string Name = "onnx";

    public string Backend => Name;

    public string EntryPoint => Path.GetFileName(model.Path);

    public ImmutableArray<DType> DTypes => [model.DType];

    public ImmutableArray<DType> DefaultDTypes => DTypes;

    public ImmutableArray<Reduction> DefaultReductions => [Reduction.None];

    public bool IsToldReduction => false;

    public bool HasGradient => model.Gradient is not null;

    public ImmutableArray<int?> InputDimensions => model.InputDimensions;

    public IEnumerable<string> Arguments =>
        ["--onnx", Path.GetFullPath(model.Path), "--inputs", $"{model.Logits},{model.Labels}", "--outputs", model.Gradient is null ? model.Loss : $"{model.Loss},{model.Gradient}"];

    public ReproductionSubject SubjectOf(BackendStatus status) => new OnnxSubject(
        Path.GetFullPath(model.Path), model.Logits, model.Labels, model.Loss, model.Gradient, RecordedOutput.VersionOf("onnxruntime", status));

    public IBackend Create(ImplementationInfo implementation, IsolationLimits limits) => new IsolatedBackend(
        Name,
        [implementation],
        (_, _) => Task.FromResult<(WorkerCommand?, BackendStatus?)>((WorkerVerb.CommandFor(
            ImmutableDictionary<string, string>.Empty,
            [Name, implementation.EntryPoint, Path.GetFullPath(model.Path), model.Logits, model.Labels, model.Loss, model.Gradient ?? string.Empty]), null)),
        limits);

    /// <summary>The backend that a worker serves; its parent knows what it claims, and has read the model.</summary>
    public static IBackend CreateInWorker(string entryPoint, string path, string logits, string labels, string loss, string gradient) => new OnnxModelBackend(
        new OnnxModelFile
        {
            Path = path,
            Logits = logits,
            Labels = labels,
            Loss = loss,
            Gradient = gradient.Length == 0 ? null : gradient,
            DType = DType.Float32,
            InputDimensions = [],
        },
        ToolWorker.Declare(Name, entryPoint));
}
