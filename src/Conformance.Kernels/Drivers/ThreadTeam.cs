using System.Runtime.ExceptionServices;

namespace Conformance.Kernels.Drivers;

/// <summary>
/// The calling thread and threads of the pool, which take parts of a range until none is left. Allocates nothing once it is warm: a team is
/// kept for the next call.
/// </summary>
/// <typeparam name="TWork">The work.</typeparam>
internal sealed class ThreadTeam<TWork> : IThreadPoolWorkItem
    where TWork : struct, IRangeWork
{
    private static ThreadTeam<TWork>? _spare;

    private readonly object _gate = new();
    private TWork _work;
    private nint _length;
    private long _next;
    private int _queued;
    private int _active;
    private bool _isClosed;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Does the work.</summary>
    /// <param name="work">The work.</param>
    /// <param name="length">The number of elements.</param>
    /// <param name="threads">How many threads at most; 0 for as many as there are processors.</param>
    public static void Invoke(in TWork work, nint length, int threads)
    {
        nint parts = length / ThreadTeam.PartLength;
        int team = (int)Math.Min(threads == 0 ? Environment.ProcessorCount : threads, parts);
        if (team <= 1)
        {
            work.Invoke(0, length);
            return;
        }

        ThreadTeam<TWork> crew = Interlocked.Exchange(ref _spare, null) ?? new ThreadTeam<TWork>();
        if (crew.Run(work, length, team - 1))
        {
            _spare = crew;
        }
    }

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute()
    {
        lock (_gate)
        {
            _queued--;
            if (_isClosed)
            {
                return;
            }

            _active++;
        }

        TakeParts();
        lock (_gate)
        {
            if (--_active == 0)
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    // True where no queued item is left that could still come and look at the next work.
    private bool Run(in TWork work, nint length, int others)
    {
        _work = work;
        _length = length;
        _next = 0;
        _isClosed = false;
        _queued = others;
        for (int i = 0; i < others; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        TakeParts();
        lock (_gate)
        {
            // A busy pool must not hold up a caller who has done all the work meanwhile.
            _isClosed = true;
            while (_active > 0)
            {
                Monitor.Wait(_gate);
            }

            _failure?.Throw();
            return _queued == 0;
        }
    }

    private void TakeParts()
    {
        try
        {
            while (true)
            {
                nint start = (nint)Interlocked.Add(ref _next, ThreadTeam.PartLength) - ThreadTeam.PartLength;
                if (start >= _length)
                {
                    return;
                }

                _work.Invoke(start, Math.Min(ThreadTeam.PartLength, _length - start));
            }
        }
        catch (Exception exception)
        {
            _failure ??= ExceptionDispatchInfo.Capture(exception);
            Interlocked.Exchange(ref _next, _length);
        }
    }
}

/// <summary>What is the same for every work.</summary>
internal static class ThreadTeam
{
    /// <summary>The length of a part, but for the last: about 40 microseconds of work, beside which taking a part costs nothing.</summary>
    public const int PartLength = 1 << 15;
}
