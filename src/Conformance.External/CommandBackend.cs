using System.Collections.Immutable;
using System.ComponentModel;
using System.Globalization;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Core.Tensors;

namespace Conformance.External;

/// <summary>
/// A backend whose one implementation is a command: a process for each evaluation, which reads <c>.npy</c> files and writes one. What it
/// prints is shown where it fails.
/// </summary>
/// <param name="implementation">What it claims.</param>
/// <param name="template">The command line.</param>
/// <param name="limits">What a process may take.</param>
public sealed class CommandBackend(ImplementationInfo implementation, CommandTemplate template, CommandLimits limits) : IWatchedBackend
{
    /// <summary>The dtypes that <c>.npy</c> files have.</summary>
    public static readonly ImmutableArray<DType> DTypes = [DType.Float16, DType.Float32, DType.Float64];

    private readonly MemoryBudget _memory = new(limits.Memory);
    private readonly SortedList<long, EvaluationRequest> _running = [];
    private string? _executable;
    private string? _root;
    private long _evaluations;
    private int _timeouts;
    private int _overruns;

    /// <inheritdoc/>
    public string Name => implementation.Backend;

    /// <inheritdoc/>
    public IReadOnlyList<ImplementationInfo> Implementations { get; } = [implementation];

    /// <inheritdoc/>
    /// <remarks>The oldest, where several run.</remarks>
    public EvaluationRequest? Current
    {
        get
        {
            lock (_running)
            {
                return _running.Count == 0 ? null : _running.GetValueAtIndex(0);
            }
        }
    }

    /// <inheritdoc/>
    public Task<BackendStatus> StartAsync(IProgress<string> progress, CancellationToken cancellationToken)
    {
        (_executable, string? missing, string? fix) = Executable.Find(template.Words[0]);
        if (_executable is null)
        {
            return Task.FromResult(BackendStatus.Unavailable(missing!, fix!));
        }

        try
        {
            _root = Directory.CreateTempSubdirectory("conformance-command-").FullName;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Task.FromResult(BackendStatus.Unavailable(
                $"There can be no folder in '{Path.GetTempPath()}' for the command's files ({exception.Message.TrimEnd('.')}).", "Set TMPDIR (TMP on Windows) to a folder that can be written."));
        }

        return Task.FromResult(BackendStatus.Available([KeyValuePair.Create(Name, template.Text)]));
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidInputException">There is no room for the files.</exception>
    public async Task<IReadOnlyList<Evaluation>> EvaluateAsync(IReadOnlyList<EvaluationRequest> requests, CancellationToken cancellationToken)
    {
        Evaluation?[] evaluations = new Evaluation?[requests.Count];
        await Parallel.ForAsync(
            0,
            requests.Count,
            new ParallelOptions { MaxDegreeOfParallelism = limits.Parallelism, CancellationToken = cancellationToken },
            async (index, token) => evaluations[index] = _memory.IsShort ? null : await TryEvaluateAsync(requests[index], token).ConfigureAwait(false)).ConfigureAwait(false);

        // One at a time, where there is too little memory for several.
        for (int i = 0; i < evaluations.Length; i++)
        {
            while (evaluations[i] is null)
            {
                evaluations[i] = await TryEvaluateAsync(requests[i], cancellationToken).ConfigureAwait(false);
            }
        }

        return evaluations!;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (_root is { } root)
        {
            _root = null;
            try
            {
                Directory.Delete(root, recursive: true);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // What a command made so that it cannot be deleted stays in the folder for temporary files.
            }
        }

        return ValueTask.CompletedTask;
    }

    private static Evaluation Failed(string message) => new(Outcome.Error, Message: message);

    // Null where it has to be evaluated once more, since it and others that ran at the time used too much memory together.
    private async Task<Evaluation?> TryEvaluateAsync(EvaluationRequest request, CancellationToken cancellationToken)
    {
        string root = _root ?? throw new InvalidOperationException("The backend has not started.");
        if (!DTypes.Contains(request.Logits.DType))
        {
            return Failed($".npy files have no {request.Logits.DType}");
        }

        if (request.Gradient is not null && !template.HasGradient)
        {
            return Failed("the command has no {gradient}, where the path of the gradient goes");
        }

        if (Volatile.Read(ref _timeouts) >= limits.Timeouts)
        {
            return limits.GivenUpAfterTimeouts();
        }

        if (Volatile.Read(ref _overruns) >= limits.Timeouts)
        {
            return new Evaluation(Outcome.Crash, Message: string.Create(
                CultureInfo.InvariantCulture, $"not evaluated: {limits.Timeouts} evaluations {limits.UsedTooMuch}")) { IsGivenUp = true };
        }

        long number = Interlocked.Increment(ref _evaluations);
        lock (_running)
        {
            _running.Add(number, request);
        }

        try
        {
            return await RunAsync(request, root, number, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_running)
            {
                _running.Remove(number);
            }
        }
    }

    private async Task<Evaluation?> RunAsync(EvaluationRequest request, string root, long number, CancellationToken cancellationToken)
    {
        using CommandFiles files = new(root, number);
        files.Write(CommandTemplate.Logits, request.Logits);
        files.Write(CommandTemplate.Labels, request.Labels);
        CommandProcess process;
        try
        {
            process = CommandProcess.Start(_executable!, template.Fill(Values(request, files))[1..]);
        }
        catch (Win32Exception exception)
        {
            return Failed($"'{_executable}' cannot be run ({new Win32Exception(exception.NativeErrorCode).Message}); a script needs a first line such as #!/bin/sh");
        }

        using (process)
        {
            (CommandEnd end, Evaluation? failure) = await process.WaitAsync(limits, _memory, cancellationToken).ConfigureAwait(false);
            if (end == CommandEnd.SharedMemory)
            {
                return null;
            }

            if (end == CommandEnd.Deadline)
            {
                Interlocked.Increment(ref _timeouts);
            }
            else if (end == CommandEnd.OwnMemory)
            {
                Interlocked.Increment(ref _overruns);
            }

            if (failure is not null)
            {
                return failure;
            }

            try
            {
                return new Evaluation(
                    Outcome.Completed,
                    files.Read(CommandTemplate.Output, request.Loss),
                    request.Gradient is null ? null : files.Read(CommandTemplate.Gradient, request.Gradient));
            }
            catch (InvalidDataException exception)
            {
                return Failed(await process.WithLinesAsync(exception.Message).ConfigureAwait(false));
            }
        }
    }

    private static Dictionary<string, string> Values(EvaluationRequest request, CommandFiles files) => new()
    {
        [CommandTemplate.Logits] = files.PathOf(CommandTemplate.Logits),
        [CommandTemplate.Labels] = files.PathOf(CommandTemplate.Labels),
        [CommandTemplate.Output] = files.PathOf(CommandTemplate.Output),
        [CommandTemplate.Gradient] = files.PathOf(CommandTemplate.Gradient),
        [CommandTemplate.Reduction] = request.Reduction.Name,
        [CommandTemplate.DType] = request.Logits.DType.Name,
        [CommandTemplate.Shape] = request.Logits.Shape.ToString(),
    };
}
