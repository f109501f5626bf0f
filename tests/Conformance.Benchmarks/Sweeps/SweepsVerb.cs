using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using Conformance.Core;
using Conformance.Kernels.Losses;

namespace Conformance.Benchmarks.Sweeps;

/// <summary><c>sweeps</c>: every float32 pattern as a logit through the native kernels, without a judge.</summary>
internal static class SweepsVerb
{
    private const long Patterns = 1L << 32;
    private const int BlockPatterns = 1 << 14;
    private const int QuickShare = 256;
    private const double TargetSeconds = 4;

    private static readonly int[] Threads = [1, 2];

    public static Command Create()
    {
        Option<FileInfo?> output = new("--out") { Description = "A Markdown file that receives what is printed." };
        Option<float> label = new("--label") { Description = "The label of every logit; 0 by default." };
        Option<int> runs = new("--runs") { Description = "How many times; 3 by default.", DefaultValueFactory = _ => 3 };
        Option<bool> quick = new("--quick") { Description = $"Only every {QuickShare}th block of patterns." };
        Command command = new(
            "sweeps",
            "Times the native kernels over all 2^32 float32 logits, without a judge; 'conformance sweep' is the sweep that judges.")
        {
            output, label, runs, quick,
        };
        command.SetAction(result =>
        {
            if (result.GetValue(runs) < 1)
            {
                throw new InvalidInputException($"--runs is {result.GetValue(runs)}; give 1 or more.");
            }

            Run(result.GetValue(output), result.GetValue(label), result.GetValue(runs), result.GetValue(quick) ? QuickShare : 1);
        });
        return command;
    }

    private static void Run(FileInfo? output, float label, int runs, int share)
    {
        StandardErrorProgress progress = new();
        (string Name, Work Work)[] contestants =
        [
            ("patterns alone", (_, _, _, _) => { }),
            ("loss", (logits, labels, losses, _) => SigmoidCrossEntropy.Loss(logits, labels, losses, threads: 1)),
            ("loss and gradient", (logits, labels, losses, gradients) => SigmoidCrossEntropy.LossAndGradient(logits, labels, losses, gradients, threads: 1)),
        ];
        (string Name, Work Work, int Threads, List<double> Seconds)[] rows =
            [.. Threads.SelectMany(threads => contestants.Select(contestant => (contestant.Name, contestant.Work, threads, new List<double>())))];
        for (int run = 0; run < runs; run++)
        {
            progress.Report($"run {run + 1} of {runs}");
            foreach ((_, Work work, int threads, List<double> seconds) in rows)
            {
                seconds.Add(Sweep(work, label, threads, share));
            }
        }

        long patterns = Patterns / share;
        MarkdownTable table = new("kernel", "threads:", "seconds:", "least:", "largest:", "Gelem/s:");
        foreach ((string name, _, int threads, List<double> seconds) in rows)
        {
            Spread spread = Spread.Of(seconds);
            table.Add(
                name,
                threads.ToString(CultureInfo.InvariantCulture),
                MarkdownTable.Digits(spread.Median),
                MarkdownTable.Digits(spread.Least),
                MarkdownTable.Digits(spread.Largest),
                MarkdownTable.Digits(patterns / spread.Median / 1e9));
        }

        double measured = Spread.Of(rows.Single(row => row.Name == "loss" && row.Threads == Threads[^1]).Seconds).Median;
        Report report = new("Sweeps without a judge", string.Create(
            CultureInfo.InvariantCulture,
            $"sweeps --label {label} --runs {runs}{(share == 1 ? string.Empty : " --quick")}{Report.OutOption(output)}"));
        report.Provenance([]);
        report.Paragraph(string.Create(
            CultureInfo.InvariantCulture,
            $"{patterns} float32 logits with label {label} through the native kernels, in blocks of {BlockPatterns} that stay in a core's cache; each thread takes the next block. Median, least and largest of {runs} runs. The patterns themselves are part of every time."));
        report.Table(table);
        report.Paragraph(share == 1
            ? $"Target: the losses of 2^32 logits, without a check, within {TargetSeconds} s on two threads: {(measured <= TargetSeconds ? "reached" : "NOT REACHED")}."
            : "Target: not measured, which takes all 2^32 logits.");
        report.Write(output);
    }

    private static double Sweep(Work work, float label, int threads, int share)
    {
        long next = 0;
        Thread[] crew = [.. Enumerable.Range(0, threads).Select(_ => new Thread(TakeBlocks))];
        long start = Stopwatch.GetTimestamp();
        Array.ForEach(crew, thread => thread.Start());
        Array.ForEach(crew, thread => thread.Join());
        return Stopwatch.GetElapsedTime(start).TotalSeconds;

        void TakeBlocks()
        {
            float[] logits = new float[BlockPatterns];
            float[] labels = new float[BlockPatterns];
            float[] losses = new float[BlockPatterns];
            float[] gradients = new float[BlockPatterns];
            Array.Fill(labels, label);
            while (true)
            {
                long first = (Interlocked.Increment(ref next) - 1) * share * BlockPatterns;
                if (first >= Patterns)
                {
                    return;
                }

                FillPatterns((uint)first, logits);
                work(logits, labels, losses, gradients);
            }
        }
    }

    private static void FillPatterns(uint first, Span<float> logits)
    {
        Span<Vector<uint>> vectors = MemoryMarshal.Cast<float, Vector<uint>>(logits);
        Vector<uint> pattern = Vector.CreateSequence(first, 1u);
        for (int i = 0; i < vectors.Length; i++)
        {
            vectors[i] = pattern;
            pattern += new Vector<uint>((uint)Vector<uint>.Count);
        }
    }

    private delegate void Work(ReadOnlySpan<float> logits, ReadOnlySpan<float> labels, Span<float> losses, Span<float> gradients);
}
