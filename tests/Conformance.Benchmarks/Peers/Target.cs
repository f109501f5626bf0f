using System.Globalization;

namespace Conformance.Benchmarks.Peers;

/// <summary>A ratio that the kernels are to reach.</summary>
/// <param name="What">In words.</param>
/// <param name="Least">The least ratio that reaches it.</param>
/// <param name="Against">Whom it is against, where that is the fastest of several.</param>
/// <param name="Measured">The ratio, round by round; null where one side is missing.</param>
internal sealed record Target(string What, double Least, string Against, Spread? Measured)
{
    /// <summary>The targets, which are for two threads.</summary>
    public static IEnumerable<Target> Of(Standings cached, Standings large, int threads)
    {
        yield return Single("native loss, of the triad", 0.5, large, Rows.Native, Rows.Triad);
        yield return Fastest("native loss, times ONNX Runtime", 4, large, name => IsLoss(name) && name.StartsWith(Rows.OnnxRuntime, StringComparison.Ordinal));
        yield return Fastest("native loss, times TensorFlow XLA, however warm", 2, large, name => IsLoss(name) && name.StartsWith(Rows.Xla, StringComparison.Ordinal));
        yield return Single("native loss, of the plain float32 kernel", 0.5, large, Rows.Native, Rows.Plain);
        yield return Single("native loss and gradient, of the triad", 0.35, large, Rows.NativeGradient, Rows.Triad);
        yield return Fastest("cache-resident native loss, times every peer", 3, cached, name => IsLoss(name) && IsPeer(name));
        yield return Single("native sum, of the unreduced loss", 1 / 1.5, large, Rows.NativeSum, Rows.Native);
        yield return Single("native mean, of the unreduced loss", 1 / 1.5, large, Rows.NativeMean, Rows.Native);

        Target Single(string what, double least, Standings standings, string own, string other) =>
            new(what, least, other, standings.Find(own, threads).SpeedOver(standings.Find(other, threads)));

        Target Fastest(string what, double least, Standings standings, Func<string, bool> isOne)
        {
            Standing? fastest = standings.Fastest(threads, isOne);
            return new(what, least, fastest?.Contestant.Name ?? "-", fastest is null ? null : standings.Find(Rows.Native, threads).SpeedOver(fastest));
        }
    }

    public static MarkdownTable ToTable(IEnumerable<Target> targets)
    {
        MarkdownTable table = new("target", "against", "at least:", "measured:", "least:", "largest:", "verdict");
        foreach (Target target in targets)
        {
            string[] measured = target.Measured is { } spread
                ? [Digits(spread.Median), Digits(spread.Least), Digits(spread.Largest), spread.Median >= target.Least ? "reached" : "NOT REACHED"]
                : ["-", "-", "-", "NOT MEASURED: one side is missing"];
            table.Add([target.What, target.Against, Digits(target.Least), .. measured]);
        }

        return table;
    }

    private static string Digits(double value) => MarkdownTable.Digits(value);

    private static bool IsPeer(string name) =>
        name.StartsWith(Rows.OnnxRuntime, StringComparison.Ordinal) || name.StartsWith(Rows.TensorFlow, StringComparison.Ordinal) || name == Rows.NumPy;

    private static bool IsLoss(string name) =>
        !name.EndsWith(Rows.AndGradient, StringComparison.Ordinal) && !name.EndsWith(Rows.Mean, StringComparison.Ordinal);
}
