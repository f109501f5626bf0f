using System.Diagnostics;

namespace Conformance.Benchmarks.Peers;

/// <summary>A contestant in this process.</summary>
/// <param name="name">The row's name.</param>
/// <param name="threads">How many threads it computes with.</param>
/// <param name="expected">What its outputs add up to, one by one.</param>
/// <param name="call">One call.</param>
/// <param name="outputs">The outputs of the last call, one by one.</param>
internal sealed class LocalContestant(
    string name, int threads, IReadOnlyList<Expectation> expected, Action call, params IReadOnlyList<Func<ReadOnlySpan<float>>> outputs)
    : Contestant(name, threads, ownsOutput: false, expected)
{
    public override Task<double> SecondsAsync(int calls, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        call();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < calls; i++)
        {
            call();
        }

        return Task.FromResult(Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    protected override Task<IReadOnlyList<double>> SumsAsync(CancellationToken cancellationToken)
    {
        call();
        return Task.FromResult<IReadOnlyList<double>>([.. outputs.Select(output => Sum(output()))]);
    }

    private static double Sum(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += value;
        }

        return sum;
    }
}
