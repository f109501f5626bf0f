using System.Globalization;
using Conformance.Core.Backends;
using Conformance.TestKit;

namespace Conformance.External.Tests;

public sealed class CommandBackendTests
{
    private static readonly CommandLimits OneAtATime = new() { Parallelism = 1 };

    private static string Hanging(string childFile) =>
        $"sh -c 'sleep 300 & echo $! > \"$4.new\"; echo still working >&2; mv \"$4.new\" \"$4\"; wait' -- {{logits}} {{labels}} {{output}} '{childFile}'";

    [Fact]
    public async Task EvaluateAsync_RightCommand_ReadsLossAndGradient()
    {
        await using CommandRun run = await CommandRun.StartedAsync(SampleCommand.Template("right", "{logits} {labels} {output} {gradient}"));
        EvaluationRequest with = run.Request(withGradient: true);
        EvaluationRequest without = run.Request();

        IReadOnlyList<Evaluation> evaluations = await run.EvaluateAsync(with, without);

        CommandRun.AssertRight(with, evaluations[0]);
        CommandRun.AssertRight(without, evaluations[1]);
        Assert.NotNull(evaluations[0].Gradient);
        Assert.Null(evaluations[1].Gradient);
    }

    [Fact]
    public async Task EvaluateAsync_ManyAtATime_KeepsTheirOrder()
    {
        await using CommandRun run = await CommandRun.StartedAsync(SampleCommand.Template("right"), new CommandLimits { Parallelism = 4 });
        EvaluationRequest[] requests = [.. Enumerable.Range(0, 12).Select(draw => run.Request(draw: draw))];

        IReadOnlyList<Evaluation> evaluations = await run.EvaluateAsync(requests);

        Assert.All(requests.Zip(evaluations), pair => CommandRun.AssertRight(pair.First, pair.Second));
        Assert.Equal(requests.Length, requests.Select(request => request.Loss.ToHex()).Distinct().Count());
    }

    [Fact]
    public async Task EvaluateAsync_Reduction_IsToldAndScalar()
    {
        await using CommandRun run = await CommandRun.StartedAsync(SampleCommand.Template("sum", "{logits} {labels} {output} {reduction}"));
        EvaluationRequest sum = run.Request(reduction: "sum");
        EvaluationRequest mean = run.Request(reduction: "mean");

        IReadOnlyList<Evaluation> evaluations = await run.EvaluateAsync(sum, mean);

        Assert.All(evaluations, evaluation => Assert.Equal((Outcome.Completed, string.Empty), (evaluation.Outcome, evaluation.Loss!.Shape.ToString())));
        Assert.Equal((1, 2), (sum.Loss.ValueAt(0), mean.Loss.ValueAt(0)));
    }

    [Fact]
    public async Task EvaluateAsync_EveryPlaceholder_GetsItsValue()
    {
        Evaluation evaluation = await CommandRun.EvaluateAsync(
            SampleCommand.Template("tells", "{logits} {labels} {output} {dtype} {shape} {reduction} 'two words' {{x}}"), dtype: "float64");

        Assert.Equal(
            new Evaluation(Outcome.Error, Message: $"it ended with exit code 1; its last lines: float64 | 2x5x10 | none | two words | {{x}} | {Environment.CurrentDirectory}"),
            evaluation);
    }

    [Theory]
    [InlineData("silent", "it wrote no file to {output}; its last lines: nothing to do")]
    [InlineData("folder", "{output} is a folder")]
    [InlineData("empty", "{output} cannot be read: it is empty")]
    [InlineData("text", "{output} cannot be read: it is not an .npy file, since it begins with the bytes 302e3520302e350a")]
    [InlineData("truncated", "{output} cannot be read: it ends after 397 of the 400 bytes of its elements")]
    [InlineData("truncated_header", "{output} cannot be read: it ends within its header")]
    [InlineData("longer", "{output} cannot be read: it goes on for 528 bytes after its last element")]
    [InlineData("huge", "{output} cannot be read: it goes on for 21474835952 bytes after its last element")]
    [InlineData("fortran", "{output} cannot be read: it is in Fortran order; write it in C order, which is numpy.ascontiguousarray")]
    [InlineData("vast", "{output} cannot be read: it claims the shape 99999999999, which no case has")]
    public async Task EvaluateAsync_OutputThatCannotBeRead_SaysWhy(string behaviour, string message) =>
        Assert.Equal(new Evaluation(Outcome.Error, Message: message), await CommandRun.EvaluateAsync(SampleCommand.Template(behaviour)));

    [Theory]
    [InlineData("pipe")]
    [InlineData("device")]
    public async Task EvaluateAsync_OutputWithoutEnd_IsNotOpened(string behaviour)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such files.");

        Evaluation evaluation = await CommandRun.EvaluateAsync(SampleCommand.Template(behaviour));

        Assert.Equal(new Evaluation(Outcome.Error, Message: "{output} cannot be read: it is empty"), evaluation);
    }

    [Theory]
    [InlineData("<f8", "2,5,10", "float64", "2x5x10")]
    [InlineData("<i8", "2,5,10", "int64", "2x5x10")]
    [InlineData(">f4", "2,5,10", ">f4", "2x5x10")]
    [InlineData("|b1", "100", "bool", "100")]
    [InlineData("<f4", "2,10,5", "float32", "2x10x5")]
    [InlineData("<f4", "100", "float32", "100")]
    public async Task EvaluateAsync_OtherDTypeOrShape_IsReportedAndNotRead(string description, string shape, string dtype, string reported)
    {
        await using CommandRun run = await CommandRun.StartedAsync(SampleCommand.Template("header", $"{{logits}} {{labels}} {{output}} \"{description}\" {shape}"));
        EvaluationRequest request = run.Request();
        string poison = request.Loss.ToHex();

        Evaluation evaluation = Assert.Single(await run.EvaluateAsync(request));

        Assert.Equal((Outcome.Completed, dtype, reported), (evaluation.Outcome, evaluation.Loss!.DType, evaluation.Loss.Shape.ToString()));
        Assert.Equal(poison, request.Loss.ToHex());
    }

    [Fact]
    public async Task EvaluateAsync_NothingWrittenAfterARightOutput_ReadsNoStaleOne()
    {
        await using CommandRun run = new("true {logits} {labels} {output}");
        string stale = Path.Combine(run.Folder, "runs");
        await using CommandRun once = await CommandRun.StartedAsync(
            $"sh -c 'test -e \"$4\" && exit 0; touch \"$4\"; exec \"$5\" {SampleCommand.Verb} right \"$1\" \"$2\" \"$3\"' -- {{logits}} {{labels}} {{output}} '{stale}' '{SampleCommand.Program}'",
            OneAtATime);
        EvaluationRequest request = once.Request();

        IReadOnlyList<Evaluation> evaluations = await once.EvaluateAsync(request, once.Request());

        CommandRun.AssertRight(request, evaluations[0]);
        Assert.Equal(new Evaluation(Outcome.Error, Message: "it wrote no file to {output}"), evaluations[1]);
    }

    [Fact]
    public async Task EvaluateAsync_ExitCode_IsAnErrorWithTheLastLines()
    {
        Evaluation evaluation = await CommandRun.EvaluateAsync(SampleCommand.Template("returns", "{logits} {labels} {output} 3"));

        Assert.Equal(Outcome.Error, evaluation.Outcome);
        Assert.Equal(
            "it ended with exit code 3; its last lines: on standard output | " + string.Join(" | ", Enumerable.Range(80, 20).Select(i => $"line {i}")), evaluation.Message);
    }

    [Theory]
    [InlineData(11, "it was ended by signal 11 (SIGSEGV)")]
    [InlineData(9, "it was ended by signal 9 (SIGKILL)")]
    [InlineData(31, "it was ended by signal 31")]
    public async Task EvaluateAsync_Signal_IsACrash(int signal, string message)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");

        Evaluation evaluation = await CommandRun.EvaluateAsync($"sh -c 'kill -{signal.ToString(CultureInfo.InvariantCulture)} $$' {{logits}} {{labels}} {{output}}");

        Assert.Equal(new Evaluation(Outcome.Crash, Message: message), evaluation);
    }

    [Fact]
    public async Task EvaluateAsync_Hang_IsATimeoutAndEndsTheWholeTree()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no 'sleep'.");
        await using CommandRun folder = new("true {logits} {labels} {output}");
        string child = Path.Combine(folder.Folder, "child");

        Evaluation evaluation = await CommandRun.EvaluateAsync(Hanging(child), new CommandLimits { Evaluation = TimeSpan.FromSeconds(2) });

        Assert.Equal(new Evaluation(Outcome.Timeout, Message: "no result within 2 s; its last lines: still working"), evaluation);
        Assert.True(await RunningProcess.DisappearsAsync(int.Parse(await File.ReadAllTextAsync(child, TestContext.Current.CancellationToken), CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task EvaluateAsync_ThreeTimeouts_GiveUpTheRest()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no 'sleep'.");
        await using CommandRun run = await CommandRun.StartedAsync(
            "sh -c 'exec sleep 300' {logits} {labels} {output}",
            new CommandLimits { Evaluation = TimeSpan.FromMilliseconds(200), Parallelism = 1 });

        IReadOnlyList<Evaluation> evaluations = await run.EvaluateAsync([.. Enumerable.Range(0, 6).Select(_ => run.Request())]);
        IReadOnlyList<Evaluation> later = await run.EvaluateAsync(run.Request());

        Evaluation timeout = new(Outcome.Timeout, Message: "no result within 0.2 s");
        Evaluation rest = new(Outcome.Timeout, Message: "not evaluated: 3 evaluations did not return within 0.2 s") { IsGivenUp = true };
        Assert.Equal([timeout, timeout, timeout, rest, rest, rest], evaluations);
        Assert.Equal(rest, Assert.Single(later));
    }

    [Fact]
    public async Task Current_SeveralRun_IsTheOldest()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no 'sh'.");
        await using CommandRun folder = new("true {logits} {labels} {output}");
        await using CommandRun run = await CommandRun.StartedAsync(
            $"sh -c 'touch \"$4/$5.runs\"; until test -e \"$4/$5.may_end\"; do sleep 0.05; done; exit 1' -- {{logits}} {{labels}} {{output}} '{folder.Folder}' {{reduction}}");
        EvaluationRequest first = run.Request();
        EvaluationRequest second = run.Request(reduction: "mean");
        Assert.Null(run.Backend.Current);

        Task evaluatingFirst = run.EvaluateAsync(first);
        await ExistsAsync("none.runs");
        Assert.Same(first, run.Backend.Current);
        Task evaluatingSecond = run.EvaluateAsync(second);
        await ExistsAsync("mean.runs");
        Assert.Same(first, run.Backend.Current);
        await EndAsync("none", evaluatingFirst);
        Assert.Same(second, run.Backend.Current);
        await EndAsync("mean", evaluatingSecond);
        Assert.Null(run.Backend.Current);

        async Task ExistsAsync(string file)
        {
            while (!File.Exists(Path.Combine(folder.Folder, file)))
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
        }

        async Task EndAsync(string reduction, Task evaluating)
        {
            await File.WriteAllTextAsync(Path.Combine(folder.Folder, reduction + ".may_end"), string.Empty, TestContext.Current.CancellationToken);
            await evaluating;
        }
    }

    [Fact]
    public async Task EvaluateAsync_Cancelled_EndsTheProcesses()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no 'sleep'.");
        await using CommandRun folder = new("true {logits} {labels} {output}");
        string child = Path.Combine(folder.Folder, "child");
        await using CommandRun run = await CommandRun.StartedAsync(Hanging(child));
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        Task<IReadOnlyList<Evaluation>> evaluating = run.Backend.EvaluateAsync([run.Request()], source.Token);
        while (!File.Exists(child))
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => evaluating);
        Assert.True(await RunningProcess.DisappearsAsync(int.Parse(await File.ReadAllTextAsync(child, TestContext.Current.CancellationToken), CultureInfo.InvariantCulture)));
    }

    [Theory]
    [InlineData("0", Outcome.Completed)]
    [InlineData("3", Outcome.Error)]
    public async Task EvaluateAsync_ChildLeftBehind_IsNotWaitedForAndEnded(string exitCode, Outcome outcome)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no 'sleep'.");
        await using CommandRun folder = new("true {logits} {labels} {output}");
        string child = Path.Combine(folder.Folder, "child");

        Evaluation evaluation = await CommandRun.EvaluateAsync(SampleCommand.Template("leaves_child", $"{{logits}} {{labels}} {{output}} '{child}' {exitCode}"));

        Assert.Equal(outcome, evaluation.Outcome);
        int id = int.Parse(await File.ReadAllTextAsync(child, TestContext.Current.CancellationToken), CultureInfo.InvariantCulture);
        if (OperatingSystem.IsLinux())
        {
            Assert.True(await RunningProcess.DisappearsAsync(id));
        }
        else
        {
            using System.Diagnostics.Process process = System.Diagnostics.Process.GetProcessById(id);
            process.Kill();
        }
    }

    [Fact]
    public async Task EvaluateAsync_OrphanOfAHangingCommand_IsEndedToo()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux shows whose an orphan is.");
        await using CommandRun folder = new("true {logits} {labels} {output}");
        string child = Path.Combine(folder.Folder, "child");

        Evaluation evaluation = await CommandRun.EvaluateAsync(
            $"sh -c '(setsid sleep 300 & echo $! > \"$4\"); exec sleep 300' -- {{logits}} {{labels}} {{output}} '{child}'", new CommandLimits { Evaluation = TimeSpan.FromSeconds(2) });

        Assert.Equal(Outcome.Timeout, evaluation.Outcome);
        Assert.True(await RunningProcess.DisappearsAsync(int.Parse(await File.ReadAllTextAsync(child, TestContext.Current.CancellationToken), CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task EvaluateAsync_TooMuchMemory_IsACrash()
    {
        Evaluation evaluation = await CommandRun.EvaluateAsync(SampleCommand.Template("hungry"), new CommandLimits { Memory = 300 << 20 });

        Assert.Equal(new Evaluation(Outcome.Crash, Message: "it used more than 0.29 GiB of memory"), evaluation);
    }

    [Fact]
    public async Task EvaluateAsync_ThreeWithTooMuchMemory_GiveUpTheRest()
    {
        await using CommandRun run = await CommandRun.StartedAsync(SampleCommand.Template("hungry"), new CommandLimits { Memory = 300 << 20, Parallelism = 1 });

        IReadOnlyList<Evaluation> evaluations = await run.EvaluateAsync([.. Enumerable.Range(0, 5).Select(_ => run.Request())]);
        IReadOnlyList<Evaluation> later = await run.EvaluateAsync(run.Request());

        Evaluation crash = new(Outcome.Crash, Message: "it used more than 0.29 GiB of memory");
        Evaluation rest = new(Outcome.Crash, Message: "not evaluated: 3 evaluations used more than 0.29 GiB of memory") { IsGivenUp = true };
        Assert.Equal([crash, crash, crash, rest, rest], evaluations);
        Assert.Equal(rest, Assert.Single(later));
    }

    [Fact]
    public async Task EvaluateAsync_TooMuchMemoryTogether_EvaluatesOneAtATime()
    {
        await using CommandRun folder = new("true {logits} {labels} {output}");
        await using CommandRun run = await CommandRun.StartedAsync(
            SampleCommand.Template("shares_memory", $"{{logits}} {{labels}} {{output}} '{folder.Folder}'"), new CommandLimits { Memory = 400 << 20, Parallelism = 4 });
        EvaluationRequest[] requests = [.. Enumerable.Range(0, 4).Select(draw => run.Request(draw: draw))];

        IReadOnlyList<Evaluation> evaluations = await run.EvaluateAsync(requests);

        Assert.All(requests.Zip(evaluations), pair => CommandRun.AssertRight(pair.First, pair.Second));
        Assert.True(Directory.GetFiles(folder.Folder).Length > requests.Length);
    }

    [Fact]
    public async Task EvaluateAsync_FloodOfLines_IsRight()
    {
        Evaluation evaluation = await CommandRun.EvaluateAsync(SampleCommand.Template("chatty"));

        Assert.Equal(Outcome.Completed, evaluation.Outcome);
    }

    [Fact]
    public async Task EvaluateAsync_CommandThatReadsItsInput_FindsItsEnd() =>
        Assert.Equal(Outcome.Completed, (await CommandRun.EvaluateAsync(SampleCommand.Template("reads_input"))).Outcome);

    [Fact]
    public async Task EvaluateAsync_InputFilesChanged_ChangesNoInput()
    {
        await using CommandRun run = await CommandRun.StartedAsync(SampleCommand.Template("changes_inputs"));
        EvaluationRequest request = run.Request();

        CommandRun.AssertRight(request, Assert.Single(await run.EvaluateAsync(request)));
        CommandRun.AssertRight(request, Assert.Single(await run.EvaluateAsync(request)));
    }

    [Fact]
    public async Task EvaluateAsync_WhatFilesOrTemplateLack_IsAnError()
    {
        Evaluation bfloat16 = await CommandRun.EvaluateAsync(SampleCommand.Template("right"), dtype: "bfloat16");
        Evaluation gradient = await CommandRun.EvaluateAsync(SampleCommand.Template("right"), withGradient: true);

        Assert.Equal(new Evaluation(Outcome.Error, Message: ".npy files have no bfloat16"), bfloat16);
        Assert.Equal(new Evaluation(Outcome.Error, Message: "the command has no {gradient}, where the path of the gradient goes"), gradient);
    }

    [Fact]
    public async Task EvaluateAsync_FailureInTheMiddle_LetsTheOthersGoOn()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no 'sh'.");
        await using CommandRun run = await CommandRun.StartedAsync("sh -c 'test $1 = none && kill -11 $$; cp $2 $3' -- {reduction} {logits} {output} {labels}", OneAtATime);

        IReadOnlyList<Evaluation> evaluations = await run.EvaluateAsync(
            run.Request("1x1x1", reduction: "mean"), run.Request(), run.Request("1x1x1", reduction: "mean"));

        Assert.Equal([Outcome.Completed, Outcome.Crash, Outcome.Completed], evaluations.Select(evaluation => evaluation.Outcome));
    }

    [Fact]
    public async Task EvaluateAsync_ScriptWithoutInterpreter_IsAnError()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows runs files by their extension.");
        await using CommandRun folder = new("true {logits} {labels} {output}");
        string script = Path.Combine(folder.Folder, "script");
        await File.WriteAllTextAsync(script, "\0no program", TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        Evaluation evaluation = await CommandRun.EvaluateAsync($"'{script}' {{logits}} {{labels}} {{output}}");

        Assert.Equal(new Evaluation(Outcome.Error, Message: $"'{script}' cannot be run (Exec format error); a script needs a first line such as #!/bin/sh"), evaluation);
    }

    [Fact]
    public async Task DisposeAsync_AfterEvaluations_LeavesNoFile()
    {
        await using (CommandRun run = await CommandRun.StartedAsync(SampleCommand.Template("tells", "{logits} {labels} {output} {output}")))
        {
            Evaluation evaluation = Assert.Single(await run.EvaluateAsync(run.Request()));
            string output = evaluation.Message!.Split("; its last lines: ")[1].Split(" | ")[0];

            Assert.False(Directory.Exists(Path.GetDirectoryName(output)), output);
            Assert.True(Directory.Exists(Path.GetDirectoryName(Path.GetDirectoryName(output))), output);
            await run.Backend.DisposeAsync();
            Assert.False(Directory.Exists(Path.GetDirectoryName(Path.GetDirectoryName(output))), output);
        }
    }
}
