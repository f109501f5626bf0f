using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Runs;
using Conformance.Core.Suites;
using Conformance.Core.Sweeps;
using Conformance.Core.Tensors;
using Conformance.Isolation;
using Conformance.Reporting;

namespace Conformance.Cli;

/// <summary><c>sweep</c>: every bit pattern of a dtype through one implementation, judged against the truth.</summary>
internal static class SweepVerb
{
    private const string AllLabels = "all";

    public static Command Create(BackendCatalog catalog)
    {
        Option<string> implementation = new("--implementation") { Description = "The implementation's id, as 'conformance list' shows it.", Required = true };
        Option<string> loss = new("--loss") { Description = $"The loss: {string.Join(", ", Loss.All)}.", DefaultValueFactory = _ => Loss.All[0].Name };
        Option<string> dtype = new("--dtype") { Description = $"The dtype: {string.Join(", ", DType.All)}. Of float64, which has 2^64 patterns, a SAMPLE is swept, as many logits from each binade of both signs.", DefaultValueFactory = _ => DType.Float32.Name };
        Option<string?> label = new("--label") { Description = $"The labels, separated by commas, as decimals or as bits (0x3d4ccccd); '{AllLabels}' for every bit pattern of a 16-bit dtype, which makes 2^32 pairs. By default {AllLabels} in float16 and bfloat16, and 0,1 in float32 and float64." };
        Option<bool> gradient = new("--gradient") { Description = "Judges the gradient as well as the loss." };
        Option<long> stride = new("--stride") { Description = "Sweeps one pattern, or pair, of every N: a PARTIAL sweep, and its results say so.", DefaultValueFactory = _ => 1 };
        Option<long?> samples = new("--samples") { Description = $"The number of float64 logits for each label, rounded up to as many for each of 4096 binades; {SweepOptions.DefaultSamples} by default." };
        Option<ulong?> seed = new("--seed") { Description = $"The key of the generator of float64 samples; {SweepOptions.DefaultSeed} by default." };
        Option<string?> shard = new("--shard") { Description = "Sweeps part i of n, as 2/8; 'conformance sweep merge' puts the parts together." };
        Option<int?> threads = new("--threads") { Description = "Threads that judge and, where the backend is in this process, evaluate; all processors by default." };
        Option<int?> batch = new("--batch") { Description = "Elements of one evaluation; by default what is fast for the backend." };
        Option<double> timeout = new("--timeout") { Description = "Seconds that one evaluation in a worker may take.", DefaultValueFactory = _ => new IsolationLimits().Evaluation.TotalSeconds };
        Option<string?> checkpoint = new("--checkpoint") { Description = "The file that keeps what has been judged, every few seconds and when the sweep is stopped; with --out FILE, FILE.checkpoint by default. It is deleted when the sweep is done." };
        Option<double> every = new("--checkpoint-every") { Description = "Seconds between checkpoints.", DefaultValueFactory = _ => 5 };
        Option<bool> resume = new("--resume") { Description = "Goes on from the checkpoint, or begins where there is none." };
        Option<string?> output = new("--out") { Description = "The file that receives the result as JSON." };
        Option<bool> json = new("--json") { Description = "Prints the result as JSON in place of a table." };
        Command command = new("sweep", "Takes every bit pattern of the logit through one implementation and judges each output against the truth.")
        {
            implementation, loss, dtype, label, gradient, stride, samples, seed, shard, threads, batch, timeout, checkpoint, every, resume, output, json,
        };
        command.Subcommands.Add(SweepMergeVerb.Create(catalog));
        command.Subcommands.Add(SweepShowVerb.Create());
        command.SetAction(async (result, cancellationToken) =>
        {
            DType type = DType.Find(result.GetValue(dtype)!)
                ?? throw new InvalidInputException($"There is no dtype '{result.GetValue(dtype)}'; use one of {string.Join(", ", DType.All)}.");
            ImplementationInfo info = BackendCatalog.FindImplementation(result.GetValue(implementation)!, await catalog.DeclaredAsync().ConfigureAwait(false));
            if (!info.Supports(type, Reduction.None))
            {
                throw new InvalidInputException(
                    $"{info} does not compute unreduced losses in {type}; it takes {string.Join(", ", info.DTypes)} with the reductions {string.Join(", ", info.Reductions)}.");
            }

            Request request = new(
                new SweepOptions
                {
                    Tool = ProvenanceProbe.ToolVersion,
                    Loss = (Loss.Find(result.GetValue(loss)!) ?? throw new InvalidInputException($"There is no loss '{result.GetValue(loss)}'; use {string.Join(", ", Loss.All)}.")).Name,
                    Implementation = info.Id,
                    Versions = ImmutableSortedDictionary<string, string>.Empty,
                    DType = type.Name,
                    Labels = LabelsOf(result.GetValue(label) ?? (type.Size == 2 ? AllLabels : "0,1"), type),
                    Gradient = result.GetValue(gradient),
                    Stride = result.GetValue(stride),
                    Samples = SamplesOf(result.GetValue(samples), type),
                    Seed = result.GetValue(seed) ?? (type.Size == 8 ? SweepOptions.DefaultSeed : null),
                    Contract = ContractReport.Of(info.ContractFor(type)),
                },
                info,
                ShardOption.Parse(result.GetValue(shard) ?? "1/1"),
                Positive(result.GetValue(threads), "--threads") ?? Environment.ProcessorCount,
                Positive(result.GetValue(batch), "--batch") ?? BackendCatalog.SweepBatchOf(info.Backend),
                new IsolationLimits { Evaluation = NumberOption.Seconds(result.GetValue(timeout), "--timeout") },
                result.GetValue(checkpoint) ?? (result.GetValue(output) is { } file ? file + ".checkpoint" : null),
                NumberOption.Seconds(result.GetValue(every), "--checkpoint-every"),
                result.GetValue(resume),
                result.GetValue(output),
                result.GetValue(json));
            return await ExecuteAsync(catalog, request, cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    /// <summary>The command that was given, for the record.</summary>
    public static string CommandLine =>
        string.Join(' ', ["conformance", .. Environment.GetCommandLineArgs()[1..].Select(argument => argument.Any(char.IsWhiteSpace) ? $"'{argument}'" : argument)]);

    /// <summary>Writes a complete result where it was asked for, and says by the exit code what it is.</summary>
    public static int Deliver(SweepResult result, string? output, bool json)
    {
        if (output is not null)
        {
            OutputFolder.WriteAtomically(output, stream => SweepJson.Write(result, stream));
        }

        if (json)
        {
            SweepJsonReport.Write(result, Console.Out);
        }
        else
        {
            SweepConsoleReport.Write(result, Console.Out);
        }

        if (output is not null)
        {
            Console.Error.WriteLine($"Written to {Path.GetFullPath(output)}");
        }

        return result.Start == result.End ? ExitCode.TooLittleRan
            : result.BeyondContract > 0 ? ExitCode.NonConformance
            : ExitCode.Conformant;
    }

    private static async Task<int> ExecuteAsync(BackendCatalog catalog, Request request, CancellationToken cancellationToken)
    {
        // What does not go together is found before a worker is started.
        _ = new SweepPlan(request.Options);
        SweepResult? before = ReadCheckpoint(request);
        foreach ((string? file, string option) in new[] { (request.Output, "--out"), (request.Checkpoint, "--checkpoint") })
        {
            if (file is not null)
            {
                OutputFolder.PrepareFile(file, option, isCertificate: true);
            }
        }

        StandardErrorProgress progress = new();

        // Parts of the sweep are evaluated side by side, each on a thread of its own.
        await using BackendSession session = await BackendSession.StartAsync(
            catalog, [request.Implementation.Backend], request.Limits, progress, cancellationToken, threads: 1).ConfigureAwait(false);
        (IBackend backend, BackendStatus status) = session.Started[0];
        if (!status.IsAvailable)
        {
            Console.Error.WriteLine($"{backend.Name} is not available, and nothing was swept: {status.Missing} {status.Fix}");
            return ExitCode.RequiredUnavailable;
        }

        Provenance provenance = ProvenanceProbe.Capture([status]);
        SweepOptions options = request.Options with { Versions = provenance.Versions };
        CheckIsOf(before, options, request);
        bool isInProcess = BackendCatalog.IsBuiltIn(backend.Name);
        SweepRunner runner = new(backend, request.Implementation, options, () => isInProcess ? new NativeTensorArena() : new SharedTensorArena())
        {
            BatchLength = request.BatchLength,
            Threads = request.Threads,
            CheckpointInterval = request.CheckpointInterval,

            // A worker takes one request at a time.
            Evaluators = isInProcess ? request.Threads : 1,
        };
        SweepResult begun = runner.Begin(request.Shard.Index, request.Shard.Count, CommandLine, provenance);
        if (before is not null)
        {
            begun = begun with { Done = before.Done, Measures = before.Measures, Seconds = before.Seconds };
            progress.Report(string.Create(CultureInfo.InvariantCulture, $"Going on at {100.0 * (begun.Done - begun.Start) / Math.Max(1, begun.End - begun.Start):F1} %, from '{request.Checkpoint}'."));
        }

        SweepResult soFar = begun;
        SweepResult result;
        try
        {
            result = await runner.RunAsync(begun, progress, Keep, cancellationToken).ConfigureAwait(false);
        }
        catch (SweepStoppedException exception)
        {
            progress.Finish();
            Console.Error.WriteLine(exception.Message);
            Console.Error.WriteLine($"The sweep is not complete. {Kept()}");
            return exception.Outcome == Outcome.Unavailable ? ExitCode.RequiredUnavailable : ExitCode.NonConformance;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            progress.Finish();
            Console.Error.WriteLine($"Stopped. {Kept()}");
            return ExitCode.Cancelled;
        }

        progress.Finish();
        int exitCode = Deliver(result, request.Output, request.Json);
        if (request.Checkpoint is not null)
        {
            File.Delete(request.Checkpoint);
        }

        return exitCode;

        void Keep(SweepResult part)
        {
            soFar = part;
            if (request.Checkpoint is not null)
            {
                OutputFolder.WriteAtomically(request.Checkpoint, stream => SweepJson.Write(part, stream), "--checkpoint");
            }
        }

        string Kept() => request.Checkpoint is null
            ? "Nothing was kept; name a file with --checkpoint or --out to go on from."
            : string.Create(
                CultureInfo.InvariantCulture,
                $"'{request.Checkpoint}' holds {soFar.Done - soFar.Start} of {soFar.End - soFar.Start} elements; give the same command with --resume to go on.");
    }

    private static SweepResult? ReadCheckpoint(Request request)
    {
        if (request.Checkpoint is null)
        {
            return request.Resume
                ? throw new InvalidInputException("--resume needs to know from what: name the checkpoint with --checkpoint, or the result with --out.")
                : null;
        }

        if (!File.Exists(request.Checkpoint))
        {
            return null;
        }

        return request.Resume ? SweepJson.Read(request.Checkpoint) : throw new InvalidInputException(
            $"There is a checkpoint '{request.Checkpoint}' of a sweep that was stopped; give --resume to go on from it, delete it, or name another with --checkpoint.");
    }

    private static void CheckIsOf(SweepResult? before, SweepOptions options, Request request)
    {
        if (before is null)
        {
            return;
        }

        if (options.DifferenceTo(before.Options) is { } difference)
        {
            throw new InvalidInputException(
                $"The checkpoint '{request.Checkpoint}' is of another sweep ({difference.What}: {difference.Other} there, {difference.This} here); give the options of that sweep, or delete the checkpoint.");
        }

        (long start, long end) = new SweepPlan(options).Shard(request.Shard.Index, request.Shard.Count);
        if (before.Start != start || before.End != end)
        {
            throw new InvalidInputException(string.Create(
                CultureInfo.InvariantCulture,
                $"The checkpoint '{request.Checkpoint}' is of another shard: it is for positions {before.Start} to {before.End - 1}, where {request.Shard.Index}/{request.Shard.Count} is {start} to {end - 1}; give that shard, or delete the checkpoint."));
        }
    }

    private static ImmutableArray<Element> LabelsOf(string text, DType dtype) => text == AllLabels
        ? []
        :
        [
            .. text.Split(',', StringSplitOptions.TrimEntries).Select(label =>
                label.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
                && ulong.TryParse(label.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong bits)
                && label.Length == dtype.HexDigits + 2
                    ? Element.Of(dtype, bits)
                : double.TryParse(label, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
                    ? Element.Of(dtype, dtype.ToBits(value))
                : throw new InvalidInputException(
                    $"The label '{label}' is not a number; give decimals as 0.5, or 0x and {dtype.HexDigits} hexadecimal digits, separated by commas, or '{AllLabels}'.")),
        ];

    private static long? SamplesOf(long? samples, DType dtype)
    {
        if (dtype.Size != 8)
        {
            return samples;
        }

        const long binades = 4096;
        long given = samples ?? SweepOptions.DefaultSamples;
        return given is >= 1 and <= 1L << 32 ? (given + binades - 1) / binades * binades : throw new InvalidInputException(
            string.Create(CultureInfo.InvariantCulture, $"--samples is {given}; give a whole number from 1 to {1L << 32}."));
    }

    private static int? Positive(int? value, string option) => value is null or (>= 1 and <= 1 << 26)
        ? value
        : throw new InvalidInputException(FormattableString.Invariant($"{option} is {value}; give a whole number from 1 to {1 << 26}."));

    private sealed record Request(
        SweepOptions Options,
        ImplementationInfo Implementation,
        Shard Shard,
        int Threads,
        int BatchLength,
        IsolationLimits Limits,
        string? Checkpoint,
        TimeSpan CheckpointInterval,
        bool Resume,
        string? Output,
        bool Json);
}
