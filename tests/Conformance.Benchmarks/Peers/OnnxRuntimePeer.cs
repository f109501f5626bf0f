using Conformance.Core.Cases;
using Conformance.Core.Tensors;
using Conformance.OnnxRuntime.Graphs;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Onnx;
using TensorElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace Conformance.Benchmarks.Peers;

/// <summary>
/// One of the project's graphs in ONNX Runtime as a user would run it: with its optimisations, bound to given inputs and outputs.
/// </summary>
internal sealed class OnnxRuntimePeer : IDisposable
{
    private readonly InferenceSession _session;
    private readonly OrtIoBinding _binding;
    private readonly RunOptions _options = new();
    private readonly List<OrtValue> _values = [];

    // Arenas never shrink; one for all sessions, which run one at a time, holds what the largest needs instead of the sum.
    static OnnxRuntimePeer()
    {
        using OrtArenaCfg defaults = new(maxMemory: 0, arenaExtendStrategy: -1, initialChunkSizeBytes: -1, maxDeadBytesPerChunk: -1);
        using OrtMemoryInfo arena = new(OrtMemoryInfo.allocatorCPU, OrtAllocatorType.ArenaAllocator, 0, OrtMemType.Default);
        OrtEnv.Instance().CreateAndRegisterAllocator(arena, defaults);
    }

    public OnnxRuntimePeer(LossGraph graph, int threads, Tensor logits, Tensor labels, Tensor loss, Tensor? gradient)
    {
        using SessionOptions options = new()
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };

        // Its threads spin while it runs, as they do by default, but not on into somebody else's turn.
        options.AddSessionConfigEntry("session.force_spinning_stop", "1");
        options.AddSessionConfigEntry("session.use_env_allocators", "1");
        ModelProto model = new LossModel(graph, DType.Float32, Reduction.None).Build();
        if (gradient is null)
        {
            KeepOnly(model.Graph, "loss");
        }

        _session = new InferenceSession(model.ToByteArray(), options);
        _binding = _session.CreateIoBinding();
        _binding.BindInput("logits", Wrap(logits));
        _binding.BindInput("labels", Wrap(labels));
        _binding.BindOutput("loss", Wrap(loss));
        if (gradient is not null)
        {
            _binding.BindOutput("gradient", Wrap(gradient));
        }
    }

    public void Run() => _session.RunWithBinding(_options, _binding);

    public void Dispose()
    {
        _binding.Dispose();
        _values.ForEach(value => value.Dispose());
        _options.Dispose();
        _session.Dispose();
    }

    // ONNX Runtime computes every node, also those that only lead to an output that nobody asked for.
    private static void KeepOnly(GraphProto graph, string output)
    {
        HashSet<string> needed = [output];
        for (int i = graph.Node.Count - 1; i >= 0; i--)
        {
            if (graph.Node[i].Output.Any(needed.Contains))
            {
                needed.UnionWith(graph.Node[i].Input);
            }
            else
            {
                graph.Node.RemoveAt(i);
            }
        }

        foreach (ValueInfoProto other in graph.Output.Where(value => value.Name != output).ToArray())
        {
            graph.Output.Remove(other);
        }
    }

    private OrtValue Wrap(Tensor tensor)
    {
        OrtValue value = OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance, TensorElementType.Float, [1, 1, tensor.Shape.Count], tensor.Address, tensor.Bytes.Length);
        _values.Add(value);
        return value;
    }
}
