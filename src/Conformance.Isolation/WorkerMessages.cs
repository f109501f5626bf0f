using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Conformance.Core.Backends;
using Conformance.Core.Tensors;

namespace Conformance.Isolation;

/// <summary>One evaluation that the parent asks for.</summary>
internal sealed record WorkItem(
    string Name,
    string Implementation,
    string Function,
    string DType,
    string Reduction,
    ImmutableArray<int> Shape,
    SharedLocation Logits,
    SharedLocation Labels,
    SharedLocation Loss,
    SharedLocation? Gradient);

/// <summary>What became of it, or an announcement of the worker.</summary>
internal sealed record WorkResult(Outcome Outcome, WorkSignature? Loss, WorkSignature? Gradient, string? Message);

/// <summary>An output's dtype and shape on the wire.</summary>
internal sealed record WorkSignature(string DType, ImmutableArray<int> Shape)
{
    public static WorkSignature? Of(OutputSignature? signature) =>
        signature is null ? null : new WorkSignature(signature.DType, signature.Shape.Dimensions);

    /// <exception cref="InvalidDataException">No tensor can have such a shape.</exception>
    public OutputSignature ToSignature()
    {
        try
        {
            return new OutputSignature(DType, new Shape(Shape.AsSpan()));
        }
        catch (Exception exception) when (exception is ArgumentException or OverflowException)
        {
            throw new InvalidDataException("A worker frame has a shape that no tensor can have.", exception);
        }
    }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ImmutableArray<WorkItem>))]
[JsonSerializable(typeof(WorkResult))]
[JsonSerializable(typeof(BackendStatus))]
internal sealed partial class WorkerJson : JsonSerializerContext;
