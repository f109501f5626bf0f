using System.Collections.Immutable;

namespace Conformance.Golden.Reproductions;

/// <summary>An ONNX model.</summary>
/// <param name="Model">Its file.</param>
/// <param name="Logits">The input that takes the logits.</param>
/// <param name="Labels">The input that takes the labels.</param>
/// <param name="Loss">The output that is the loss.</param>
/// <param name="Gradient">The output that is the gradient; null for none.</param>
/// <param name="RuntimeVersion">The version of ONNX Runtime that evaluated it.</param>
public sealed record OnnxSubject(string Model, string Logits, string Labels, string Loss, string? Gradient, string RuntimeVersion) : ReproductionSubject
{
    internal override string? PythonTemplate => "evaluate_onnx.py";

    internal override string? CSharpTemplate => "EvaluateOnnx.cs";

    internal override ImmutableArray<string> Directives => [$"#:package Microsoft.ML.OnnxRuntime@{RuntimeVersion}"];

    internal override IEnumerable<(string Name, object Value)> Constants =>
        [("LOGITS_NAME", Logits), ("LABELS_NAME", Labels), ("LOSS_NAME", Loss), ("GRADIENT_NAME", Gradient ?? string.Empty), ("RUNTIME_VERSION", RuntimeVersion)];
}
