using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Conformance.Core.Backends;
using Conformance.Core.Tensors;

namespace Conformance.Core.UnderTest;

/// <summary>
/// A backend whose one implementation is an <see cref="ILossFunction{T}"/> in this process. What it throws, leaves unwritten or changes that is
/// not its own is the outcome of the evaluation; what ends the process needs a worker.
/// </summary>
/// <param name="implementation">What it claims.</param>
/// <param name="create">Makes the instance, when the backend starts.</param>
public sealed class LossFunctionBackend(ImplementationInfo implementation, Func<object> create) : IBackend
{
    private object? _instance;

    /// <inheritdoc/>
    public string Name => implementation.Backend;

    /// <inheritdoc/>
    public IReadOnlyList<ImplementationInfo> Implementations { get; } = [implementation];

    /// <inheritdoc/>
    public Task<BackendStatus> StartAsync(IProgress<string> progress, CancellationToken cancellationToken)
    {
        try
        {
            _instance = create();
            AssemblyName name = _instance.GetType().Assembly.GetName();
            return Task.FromResult(BackendStatus.Available([KeyValuePair.Create(name.Name ?? "unnamed", name.Version?.ToString() ?? "unknown")]));
        }
        catch (InvalidInputException exception)
        {
            return Task.FromResult(BackendStatus.Unavailable(exception.Message, "Give another one."));
        }
#pragma warning disable CA1031 // Whatever somebody else's constructor throws is its status.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Task.FromResult(BackendStatus.Unavailable(
                $"{implementation.Id} could not be made: {Describe(exception)}.", "Let its constructor return without an exception."));
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Evaluation>> EvaluateAsync(IReadOnlyList<EvaluationRequest> requests, CancellationToken cancellationToken)
    {
        Evaluation[] evaluations = new Evaluation[requests.Count];
        for (int i = 0; i < evaluations.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            evaluations[i] = Evaluate(requests[i]);
        }

        return Task.FromResult<IReadOnlyList<Evaluation>>(evaluations);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        switch (_instance)
        {
            case IAsyncDisposable disposable:
                await disposable.DisposeAsync().ConfigureAwait(false);
                break;
            case IDisposable disposable:
                disposable.Dispose();
                break;
        }
    }

    private Evaluation Evaluate(EvaluationRequest request)
    {
        DType dtype = request.Logits.DType;
        return dtype == DType.Float16 ? Evaluate<Half>(request)
            : dtype == DType.Float32 ? Evaluate<float>(request)
            : dtype == DType.Float64 ? Evaluate<double>(request)
            : Failed($".NET has no type of the elements of {dtype}");
    }

    private Evaluation Evaluate<T>(EvaluationRequest request)
        where T : unmanaged
    {
        object instance = _instance ?? throw new InvalidOperationException("The backend has not started.");
        if (instance is not ILossFunction<T> function || (request.Gradient is not null && instance is not ILossGradient<T>))
        {
            return Failed($"{instance.GetType().FullName} does not implement {(instance is ILossFunction<T> ? "ILossGradient" : "ILossFunction")}<{typeof(T).Name}>");
        }

        byte[] logits = request.Logits.Bytes.ToArray();
        byte[] labels = request.Labels.Bytes.ToArray();
        request.Loss.Poison();
        request.Gradient?.Poison();
        LossArguments<T> arguments = new(request.Logits.Span<T>(), request.Labels.Span<T>(), request.Logits.Shape, request.Reduction);
        try
        {
            function.Loss(arguments, request.Loss.Span<T>());
            if (request.Gradient is not null)
            {
                ((ILossGradient<T>)function).Gradient(arguments, request.Gradient.Span<T>());
            }
        }
#pragma warning disable CA1031 // Whatever somebody else's function throws is the outcome of its evaluation.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Restore(request.Logits, logits);
            Restore(request.Labels, labels);
            return Failed(Describe(exception));
        }

        // Not one after the other with ||: both must be put right.
        string? changed = (Restore(request.Logits, logits), Restore(request.Labels, labels)) switch
        {
            (true, _) => "logits",
            (_, true) => "labels",
            _ => null,
        };
        return changed is not null ? Failed($"it changed the {changed}, which are not its own")
            : (Unwritten(request.Loss, "loss") ?? (request.Gradient is null ? null : Unwritten(request.Gradient, "gradient"))) is { } message ? Failed(message)
            : Evaluation.Completed(request);
    }

    private static Evaluation Failed(string message) => new(Outcome.Error, Message: message);

    private static bool Restore(Tensor tensor, byte[] before)
    {
        if (tensor.Bytes.SequenceEqual(before))
        {
            return false;
        }

        before.CopyTo(tensor.Bytes);
        return true;
    }

    // An element that still is what no draw gives a loss or gradient.
    private static string? Unwritten(Tensor output, string name)
    {
        ulong poison = Tensor.PoisonByte * (output.DType.BitMask / byte.MaxValue);
        int first = -1;
        int count = 0;

        // Most outputs have no such byte at all, which is found at the speed of memory.
        int start = output.Bytes.IndexOf(Tensor.PoisonByte);
        for (int index = start / output.DType.Size; start >= 0 && index < output.Shape.Count; index++)
        {
            if (output.BitsAt(index) == poison)
            {
                first = first < 0 ? index : first;
                count++;
            }
        }

        return count == 0 ? null
            : count == output.Shape.Count ? $"it wrote nothing to the {name}"
            : string.Create(CultureInfo.InvariantCulture, $"it left {count} of {output.Shape.Count} elements of the {name} unwritten, the first of them [{first}]");
    }

    // A stack trace in one line: where in somebody's code it was thrown, or was called from.
    private string Describe(Exception exception)
    {
        while (exception is TypeInitializationException or TargetInvocationException && exception.InnerException is { } inner)
        {
            exception = inner;
        }

        StackFrame[] frames = new StackTrace(exception, fNeedFileInfo: true).GetFrames();
        StackFrame? frame = Array.Find(frames, IsForeign) ?? frames.FirstOrDefault();
        MethodBase? method = frame?.GetMethod();
        string where = method is null ? string.Empty : $" (at {method.DeclaringType?.FullName}.{method.Name}";
        string line = frame?.GetFileName() is { } file
            ? string.Create(CultureInfo.InvariantCulture, $", {Path.GetFileName(file)}:{frame.GetFileLineNumber()})")
            : ")";
        return $"{exception.GetType().Name}: {exception.Message.ReplaceLineEndings(" ").TrimEnd('.')}{(where.Length == 0 ? where : where + line)}";
    }

    private bool IsForeign(StackFrame frame)
    {
        Assembly? assembly = frame.GetMethod()?.DeclaringType?.Assembly;
        return assembly is not null && (_instance is null
            ? assembly.GetName().Name is { } name && !name.StartsWith("System.", StringComparison.Ordinal) && assembly != typeof(LossFunctionBackend).Assembly
            : assembly == _instance.GetType().Assembly);
    }
}
