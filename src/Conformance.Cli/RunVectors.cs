using System.Globalization;
using Conformance.Core.Backends;
using Conformance.Core.Losses;
using Conformance.Core.Runs;
using Conformance.Golden.Vectors;

namespace Conformance.Cli;

/// <summary>The vector file of a run: inputs, outputs and truths of its cases, written while it goes on.</summary>
internal sealed class RunVectors : IDisposable
{
    private readonly Loss _loss;
    private readonly VectorRecorder _recorder;
    private readonly AtomicFile _file;
    private readonly CancellationToken _cancellationToken;
    private VectorStreamWriter? _writer;

    public RunVectors(
        string folder,
        RunOptions options,
        int cases,
        IReadOnlyCollection<(IBackend Backend, BackendStatus Status)> backends,
        CancellationToken cancellationToken)
    {
        Path = System.IO.Path.Combine(folder, VectorFile.RunFileName);
        _loss = Loss.Find(options.Loss)!;
        _cancellationToken = cancellationToken;
        VectorSource source = new()
        {
            Tool = "conformance run",
            Version = ProvenanceProbe.ToolVersion,
            Seed = options.Seed.ToString(CultureInfo.InvariantCulture),
        };
        _recorder = new VectorRecorder(_loss, source, backends);
        VectorFile frame = _recorder.ToFile() with { Count = cases, Provenance = VectorProvenance.Of(backends.Select(backend => backend.Status)) };
        _file = new AtomicFile(Path);
        _file.Write(stream => _writer = new VectorStreamWriter(frame, stream));
    }

    public string Path { get; }

    /// <summary>Writes one case; what the run observes.</summary>
    public void Observe(JudgedCase judged)
    {
        VectorTest test = _recorder.TestOf(judged);
        _file.Write(_ => _writer!.Write(test with { Expected = VectorEvaluator.TruthOf(_loss, test, _cancellationToken) }));
    }

    /// <summary>Puts the file in its place.</summary>
    public void Commit()
    {
        _file.Write(_ => _writer!.Complete());
        _file.Commit();
    }

    public void Dispose()
    {
        _writer?.Dispose();
        _file.Dispose();
    }
}
