namespace Conformance.Benchmarks.Peers;

/// <summary>Somebody whose calls are timed.</summary>
/// <param name="name">The row's name.</param>
/// <param name="threads">How many threads it computes with.</param>
/// <param name="ownsOutput">Whether every call makes new memory for its result, which is written into given memory otherwise.</param>
/// <param name="expected">What its outputs add up to, one by one.</param>
internal abstract class Contestant(string name, int threads, bool ownsOutput, IReadOnlyList<Expectation> expected)
{
    public string Name { get; } = name;

    public int Threads { get; } = threads;

    public bool OwnsOutput { get; } = ownsOutput;

    /// <summary>The time of so many calls, after one that is not timed.</summary>
    public abstract Task<double> SecondsAsync(int calls, CancellationToken cancellationToken);

    /// <summary>Calls once and checks the results.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<double> sums = await SumsAsync(cancellationToken);
        for (int i = 0; i < expected.Count; i++)
        {
            expected[i].Check(sums[i]);
        }
    }

    /// <summary>Calls once and adds up each output in double.</summary>
    protected abstract Task<IReadOnlyList<double>> SumsAsync(CancellationToken cancellationToken);
}
