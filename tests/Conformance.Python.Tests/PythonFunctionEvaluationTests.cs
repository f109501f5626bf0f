using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Conformance.Core.Backends;
using Conformance.Core.Tensors;
using Conformance.Isolation;

namespace Conformance.Python.Tests;

/// <summary>What becomes of a user's function, whatever it does.</summary>
public sealed partial class PythonFunctionEvaluationTests
{
    private const string NeedsUnix = "Signals, forks and file descriptors are of Unix.";
    private static readonly TimeSpan ShortLimit = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData("float32")]
    [InlineData("float64")]
    [InlineData("float16")]
    [InlineData("bfloat16")]
    public async Task Evaluate_GoodFunction_WritesLossAndGradient(string dtype)
    {
        await using PythonFunctionRun run = await PythonFunctionRun.StartedAsync("stable.py:loss", "stable.py:gradient");
        EvaluationRequest[] requests =
        [
            run.Request(dtype: dtype, withGradient: true),
            run.Request(dtype: dtype, reduction: "mean", withGradient: true),
            run.Request(dtype: dtype, reduction: "sum", withGradient: true),
            run.Request(dtype: dtype, shape: "1x1x1"),
        ];

        IReadOnlyList<Evaluation> evaluations = await run.EvaluateAsync(requests);

        Assert.All(requests.Zip(evaluations), pair => PythonFunctionRun.AssertRight(pair.First, pair.Second));
    }

    [Theory]
    [InlineData("0x3x5")]
    [InlineData("2x3x0")]
    public async Task Evaluate_EmptyTensors_Completes(string shape)
    {
        await using PythonFunctionRun run = await PythonFunctionRun.StartedAsync("stable.py:loss", "stable.py:gradient");
        EvaluationRequest request = run.Request(shape: shape, withGradient: true);

        Assert.Equal(Evaluation.Completed(request), Assert.Single(await run.EvaluateAsync(request)));
    }

    [Fact]
    public async Task Evaluate_GradientWithoutAFunctionForIt_HasNone()
    {
        await using PythonFunctionRun run = await PythonFunctionRun.StartedAsync("stable.py:elementwise");

        Evaluation evaluation = Assert.Single(await run.EvaluateAsync(run.Request(withGradient: true)));

        Assert.Equal(Outcome.Completed, evaluation.Outcome);
        Assert.Null(evaluation.Gradient);
    }

    [Fact]
    public async Task Evaluate_ThousandsInOneCall_AreAllAnswered()
    {
        await using PythonFunctionRun run = await PythonFunctionRun.StartedAsync("stable.py:elementwise");
        EvaluationRequest[] requests = [.. Enumerable.Range(0, 3000).Select(_ => run.Request(shape: "1x1x3"))];

        IReadOnlyList<Evaluation> evaluations = await run.EvaluateAsync(requests);

        Assert.Equal(requests.Length, evaluations.Count);
        for (int i = 0; i < requests.Length; i += 499)
        {
            PythonFunctionRun.AssertRight(requests[i], evaluations[i]);
        }
    }

    [Theory]
    [InlineData("prints")]
    [InlineData("forks")]
    public async Task Evaluate_HarmlessHabit_IsNoFault(string function)
    {
        Assert.SkipWhen(function == "forks" && OperatingSystem.IsWindows(), NeedsUnix);
        await using PythonFunctionRun run = await PythonFunctionRun.StartedAsync($"misbehaving.py:{function}", limits: new IsolationLimits { Evaluation = ShortLimit });
        EvaluationRequest[] requests = [run.Request(), run.Request(isMarked: true), run.Request(dtype: "float64"), run.Request(shape: "1x1x7")];

        // One too many answers would be the one to the last request.
        IReadOnlyList<Evaluation> evaluations = [.. await run.EvaluateAsync(requests[..^1]), .. await run.EvaluateAsync(requests[^1])];

        Assert.All(requests.Zip(evaluations), pair => PythonFunctionRun.AssertRight(pair.First, pair.Second));
    }

    [Theory]
    [InlineData("raises", @"^ValueError: no such kernel \(misbehaving\.py:\d+\)$")]
    [InlineData("raises_in_numpy", @"^ValueError: matmul: .* \(misbehaving\.py:\d+\)$")]
    [InlineData("raises_unreadable_text", @"^OSError: \?x{400,}\.\.\. \(misbehaving\.py:\d+\)$")]
    [InlineData("returns_none", @"^returns_none returned None; return an array$")]
    [InlineData("returns_list", @"^returns_list returned a list; return a NumPy array, or a NumPy scalar for a reduced loss$")]
    [InlineData("returns_float", @"^returns_float returned a float; return a NumPy array, or a NumPy scalar for a reduced loss$")]
    [InlineData("returns_masked", @"^returns_masked returned a masked array; return what its filled\(\) gives$")]
    [InlineData("returns_text", @"^an array of dtype str\d+ was returned; it must hold real numbers$")]
    [InlineData("returns_too_many", @"^returns_too_many returned an array of shape \[1048576, 1048576\], more than 2147483647 elements$")]
    [InlineData("exits", @"^SystemExit: 3 \(misbehaving\.py:\d+\)$")]
    [InlineData("interrupts", @"^KeyboardInterrupt \(misbehaving\.py:\d+\)$")]
    [InlineData("asks_for_too_much_memory", @"MemoryError: Unable to allocate .* \(misbehaving\.py:\d+\)$")]
    [InlineData("recurses", @"^RecursionError: maximum recursion depth exceeded.* \(misbehaving\.py:\d+\)$")]
    [InlineData("changes_logits", @"^changes_logits changed its logits, which belong to its caller$")]
    [InlineData("changes_labels", @"^changes_labels changed its labels, which belong to its caller$")]
    public async Task Evaluate_NoResult_IsAnErrorInTheSameWorkerAndTheRestGoesOn(string function, string message)
    {
        await using PythonFunctionRun run = await PythonFunctionRun.StartedAsync($"misbehaving.py:{function}");
        int? worker = run.Backend.WorkerId;

        Evaluation evaluation = await EvaluateMarkedAsync(run);

        Assert.Equal(Outcome.Error, evaluation.Outcome);
        Assert.Matches(message, evaluation.Message);
        Assert.Equal(worker, run.Backend.WorkerId);
    }

    [Theory]
    [InlineData("exits_at_once", "^the worker ended with exit code 3$")]
    [InlineData("segfaults", "^the worker was ended by signal 11 \\(SIGSEGV\\); its last lines: Fatal Python error: Segmentation fault .*misbehaving.py\", line [0-9]+ in segfaults")]
    [InlineData("kills_itself", "^the worker was ended by signal 9 \\(SIGKILL\\)$")]
    [InlineData("closes_files", "^the worker (ended with exit code 70; its last lines: conformance worker: the pipe to the harness is closed|closed its pipe and hung)")]
    [InlineData("writes_everywhere", "^the worker's pipe was written to by something else ")]
    [InlineData("eats_memory", "^the worker used more than 1 GiB of memory")]
    public async Task Evaluate_WorkerIsLost_IsACrashThatSaysHowAndTheRestGoesOn(string function, string message)
    {
        Assert.SkipWhen(function != "eats_memory" && OperatingSystem.IsWindows(), NeedsUnix);
        await using PythonFunctionRun run = await PythonFunctionRun.StartedAsync($"misbehaving.py:{function}", limits: new IsolationLimits { Memory = 1L << 30 });

        Evaluation evaluation = await EvaluateMarkedAsync(run);

        Assert.Equal(Outcome.Crash, evaluation.Outcome);
        Assert.Matches(message, evaluation.Message);
    }

    [Theory]
    [InlineData("hangs")]
    [InlineData("hangs_in_c")]
    public async Task Evaluate_Hang_IsATimeoutThatSaysWhereAndTheRestGoesOn(string function)
    {
        Assert.SkipWhen(function == "hangs_in_c" && OperatingSystem.IsWindows(), NeedsUnix);
        await using PythonFunctionRun run = await PythonFunctionRun.StartedAsync($"misbehaving.py:{function}", limits: new IsolationLimits { Evaluation = ShortLimit });

        Evaluation evaluation = await EvaluateMarkedAsync(run);

        Assert.Equal(Outcome.Timeout, evaluation.Outcome);
        Assert.Matches($"^no result within 5 s; its last lines: .*misbehaving.py\", line [0-9]+ in {function} ", evaluation.Message);
    }

    [Fact]
    public async Task Evaluate_CrashLeavesAChild_EndsItToo()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), NeedsUnix);
        await using PythonFunctionRun run = await PythonFunctionRun.StartedAsync("misbehaving.py:leaves_child");

        Evaluation evaluation = await EvaluateMarkedAsync(run);

        Assert.StartsWith("the worker ended with exit code 3; its last lines: child ", evaluation.Message, StringComparison.Ordinal);
        int child = int.Parse(ChildId().Match(evaluation.Message!).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.True(await PythonProbeTests.DisappearsAsync(child), "The child outlived its worker.");
    }

    [Fact]
    public async Task Evaluate_OtherShape_IsReportedAndNothingIsWritten()
    {
        await using PythonFunctionRun run = await PythonFunctionRun.StartedAsync("misbehaving.py:wrong_shape");
        EvaluationRequest request = run.Request(isMarked: true);
        ulong poison = request.Loss.BitsAt(0);

        Evaluation evaluation = Assert.Single(await run.EvaluateAsync(request));

        Assert.Equal(new Evaluation(Outcome.Completed, new OutputSignature("float32", new Shape(2, 5))), evaluation);
        Assert.All(Enumerable.Range(0, request.Loss.Shape.Count), i => Assert.Equal(poison, request.Loss.BitsAt(i)));
    }

    [Fact]
    public async Task Evaluate_OtherDType_IsReportedAndTheValuesAreThere()
    {
        await using PythonFunctionRun run = await PythonFunctionRun.StartedAsync("misbehaving.py:wrong_dtype");
        EvaluationRequest request = run.Request(isMarked: true);

        Evaluation evaluation = Assert.Single(await run.EvaluateAsync(request));

        Assert.Equal(new OutputSignature("float64", request.Loss.Shape), evaluation.Loss);
        PythonFunctionRun.AssertRight(request, evaluation with { Loss = OutputSignature.Of(request.Loss) });
    }

    private static async Task<Evaluation> EvaluateMarkedAsync(PythonFunctionRun run)
    {
        EvaluationRequest[] requests = [run.Request(), run.Request(isMarked: true), run.Request(dtype: "float64")];
        IReadOnlyList<Evaluation> evaluations = await run.EvaluateAsync(requests);
        Assert.All([0, 2], i => PythonFunctionRun.AssertRight(requests[i], evaluations[i]));
        return evaluations[1];
    }

    [GeneratedRegex(@"child (\d+)\.")]
    private static partial Regex ChildId();
}
