using Conformance.Core.Backends;
using Conformance.Core.Tensors;
using Conformance.OnnxRuntime.SigmoidCrossEntropy;

namespace Conformance.OnnxRuntime.Graphs;

/// <summary>One formula for a loss, written in ONNX operators: an implementation of this backend.</summary>
public abstract class LossGraph
{
    /// <summary>Every graph.</summary>
    public static readonly IReadOnlyList<LossGraph> All = [new SoftplusGraph(), new Log1pGraph(), new TextbookGraph()];

    private protected LossGraph(ImplementationInfo implementation) => Implementation = implementation;

    /// <summary>What the harness is told about it.</summary>
    public ImplementationInfo Implementation { get; }

    /// <summary>The graph's name, which is the implementation's entry point.</summary>
    public string Name => Implementation.EntryPoint;

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>The graph of an entry point.</summary>
    /// <param name="name">An entry point of this backend.</param>
    /// <returns>The graph, or null where there is none of that name.</returns>
    public static LossGraph? Find(string name) => All.FirstOrDefault(graph => graph.Name == name);

    /// <summary>Appends the elementwise loss and its derivative with respect to the logits.</summary>
    internal abstract (Value Loss, Value Gradient) Append(Value logits, Value labels);
}
