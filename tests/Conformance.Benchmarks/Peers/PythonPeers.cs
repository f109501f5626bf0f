using Conformance.Core.Backends;
using Conformance.Core.Tensors;
using Conformance.Python;

namespace Conformance.Benchmarks.Peers;

/// <summary>The Python processes: one for each peer, number of threads and setting of the allocator.</summary>
internal sealed class PythonPeers : IAsyncDisposable
{
    private readonly Dictionary<Key, (PythonPeer? Peer, string? Missing)> _peers = [];

    private PythonPeers()
    {
    }

    public IEnumerable<KeyValuePair<string, string>> Versions =>
        _peers.Where(entry => entry.Key.Memory == TensorFlowMemory.AsItIs)
            .SelectMany(entry => entry.Value.Peer?.Versions ?? new Dictionary<string, string>())
            .DistinctBy(version => version.Key);

    public (PythonPeer? Peer, string? Missing) this[Key key] => _peers[key];

    public static async Task<PythonPeers> StartAsync(
        PeerArrays arrays, IReadOnlyList<int> threads, IProgress<string> progress, CancellationToken cancellationToken)
    {
        Key[] keys =
        [
            .. threads.Select(count => new Key("numpy", count, TensorFlowMemory.AsItIs)),
            .. from count in threads from memory in TensorFlowMemory.All select new Key("tensorflow", count, memory),
        ];
        PythonEnvironment python = new(Path.Combine(AppContext.BaseDirectory, "python"));
        (PythonInstallation? installation, BackendStatus? missing) = await python.PrepareAsync(progress, cancellationToken);
        PythonPeers peers = new();
        if (installation is null)
        {
            foreach (Key key in keys)
            {
                peers._peers[key] = (null, $"{missing!.Missing} {missing.Fix}");
            }

            return peers;
        }

        DirectoryInfo folder = Directory.CreateTempSubdirectory("conformance-peers-");
        try
        {
            string logits = Write("logits", arrays.Logits);
            string labels = Write("labels", arrays.Labels);
            foreach (Key key in keys)
            {
                progress.Report($"starting {key.Name}, {key.Threads} threads{key.Memory.Suffix}");
                try
                {
                    peers._peers[key] = (await PythonPeer.StartAsync(
                        installation, key.Name, key.Threads, key.Memory, logits, labels, cancellationToken), null);
                }
                catch (PeerException exception)
                {
                    peers._peers[key] = (null, exception.Message);
                }
            }

            return peers;
        }
        catch
        {
            await peers.DisposeAsync();
            throw;
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        string Write(string name, Tensor tensor)
        {
            string path = Path.Combine(folder.FullName, name);
            File.WriteAllBytes(path, tensor.Bytes);
            return path;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach ((PythonPeer? peer, _) in _peers.Values)
        {
            if (peer is not null)
            {
                await peer.DisposeAsync();
            }
        }
    }

    internal readonly record struct Key(string Name, int Threads, TensorFlowMemory Memory);
}
