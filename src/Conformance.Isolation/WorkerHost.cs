using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Losses;
using Conformance.Core.Processes;
using Conformance.Core.Tensors;

namespace Conformance.Isolation;

/// <summary>
/// The worker's main loop: starts a backend, says so, then evaluates what the parent asks for, one reply an evaluation.
/// It ends when the parent's pipe closes, whatever it is doing then.
/// </summary>
public static partial class WorkerHost
{
    /// <summary>
    /// Serves a parent until it goes; does not return. Everything of the backend happens on the calling thread: an embedded
    /// interpreter rebuilds its thread state, and a framework its own, whenever another thread calls.
    /// </summary>
    /// <param name="backend">The backend.</param>
    /// <param name="inputHandle">The pipe to read from.</param>
    /// <param name="outputHandle">The pipe to write to.</param>
    public static void Serve(IBackend backend, string inputHandle, string outputHandle)
    {
        ProcessGroup.Lead();
        AnonymousPipeClientStream input = new(PipeDirection.In, inputHandle);
        AnonymousPipeClientStream output = new(PipeDirection.Out, outputHandle);
        using BlockingCollection<ImmutableArray<WorkItem>> work = [];
        Thread reader = new(() => ReadUntilParentGoes(input, work)) { IsBackground = true, Name = "parent" };
        reader.Start();

        BackendStatus status = backend.StartAsync(new Progress(), CancellationToken.None).GetAwaiter().GetResult();
        output.WriteFrame(status, WorkerJson.Default.BackendStatus);
        SharedSegmentMap segments = new();
        Dictionary<string, ImplementationInfo> implementations = backend.Implementations.ToDictionary(implementation => implementation.Id);
        foreach (ImmutableArray<WorkItem> items in work.GetConsumingEnumerable())
        {
            foreach (WorkItem item in items)
            {
                Evaluation evaluation = Evaluate(backend, implementations, segments, item);
                WorkResult result = new(
                    evaluation.Outcome, WorkSignature.Of(evaluation.Loss), WorkSignature.Of(evaluation.Gradient), evaluation.Message);
                output.WriteFrame(result, WorkerJson.Default.WorkResult);
            }
        }
    }

    private static Evaluation Evaluate(
        IBackend backend, Dictionary<string, ImplementationInfo> implementations, SharedSegmentMap segments, WorkItem item)
    {
        // The parent is the same executable, so that what it names exists.
        DType dtype = DType.Find(item.DType)!;
        Reduction reduction = Reduction.Find(item.Reduction)!;
        Shape shape = new(item.Shape.AsSpan());
        EvaluationRequest request = new(
            item.Name,
            implementations[item.Implementation],
            Loss.Find(item.Function)!,
            reduction,
            segments.Find(item.Logits, dtype, shape),
            segments.Find(item.Labels, dtype, shape),
            segments.Find(item.Loss, dtype, reduction.LossShape(shape)),
            item.Gradient is null ? null : segments.Find(item.Gradient, dtype, shape));
        return backend.EvaluateAsync([request], CancellationToken.None).GetAwaiter().GetResult()[0];
    }

    private static void ReadUntilParentGoes(Stream input, BlockingCollection<ImmutableArray<WorkItem>> work)
    {
        try
        {
            while (true)
            {
                work.Add(input.ReadFrameAsync(WorkerJson.Default.ImmutableArrayWorkItem, CancellationToken.None).GetAwaiter().GetResult());
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            ExitNow(0);
        }
    }

    // An orderly exit would shut an embedded interpreter down, which takes seconds, or wait for one that hangs.
    private static void ExitNow(int code)
    {
        if (OperatingSystem.IsWindows())
        {
            System.Diagnostics.Process.GetCurrentProcess().Kill();
        }
        else
        {
            ProcessGroup.Kill(Environment.ProcessId);
            NativeExit(code);
        }
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void NativeExit(int code);

    private sealed class Progress : IProgress<string>
    {
        public void Report(string value) => Console.Error.WriteLine(value);
    }
}
