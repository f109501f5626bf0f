using Microsoft.ML.OnnxRuntime;

namespace Conformance.Benchmarks.Peers;

/// <summary>Times contestants in rounds, each of them once in every round, so that what disturbs the machine disturbs them alike.</summary>
/// <param name="Rounds">How many rounds.</param>
/// <param name="SampleSeconds">How long a contestant's turn is at least; short calls are repeated.</param>
/// <param name="WarmUpSeconds">How long each one runs before the first round, for compilers and allocators to settle.</param>
internal sealed record Contest(int Rounds, double SampleSeconds, double WarmUpSeconds)
{
    // An allocator that keeps its memory has grown to what it needs after three calls.
    private const int WarmUpCalls = 6;

    public async Task<IReadOnlyList<Standing>> RunAsync(
        IReadOnlyList<Contestant> contestants, string title, IProgress<string> progress, CancellationToken cancellationToken)
    {
        int[] calls = new int[contestants.Count];
        string?[] missing = new string?[contestants.Count];
        List<double>[] seconds = [.. contestants.Select(_ => new List<double>())];
        for (int i = 0; i < contestants.Count; i++)
        {
            Contestant contestant = contestants[i];
            missing[i] = await AttemptAsync(async () =>
            {
                await contestant.CheckAsync(cancellationToken);
                calls[i] = await WarmUpAsync(contestant, cancellationToken);
            });
            if (missing[i] is { } reason)
            {
                progress.Report($"{title}: {contestant.Name} ({contestant.Threads} threads) is missing: {reason}");
            }
        }

        for (int round = 0; round < Rounds; round++)
        {
            progress.Report($"{title}: round {round + 1} of {Rounds}");
            for (int i = 0; i < contestants.Count; i++)
            {
                missing[i] ??= await AttemptAsync(async () =>
                    seconds[i].Add(await contestants[i].SecondsAsync(calls[i], cancellationToken) / calls[i]));
            }
        }

        return [.. contestants.Select((contestant, i) => new Standing(contestant, seconds[i], missing[i]))];
    }

    private static async Task<string?> AttemptAsync(Func<Task> attempt)
    {
        try
        {
            await attempt();
            return null;
        }
        catch (Exception exception) when (exception is PeerException or InvalidDataException or NotSupportedException or OnnxRuntimeException)
        {
            return exception.Message;
        }
    }

    private async Task<int> WarmUpAsync(Contestant contestant, CancellationToken cancellationToken)
    {
        double total = 0;
        int made = 0;
        int calls = 1;
        while (true)
        {
            double seconds = await contestant.SecondsAsync(calls, cancellationToken);
            total += seconds;
            made += calls;
            if (seconds < SampleSeconds)
            {
                calls *= 2;
            }
            else if (total >= WarmUpSeconds && made >= WarmUpCalls)
            {
                return Math.Max(1, (int)Math.Ceiling(SampleSeconds / (seconds / calls)));
            }
        }
    }
}
