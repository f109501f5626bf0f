using System.Diagnostics;
using System.Globalization;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Losses;
using Conformance.Core.Recipes;
using Conformance.Core.Tensors;
using Conformance.Isolation;
using Conformance.Python;

namespace Conformance.Benchmarks;

/// <summary>What a case of 2^20 float32 elements costs in the TensorFlow worker, against the framework call on NumPy arrays.</summary>
internal static class WorkerOverhead
{
    private const int Elements = 1 << 20;
    private const int Repetitions = 31;
    private const int Rounds = 3;
    private static readonly string[] Modes = ["eager", "function", "xla"];

    public static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        PythonEnvironment python = new(Path.Combine(AppContext.BaseDirectory, "python"));
        ErrorProgress progress = new();
        (PythonInstallation? installation, BackendStatus? missing) = await python.PrepareAsync(progress, cancellationToken);
        if (installation is null)
        {
            Console.Error.WriteLine($"{missing!.Missing} {missing.Fix}");
            return 3;
        }

        WorkerCommand command = new(
            Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "conformance.exe" : "conformance"),
            ["worker", TensorFlowBackend.BackendName, installation.Executable, installation.Library!, python.PackageFolder],
            PythonBackend.NativeEnvironment(installation));
        await using IsolatedBackend backend = new(
            new TensorFlowBackend(), (_, _) => Task.FromResult<(WorkerCommand?, BackendStatus?)>((command, null)), new IsolationLimits());
        await backend.StartAsync(progress, cancellationToken);

        Dictionary<string, List<double>> worker = Modes.ToDictionary(mode => mode, _ => new List<double>());
        Dictionary<string, List<double>> framework = Modes.ToDictionary(mode => mode, _ => new List<double>());
        for (int round = 0; round < Rounds; round++)
        {
            await TimeFrameworkAsync(installation, framework, cancellationToken);
            foreach (string mode in Modes)
            {
                worker[mode].Add(await TimeWorkerAsync(backend, mode, cancellationToken));
            }
        }

        Console.WriteLine("| mode | framework call, ms | case in the worker, ms | ratio |");
        Console.WriteLine("| --- | --- | --- | --- |");
        foreach (string mode in Modes)
        {
            double call = Median(framework[mode]);
            double evaluation = Median(worker[mode]);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {mode} | {call:F2} | {evaluation:F2} | {evaluation / call:F2} |"));
        }

        return 0;
    }

    private static async Task<double> TimeWorkerAsync(IsolatedBackend backend, string mode, CancellationToken cancellationToken)
    {
        using SharedTensorArena arena = new();
        Draw draw = new(Loss.All[0], DType.Float32, new Shape(2, 4, Elements / 8), LogitRecipe.Normal, LabelRecipe.Hard20, 1, 0);
        Case testCase = new(draw, Layout.ChannelsFirst, Reduction.None);
        Tensor logits = arena.Allocate(DType.Float32, testCase.InputShape);
        Tensor labels = arena.Allocate(DType.Float32, testCase.InputShape);
        testCase.FillInputs(logits, labels);
        EvaluationRequest request = new(
            backend.Implementations.Single(implementation => implementation.EntryPoint == "nn.sigmoid_cross_entropy_with_logits" && implementation.Mode == mode),
            testCase,
            logits,
            labels,
            arena.Allocate(DType.Float32, testCase.LossShape),
            gradient: null);
        List<double> times = [];
        for (int i = 0; i < Repetitions + 3; i++)
        {
            long start = Stopwatch.GetTimestamp();
            Evaluation evaluation = (await backend.EvaluateAsync([request], cancellationToken))[0];
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            if (evaluation.Outcome != Outcome.Completed)
            {
                throw new InvalidOperationException(evaluation.Message);
            }
        }

        return Median(times[3..]);
    }

    private static async Task TimeFrameworkAsync(
        PythonInstallation installation, Dictionary<string, List<double>> framework, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(
            installation.Executable,
            [Path.Combine(AppContext.BaseDirectory, "framework_call.py"), Elements.ToString(CultureInfo.InvariantCulture), Repetitions.ToString(CultureInfo.InvariantCulture), .. Modes])
        {
            RedirectStandardOutput = true,
        };
        foreach ((string name, string value) in PythonBackend.NativeEnvironment(installation))
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            string[] parts = line.Split(' ');
            framework[parts[0]].Add(double.Parse(parts[1], CultureInfo.InvariantCulture));
        }

        await process.WaitForExitAsync(cancellationToken);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private sealed class ErrorProgress : IProgress<string>
    {
        public void Report(string value) => Console.Error.WriteLine(value);
    }
}
