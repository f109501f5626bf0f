namespace Conformance.Benchmarks.Peers;

/// <summary>Threads that wait for work, for yardsticks that must not pay for starting them. The caller is the first of them.</summary>
internal sealed class Crew : IDisposable
{
    // About what a cache-resident call takes: between two of them nobody goes to sleep, between two contestants everybody does.
    private const int SpinCount = 2000;

    private readonly ManualResetEventSlim[] _gates;
    private readonly Thread[] _threads;
    private readonly CountdownEvent _left;
    private Action<int>? _work;

    public Crew(int threads)
    {
        Count = threads;
        _gates = [.. Enumerable.Range(1, threads - 1).Select(_ => new ManualResetEventSlim(false, SpinCount))];
        _left = new CountdownEvent(threads - 1);
        _threads = [.. Enumerable.Range(1, threads - 1).Select(index => new Thread(() => Serve(index)) { IsBackground = true })];
        foreach (Thread thread in _threads)
        {
            thread.Start();
        }
    }

    public int Count { get; }

    /// <summary>Runs the work once on every thread, each with its index, and returns when all are done.</summary>
    public void Run(Action<int> work)
    {
        _work = work;
        _left.Reset();
        foreach (ManualResetEventSlim gate in _gates)
        {
            gate.Set();
        }

        work(0);
        _left.Wait();
    }

    public void Dispose()
    {
        _work = null;
        foreach (ManualResetEventSlim gate in _gates)
        {
            gate.Set();
        }

        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
    }

    private void Serve(int index)
    {
        ManualResetEventSlim gate = _gates[index - 1];
        while (true)
        {
            gate.Wait();
            gate.Reset();
            if (_work is not { } work)
            {
                return;
            }

            work(index);
            _left.Signal();
        }
    }
}
