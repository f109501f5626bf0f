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
    private nint _grain;
    private long _next;
    private int _others;
    private int _queued;
    private int _active;
    private bool _isClosed = true;
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
        try
        {
            crew.Run(work, length, team);
        }
        finally
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

            // It may come so late that the work is done, or is another one: then it may help with that.
            if (_isClosed || _active == _others)
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

    private void Run(in TWork work, nint length, int team)
    {
        int missing;
        lock (_gate)
        {
            _work = work;
            _length = length;
            _grain = ThreadTeam.GrainOf(length, team);
            _next = 0;
            _others = team - 1;
            _isClosed = false;
            _failure = null;
            missing = Math.Max(0, _others - _queued);
            _queued += missing;
        }

        for (int i = 0; i < missing; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        TakeParts();

        // The others are at their last parts, which take less time than falling asleep and being woken.
        SpinWait spinner = default;
        while (Volatile.Read(ref _active) > 0 && !spinner.NextSpinWillYield)
        {
            spinner.SpinOnce();
        }

        lock (_gate)
        {
            // A busy pool must not hold up a caller who has done all the work meanwhile.
            _isClosed = true;
            while (_active > 0)
            {
                Monitor.Wait(_gate);
            }

            _work = default;
            _failure?.Throw();
        }
    }

    private void TakeParts()
    {
        try
        {
            while (true)
            {
                nint start = (nint)Interlocked.Add(ref _next, _grain) - _grain;
                if (start >= _length)
                {
                    return;
                }

                _work.Invoke(start, Math.Min(_grain, _length - start));
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
    /// <summary>What a thread takes at least: about 10 microseconds of work, beside which waking it costs little.</summary>
    public const int PartLength = 1 << 13;

    private const int LargestGrain = 1 << 15;
    private const int GrainsOfThread = 8;

    /// <summary>How many elements a thread takes at once: a multiple of <see cref="PartLength"/>, large enough that taking them costs nothing.</summary>
    /// <param name="length">The number of elements.</param>
    /// <param name="team">The number of threads.</param>
    /// <returns>The number of elements, of which the last part may have fewer.</returns>
    public static nint GrainOf(nint length, int team) =>
        Math.Clamp(length / team / GrainsOfThread / PartLength * PartLength, PartLength, LargestGrain);
}
