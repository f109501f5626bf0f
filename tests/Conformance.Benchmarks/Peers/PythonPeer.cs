using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Conformance.Python;

namespace Conformance.Benchmarks.Peers;

/// <summary>A process of <c>peers.py</c>, which lives through all rounds.</summary>
internal sealed class PythonPeer : IAsyncDisposable
{
    private const int ErrorLines = 8;
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly Queue<string> _errors = [];

    private PythonPeer(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, received) =>
        {
            lock (_errors)
            {
                _errors.Enqueue(received.Data ?? string.Empty);
                if (_errors.Count > ErrorLines)
                {
                    _errors.Dequeue();
                }
            }
        };
        process.BeginErrorReadLine();
    }

    public IReadOnlyDictionary<string, string> Versions { get; private set; } = new Dictionary<string, string>();

    public static async Task<PythonPeer> StartAsync(
        PythonInstallation installation, string peer, int threads, TensorFlowMemory memory, string logits, string labels, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(
            installation.Executable,
            [Path.Combine(AppContext.BaseDirectory, "Peers", "peers.py"), peer, threads.ToString(CultureInfo.InvariantCulture), logits, labels])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in PythonBackend.NativeEnvironment(installation))
        {
            start.Environment[name] = value;
        }

        // The harness turns oneDNN off and computes with one thread; here the contestants decide.
        start.Environment.Remove("TF_ENABLE_ONEDNN_OPTS");
        start.Environment.Remove("TF_NUM_INTRAOP_THREADS");
        start.Environment.Remove("TF_NUM_INTEROP_THREADS");
        foreach ((string name, string value) in memory.Variables)
        {
            start.Environment[name] = value;
        }

        PythonPeer started = new(Process.Start(start)!);
        try
        {
            using JsonDocument hello = await started.ReadAsync(cancellationToken);
            started.Versions = hello.RootElement.GetProperty("versions").EnumerateObject()
                .ToDictionary(version => version.Name, version => version.Value.GetString()!);
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    public async Task<double> SecondsAsync(string name, int elements, int calls, CancellationToken cancellationToken)
    {
        using JsonDocument reply = await AskAsync(
            FormattableString.Invariant($$"""{"name": "{{name}}", "elements": {{elements}}, "calls": {{calls}}}"""), cancellationToken);
        return reply.RootElement.GetProperty("seconds").GetDouble();
    }

    public async Task<IReadOnlyList<double>> SumsAsync(string name, int elements, CancellationToken cancellationToken)
    {
        using JsonDocument reply = await AskAsync(
            FormattableString.Invariant($$"""{"name": "{{name}}", "elements": {{elements}}}"""), cancellationToken);
        return [.. reply.RootElement.GetProperty("sums").EnumerateArray().Select(sum => sum.GetDouble())];
    }

    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource limit = new(EndTime);
        try
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private async Task<JsonDocument> AskAsync(string request, CancellationToken cancellationToken)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(request.AsMemory(), cancellationToken);
            await _process.StandardInput.FlushAsync(cancellationToken);
        }
        catch (IOException)
        {
            throw Lost();
        }

        return await ReadAsync(cancellationToken);
    }

    private async Task<JsonDocument> ReadAsync(CancellationToken cancellationToken)
    {
        string line = await _process.StandardOutput.ReadLineAsync(cancellationToken) ?? throw Lost();
        JsonDocument reply = JsonDocument.Parse(line);
        if (reply.RootElement.TryGetProperty("error", out JsonElement error))
        {
            using (reply)
            {
                throw new PeerException(error.GetString()!.ReplaceLineEndings(" "));
            }
        }

        return reply;
    }

    private PeerException Lost()
    {
        // The last lines of standard error come a moment after the process has ended.
        _process.WaitForExit(EndTime);
        lock (_errors)
        {
            return new PeerException($"its process ended: {string.Join(' ', _errors.Where(line => line.Length > 0)).Trim()}");
        }
    }
}
