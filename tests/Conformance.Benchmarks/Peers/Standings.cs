using System.Globalization;

namespace Conformance.Benchmarks.Peers;

/// <summary>How a contest over arrays of one size ended.</summary>
/// <param name="Elements">The arrays' size.</param>
/// <param name="All">Every contestant, in their order.</param>
internal sealed record Standings(int Elements, IReadOnlyList<Standing> All)
{
    public Standing Find(string name, int threads) =>
        All.Single(standing => standing.Contestant.Name == name && standing.Contestant.Threads == threads);

    /// <summary>The fastest of those that were not missing; null where all were.</summary>
    public Standing? Fastest(int threads, Func<string, bool> isOne) => All
        .Where(standing => standing.Missing is null && standing.Contestant.Threads == threads && isOne(standing.Contestant.Name))
        .MinBy(standing => Spread.Of(standing.SecondsPerCall).Median);

    public MarkdownTable ToTable()
    {
        MarkdownTable table = new("contestant", "threads:", "output", "Gelem/s:", "least:", "largest:", "of triad:", "native loss is faster by:");
        foreach (Standing standing in All)
        {
            Contestant contestant = standing.Contestant;
            string threads = contestant.Threads.ToString(CultureInfo.InvariantCulture);
            string output = contestant.OwnsOutput ? "new" : "given";
            if (standing.Missing is not null)
            {
                table.Add(contestant.Name, threads, output, "missing", string.Empty, string.Empty, string.Empty, string.Empty);
                continue;
            }

            Spread speed = Spread.Of(standing.SecondsPerCall.Select(seconds => Elements / seconds / 1e9));
            table.Add(
                contestant.Name,
                threads,
                output,
                MarkdownTable.Digits(speed.Median),
                MarkdownTable.Digits(speed.Least),
                MarkdownTable.Digits(speed.Largest),
                Ratio(standing.SpeedOver(Find(Rows.Triad, contestant.Threads))),
                Ratio(Find(Rows.Native, contestant.Threads).SpeedOver(standing)));
        }

        return table;
    }

    private static string Ratio(Spread? ratio) => ratio is { } known ? MarkdownTable.Digits(known.Median) : "-";
}
