using System.Collections.Immutable;
using Conformance.Core.Backends;

namespace Conformance.Core.Runs;

/// <summary>Sees which backends have not answered, and for how long, by looking at them from time to time.</summary>
/// <param name="time">The clock.</param>
internal sealed class BackendWatch(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _asked = new(StringComparer.Ordinal);

    /// <summary>Notes that a backend has been asked.</summary>
    public void Asked(IBackend backend, IReadOnlyList<EvaluationRequest> requests)
    {
        lock (_lock)
        {
            _asked[backend.Name] = new Entry(backend as IWatchedBackend, requests.Count == 1 ? requests[0] : null, time.GetTimestamp());
        }
    }

    /// <summary>Notes that a backend has answered.</summary>
    public void Answered(IBackend backend)
    {
        lock (_lock)
        {
            _asked.Remove(backend.Name);
        }
    }

    /// <summary>The backends that have not answered, the one that has been silent for longest first.</summary>
    public ImmutableArray<BackendWait> Look()
    {
        lock (_lock)
        {
            foreach ((string name, Entry entry) in _asked.ToArray())
            {
                // What a backend is at now it may have begun since the last look, and not later than that.
                if (entry.Backend?.Current is { } current && !ReferenceEquals(current, entry.Request))
                {
                    _asked[name] = entry with { Request = current, Since = time.GetTimestamp() };
                }
            }

            return
            [
                .. from asked in _asked
                   let wait = new BackendWait(asked.Key, asked.Value.Request?.Name, time.GetElapsedTime(asked.Value.Since))
                   orderby wait.Time descending, wait.Backend
                   select wait,
            ];
        }
    }

    private sealed record Entry(IWatchedBackend? Backend, EvaluationRequest? Request, long Since);
}
