using Conformance.Core.Tensors;
using Conformance.Kernels.Losses;
using Conformance.OnnxRuntime.Graphs;

namespace Conformance.Benchmarks.Peers;

/// <summary>All contestants for arrays of one size.</summary>
internal sealed class Field : IDisposable
{
    private static readonly (string Name, string Call)[] TensorFlowLosses =
        [("eager", "eager loss"), ("function", "function loss"), ("XLA", "xla loss")];

    private static readonly (string Name, string Call)[] TensorFlowGradients =
        [("function" + Rows.AndGradient, "function loss, gradient"), ("XLA" + Rows.AndGradient, "xla loss, gradient")];

    private readonly List<IDisposable> _owned = [];
    private readonly List<Contestant> _contestants = [];
    private readonly PeerArrays _arrays;
    private readonly PeerExpectations _expectations;

    public Field(PeerArrays arrays, IReadOnlyList<int> threads, PythonPeers python)
    {
        _arrays = arrays;
        _expectations = new PeerExpectations(arrays);
        foreach (int count in threads)
        {
            AddYardsticks(Own(new Crew(count)));
            AddNative(count);
            AddOnnxRuntime(count);
            AddTensorFlow(count, python);
            (PythonPeer? peer, string? missing) = python[new("numpy", count, TensorFlowMemory.AsItIs)];
            _contestants.Add(new RemoteContestant(Rows.NumPy, count, false, [_expectations.Loss], peer, missing, "loss", arrays.Count));
        }
    }

    public IReadOnlyList<Contestant> Contestants => _contestants;

    public void Dispose() => _owned.ForEach(owned => owned.Dispose());

    private static ReadOnlySpan<float> Part(Tensor tensor, int index, int parts) => MutablePart(tensor, index, parts);

    private static Span<float> MutablePart(Tensor tensor, int index, int parts)
    {
        int length = tensor.Shape.Count / parts;
        return tensor.Span<float>().Slice(index * length, length);
    }

    private T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }

    private ReadOnlySpan<float> Losses() => _arrays.Losses.Span<float>();

    private ReadOnlySpan<float> Gradients() => _arrays.Gradients.Span<float>();

    private void AddYardsticks(Crew crew)
    {
        int n = crew.Count;
        Add(Rows.Copy, _expectations.Copy, i => Yardsticks.Copy(Part(_arrays.Logits, i, n), MutablePart(_arrays.Losses, i, n)));
        Add(Rows.Triad, _expectations.Triad, i => Yardsticks.Triad(
            Part(_arrays.Logits, i, n), Part(_arrays.Labels, i, n), MutablePart(_arrays.Losses, i, n)));
        Add(Rows.StreamedTriad, _expectations.Triad, i => Yardsticks.StreamedTriad(
            Part(_arrays.Logits, i, n), Part(_arrays.Labels, i, n), MutablePart(_arrays.Losses, i, n)));
        Add(Rows.Plain, _expectations.Loss, i => Yardsticks.PlainLoss(
            Part(_arrays.Logits, i, n), Part(_arrays.Labels, i, n), MutablePart(_arrays.Losses, i, n)));

        void Add(string name, Expectation expected, Action<int> work) =>
            _contestants.Add(new LocalContestant(name, n, [expected], () => crew.Run(work), Losses));
    }

    private void AddNative(int threads)
    {
        float[] reduced = new float[1];
        Add(Rows.Native, [_expectations.Loss], () => SigmoidCrossEntropy.Loss(X(), Z(), O(), threads), Losses);
        Add(Rows.NativeSoft, [_expectations.SoftLoss], () => SigmoidCrossEntropy.Loss(X(), _arrays.SoftLabels.Span<float>(), O(), threads), Losses);
        Add(
            Rows.NativeGradient,
            [_expectations.Loss, _expectations.Gradient],
            () => SigmoidCrossEntropy.LossAndGradient(X(), Z(), O(), _arrays.Gradients.Span<float>(), threads),
            Losses,
            Gradients);
        Add(Rows.NativeSum, [_expectations.Sum], () => reduced[0] = SigmoidCrossEntropy.Sum(X(), Z(), threads: threads), () => reduced);
        Add(Rows.NativeMean, [_expectations.Mean], () => reduced[0] = SigmoidCrossEntropy.Mean(X(), Z(), threads: threads), () => reduced);

        ReadOnlySpan<float> X() => _arrays.Logits.Span<float>();
        ReadOnlySpan<float> Z() => _arrays.Labels.Span<float>();
        Span<float> O() => _arrays.Losses.Span<float>();
        void Add(string name, IReadOnlyList<Expectation> expected, Action call, params IReadOnlyList<Func<ReadOnlySpan<float>>> outputs) =>
            _contestants.Add(new LocalContestant(name, threads, expected, call, outputs));
    }

    private void AddOnnxRuntime(int threads)
    {
        foreach (LossGraph graph in LossGraph.All)
        {
            LazyPeer peer = Own(new LazyPeer(() => new OnnxRuntimePeer(
                graph, threads, _arrays.Logits, _arrays.Labels, _arrays.Losses, gradient: null)));
            _contestants.Add(new LocalContestant(Rows.OnnxRuntime + graph.Name, threads, [_expectations.Loss], peer.Run, Losses));
        }

        LazyPeer both = Own(new LazyPeer(() => new OnnxRuntimePeer(
            LossGraph.Find("softplus")!, threads, _arrays.Logits, _arrays.Labels, _arrays.Losses, _arrays.Gradients)));
        _contestants.Add(new LocalContestant(
            Rows.OnnxRuntimeGradient, threads, [_expectations.Loss, _expectations.Gradient], both.Run, Losses, Gradients));
    }

    private void AddTensorFlow(int threads, PythonPeers python)
    {
        foreach (TensorFlowMemory memory in TensorFlowMemory.All)
        {
            (PythonPeer? peer, string? missing) = python[new("tensorflow", threads, memory)];
            foreach ((string name, string call) in TensorFlowLosses)
            {
                Add(name, call, _expectations.Loss);
            }

            if (memory == TensorFlowMemory.AsItIs)
            {
                foreach ((string name, string call) in TensorFlowGradients)
                {
                    Add(name, call, _expectations.Loss, _expectations.Gradient);
                }

                Add("XLA" + Rows.Mean, "xla mean", _expectations.Mean);
            }

            void Add(string name, string call, params IReadOnlyList<Expectation> expected) => _contestants.Add(new RemoteContestant(
                Rows.TensorFlow + name + memory.Suffix, threads, true, expected, peer, missing, call, _arrays.Count));
        }
    }

    /// <summary>Loads its model when it is first called, so that a failure is that of its own row.</summary>
    private sealed class LazyPeer(Func<OnnxRuntimePeer> create) : IDisposable
    {
        private OnnxRuntimePeer? _peer;

        public void Run() => (_peer ??= create()).Run();

        public void Dispose() => _peer?.Dispose();
    }
}
