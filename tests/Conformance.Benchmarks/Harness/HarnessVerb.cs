using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Conformance.Core.Backends;
using Conformance.Core.Losses;
using Conformance.Core.Runs;
using Conformance.Core.Suites;
using Conformance.Core.Tensors;
using Conformance.Isolation;
using Conformance.Python;

namespace Conformance.Benchmarks.Harness;

/// <summary><c>harness</c>: what the harness itself costs: starting, asking a backend for a case, and judging.</summary>
internal static class HarnessVerb
{
    private const int Together = 64;
    private const int LargeElements = 1 << 20;

    private static readonly Shape Tiny = new(1, 1, 1);
    private static readonly Shape Large = new(2, 4, LargeElements / 8);

    public static Command Create()
    {
        Option<FileInfo?> output = new("--out") { Description = "A Markdown file that receives what is printed." };
        Option<bool> quick = new("--quick") { Description = "One short round: shows that everything runs, not how fast." };
        Command command = new(
            "harness",
            "Times the harness itself: start-up of the tool and of each backend, cases a second, and what a case costs beside its computation.")
        {
            output, quick,
        };
        command.SetAction((result, cancellationToken) => RunAsync(result.GetValue(output), result.GetValue(quick), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(FileInfo? output, bool quick, CancellationToken cancellationToken)
    {
        int rounds = quick ? 1 : 5;
        StandardErrorProgress progress = new();
        PythonEnvironment python = new(Path.Combine(AppContext.BaseDirectory, "python"));
        BackendRoster roster = new(python, progress);

        progress.Report("start-up");
        MarkdownTable startUp = new("what starts", "seconds:", "least:", "largest:");
        foreach (string[] arguments in (string[][])[["--help"], ["list"]])
        {
            Spread spread = Spread.Of(Enumerable.Range(0, rounds).Select(_ => TimeTool(arguments)).ToArray());
            startUp.Add($"conformance {string.Join(' ', arguments)}", Seconds(spread.Median), Seconds(spread.Least), Seconds(spread.Largest));
        }

        List<StartedBackend> started = [];
        List<string> missing = [];
        try
        {
            foreach (Func<IBackend> create in BackendRoster.All)
            {
                List<double> seconds = [];
                StartedBackend backend = await roster.StartAsync(create, cancellationToken);
                if (!backend.Status.IsAvailable)
                {
                    missing.Add($"- {backend.Backend.Name}: {backend.Status.Missing} {backend.Status.Fix}");
                    continue;
                }

                started.Add(backend);
                seconds.Add(backend.Seconds);
                for (int round = 1; round < rounds; round++)
                {
                    StartedBackend another = await roster.StartAsync(create, cancellationToken);
                    seconds.Add(another.Seconds);
                    await another.Backend.DisposeAsync();
                }

                Spread spread = Spread.Of(seconds);
                startUp.Add($"backend {backend.Backend.Name}", Seconds(spread.Median), Seconds(spread.Least), Seconds(spread.Largest));
            }

            Report report = new("The harness's own cost", $"harness{(quick ? " --quick" : string.Empty)}{Report.OutOption(output)}");
            report.Provenance(started.Select(backend => backend.Status));
            report.Paragraph("Median of the repetitions, with the least and the largest.");
            report.Section("Start-up");
            report.Paragraph("Of processes, from start to end; of backends, until they say what they are. Native code that this process has loaded is loaded once: the largest time is the first.");
            report.Table(startUp);
            report.Section("Suites");
            report.Paragraph($"Drawing, evaluating and judging suite `{(quick ? SuiteCatalog.Smoke : SuiteCatalog.Ci)}` with backends that have started.");
            report.Table(await TimeSuitesAsync(started, quick ? SuiteCatalog.Smoke : SuiteCatalog.Ci, rounds, progress, cancellationToken));
            report.Section("What a case costs");
            report.Paragraph($"A float32 case of one element, asked for alone and {Together} at a time, which is overhead and next to nothing else; and one of 2^20 elements.");
            report.Table(await TimeCasesAsync(started, quick ? 5 : 101, progress, cancellationToken));
            if (started.FirstOrDefault(backend => backend.Backend.Name == TensorFlowBackend.BackendName) is { } tensorFlow)
            {
                report.Section("Beside the framework's own call");
                report.Paragraph("A case of 2^20 elements in the worker, and the same call of TensorFlow on NumPy arrays in a process of its own, one thread each; medians.");
                report.Table(await TimeFrameworkAsync(tensorFlow.Backend, python, rounds, quick ? 3 : 31, progress, cancellationToken));
            }

            if (missing.Count > 0)
            {
                report.Section("Missing");
                report.Paragraph(string.Join('\n', missing));
            }

            report.Write(output);
            return 0;
        }
        finally
        {
            foreach (StartedBackend backend in started)
            {
                await backend.Backend.DisposeAsync();
            }
        }
    }

    private static double TimeTool(string[] arguments)
    {
        long start = Stopwatch.GetTimestamp();
        using Process process = Process.Start(new ProcessStartInfo(BackendRoster.Tool, arguments) { RedirectStandardOutput = true })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? Stopwatch.GetElapsedTime(start).TotalSeconds
            : throw new InvalidDataException($"conformance {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }

    private static async Task<MarkdownTable> TimeSuitesAsync(
        List<StartedBackend> started, Suite suite, int rounds, StandardErrorProgress progress, CancellationToken cancellationToken)
    {
        MarkdownTable table = new("backends", "cases:", "evaluations:", "seconds:", "least:", "largest:", "cases a second:", "evaluations a second:");
        IEnumerable<StartedBackend[]> groups = started.Select(backend => (StartedBackend[])[backend]);
        foreach (StartedBackend[] group in started.Count > 1 ? groups.Append([.. started]) : groups)
        {
            string name = group.Length == 1 ? group[0].Backend.Name : "all";
            progress.Report($"suite {suite}, {name}");
            RunOptions options = new() { Loss = Loss.All[0].Name, Suite = suite.Name, Backends = [.. group.Select(backend => backend.Backend.Name)] };
            ImmutableArray<DrawPlan> plans = [.. suite.Plan(Loss.All[0], options.Seed)];
            List<double> seconds = [];
            RunSummary? summary = null;
            for (int round = 0; round < rounds; round++)
            {
                SuiteRunner runner = new([.. group.Select(backend => (backend.Backend, backend.Status))], () => new SharedTensorArena());
                summary = (await runner.RunAsync(options, plans, 1, [], new Progress<RunProgress>(), observe: null, cancellationToken)).Summary;
                seconds.Add(summary.Seconds);
            }

            Spread spread = Spread.Of(seconds);
            table.Add(
                name,
                summary!.Cases.ToString(CultureInfo.InvariantCulture),
                summary.Evaluations.ToString(CultureInfo.InvariantCulture),
                Seconds(spread.Median),
                Seconds(spread.Least),
                Seconds(spread.Largest),
                MarkdownTable.Digits(summary.Cases / spread.Median),
                MarkdownTable.Digits(summary.Evaluations / spread.Median));
        }

        return table;
    }

    private static async Task<MarkdownTable> TimeCasesAsync(
        List<StartedBackend> started, int repetitions, StandardErrorProgress progress, CancellationToken cancellationToken)
    {
        MarkdownTable table = new("implementation", "alone, µs:", "least:", "largest:", $"of {Together}, µs:", "2^20 elements, µs:", "ns an element:");
        foreach (IBackend backend in started.Select(backend => backend.Backend))
        {
            foreach (ImplementationInfo implementation in backend.Implementations.Where(implementation => implementation.DTypes.Contains(DType.Float32)))
            {
                progress.Report($"case, {implementation.Id}");
                Spread alone = await EvaluationTimer.TimeAsync(backend, implementation, Tiny, 1, repetitions, cancellationToken);
                Spread together = await EvaluationTimer.TimeAsync(backend, implementation, Tiny, Together, repetitions, cancellationToken);
                Spread large = await EvaluationTimer.TimeAsync(backend, implementation, Large, 1, repetitions, cancellationToken);
                table.Add(
                    implementation.Id,
                    MarkdownTable.Digits(alone.Median * 1e6),
                    MarkdownTable.Digits(alone.Least * 1e6),
                    MarkdownTable.Digits(alone.Largest * 1e6),
                    MarkdownTable.Digits(together.Median * 1e6),
                    MarkdownTable.Digits(large.Median * 1e6),
                    MarkdownTable.Digits(large.Median / LargeElements * 1e9));
            }
        }

        return table;
    }

    private static async Task<MarkdownTable> TimeFrameworkAsync(
        IBackend tensorFlow, PythonEnvironment python, int rounds, int repetitions, StandardErrorProgress progress, CancellationToken cancellationToken)
    {
        PythonInstallation installation = (await python.PrepareAsync(progress, cancellationToken)).Installation!;
        Dictionary<string, List<double>> framework = FrameworkCall.Modes.ToDictionary(mode => mode, _ => new List<double>());
        Dictionary<string, List<double>> worker = FrameworkCall.Modes.ToDictionary(mode => mode, _ => new List<double>());
        for (int round = 0; round < rounds; round++)
        {
            progress.Report($"framework calls, round {round + 1} of {rounds}");
            IReadOnlyDictionary<string, double> calls = await FrameworkCall.TimeAsync(installation, LargeElements, repetitions, cancellationToken);
            foreach (string mode in FrameworkCall.Modes)
            {
                framework[mode].Add(calls[mode]);
                ImplementationInfo implementation = tensorFlow.Implementations.Single(
                    candidate => candidate.EntryPoint == "nn.sigmoid_cross_entropy_with_logits" && candidate.Mode == mode);
                worker[mode].Add((await EvaluationTimer.TimeAsync(tensorFlow, implementation, Large, 1, repetitions, cancellationToken)).Median);
            }
        }

        MarkdownTable table = new("mode", "framework call, ms:", "case in the worker, ms:", "ratio:");
        foreach (string mode in FrameworkCall.Modes)
        {
            double call = Spread.Of(framework[mode]).Median;
            double evaluation = Spread.Of(worker[mode]).Median;
            table.Add(mode, MarkdownTable.Digits(call * 1e3), MarkdownTable.Digits(evaluation * 1e3), MarkdownTable.Digits(evaluation / call));
        }

        return table;
    }

    private static string Seconds(double value) => MarkdownTable.Digits(value);
}
