using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;

namespace Conformance.Isolation.Tests;

/// <summary>A backend whose entry points are the ways in which a backend can go wrong; one of them is right.</summary>
internal sealed partial class MisbehavingBackend(string start) : IBackend
{
    public const string WorkerVerb = "worker";
    public const string BackendName = "misbehaving";

    /// <summary>Loss = logits + 2·labels, gradient = logits − labels; the mean is the mean of the losses.</summary>
    public const string Right = "right";
    public const string WrongShape = "wrong_shape";
    public const string WrongDType = "wrong_dtype";
    public const string Fails = "fails";
    public const string Throws = "throws";
    public const string FailsFast = "fails_fast";
    public const string Exits3 = "exits_3";
    public const string Exits255 = "exits_255";
    public const string ExitsChatty = "exits_chatty";
    public const string Segfaults = "segfaults";
    public const string Killed = "killed";
    public const string Hangs = "hangs";
    public const string Noisy = "noisy";
    public const string DiesWithChild = "dies_with_child";
    public const string HangsWithChild = "hangs_with_child";
    public const string EatsMemory = "eats_memory";
    public const string ChildEatsMemory = "child_eats_memory";
    public const string WritesGarbage = "writes_garbage";
    public const string ClosesPipe = "closes_pipe";

    public const string StartsWell = "starts_well";
    public const string StartsUnavailable = "starts_unavailable";
    public const string StartsNever = "starts_never";
    public const string StartsCrashing = "starts_crashing";
    public const string StartsNoisy = "starts_noisy";

    /// <summary>Followed by a path: starts well only where there is no such file, and makes it.</summary>
    public const string StartsOnce = "starts_once:";

    /// <summary>The verb by which this program eats memory as the child of a worker.</summary>
    public const string EaterVerb = "eater";

    private static readonly string[] EntryPoints =
        [Right, WrongShape, WrongDType, Fails, Throws, FailsFast, Exits3, Exits255, ExitsChatty, Segfaults, Killed, Hangs, Noisy, DiesWithChild,
            HangsWithChild, EatsMemory, ChildEatsMemory, WritesGarbage, ClosesPipe];

    public string Name => BackendName;

    public IReadOnlyList<ImplementationInfo> Implementations { get; } = [.. EntryPoints.Select(Declare)];

    public static ImplementationInfo Find(string entryPoint) => Declare(EntryPoints.Single(name => name == entryPoint));

    public Task<BackendStatus> StartAsync(IProgress<string> progress, CancellationToken cancellationToken)
    {
        switch (start)
        {
            case StartsUnavailable:
                return Task.FromResult(BackendStatus.Unavailable("The runtime is not there.", "Install it."));
            case StartsNever:
                Console.Error.WriteLine("importing");
                Thread.Sleep(Timeout.Infinite);
                break;
            case StartsCrashing:
                Console.Error.WriteLine("cannot import");
                NativeExit(4);
                break;
            case StartsNoisy:
                MakeNoise();
                break;
            case var _ when start.StartsWith(StartsOnce, StringComparison.Ordinal):
                if (File.Exists(start[StartsOnce.Length..]))
                {
                    NativeExit(5);
                }

                File.WriteAllText(start[StartsOnce.Length..], string.Empty);
                break;
        }

        return Task.FromResult(BackendStatus.Available([KeyValuePair.Create("worker", "1.0")]));
    }

    public Task<IReadOnlyList<Evaluation>> EvaluateAsync(IReadOnlyList<EvaluationRequest> requests, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Evaluation>>([.. requests.Select(Evaluate)]);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static ImplementationInfo Declare(string entryPoint) => new()
    {
        Backend = BackendName,
        EntryPoint = entryPoint,
        ShortName = entryPoint,
        Formula = "x + 2z",
        Reductions = [.. Reduction.All],
        Contracts = [new Contract([DType.Float32, DType.Float64], default, default, "It is a test.", "test")],
    };

    private static void MakeNoise()
    {
        for (int i = 0; i < 2000; i++)
        {
            Console.Out.WriteLine($"out {i} {new string('#', 80)}");
            Console.Error.WriteLine($"error {i} {new string('#', 80)}");
        }
    }

    private static Evaluation Evaluate(EvaluationRequest request)
    {
        switch (request.Implementation.EntryPoint)
        {
            case WrongShape:
                return new Evaluation(Outcome.Completed, new OutputSignature(request.Logits.DType.Name, new Shape(7)));
            case WrongDType:
                return new Evaluation(Outcome.Completed, new OutputSignature("bfloat16", Shape.Scalar), new OutputSignature("int8", new Shape(0, 3)));
            case Fails:
                return new Evaluation(Outcome.Error, Message: "ValueError: no such kernel");
            case Throws:
                throw new NotSupportedException("thrown by the backend");
            case FailsFast:
                Environment.FailFast("failed fast");
                break;
            case Exits3:
                NativeExit(3);
                break;
            case Exits255:
                NativeExit(255);
                break;
            case ExitsChatty:
                Console.Error.WriteLine(string.Join('\n', Enumerable.Range(0, 50).Select(i => $"line {i}")));
                Console.Out.WriteLine("to standard output");
                Console.Error.WriteLine("the last words");
                NativeExit(3);
                break;
            case Segfaults:
                _ = NativeStringLength(8);
                break;
            case Killed:
                _ = NativeKill(Environment.ProcessId, 9);
                break;
            case Hangs:
                Console.Error.WriteLine("entering the kernel");
                Thread.Sleep(Timeout.Infinite);
                break;
            case Noisy:
                MakeNoise();
                break;
            case DiesWithChild:
                StartChild("sleep", "300");
                NativeExit(3);
                break;
            case HangsWithChild:
                StartChild("sleep", "300");
                Thread.Sleep(Timeout.Infinite);
                break;
            case EatsMemory:
                EatMemory();
                break;
            case ChildEatsMemory:
                StartChild(Environment.ProcessPath!, EaterVerb);
                Thread.Sleep(Timeout.Infinite);
                break;
            case WritesGarbage:
                _ = NativeWrite(OutputPipe, "garbage that is no frame", 24);
                Thread.Sleep(Timeout.Infinite);
                break;
            case ClosesPipe:
                _ = NativeClose(OutputPipe);
                Thread.Sleep(Timeout.Infinite);
                break;
        }

        Compute(request);
        return Evaluation.Completed(request);
    }

    /// <summary>Takes 3 GiB, and touches them, and waits to be ended.</summary>
    public static void EatMemory()
    {
        const int Pieces = 192;
        byte[][] pieces = new byte[Pieces][];
        for (int i = 0; i < Pieces; i++)
        {
            pieces[i] = GC.AllocateUninitializedArray<byte>(16 << 20);
            pieces[i].AsSpan().Fill(1);
            Thread.Sleep(1);
        }

        Thread.Sleep(Timeout.Infinite);
        GC.KeepAlive(pieces);
    }

    // The worker was given the handles of its pipes as its last two arguments.
    private static int OutputPipe => int.Parse(Environment.GetCommandLineArgs()[^1], CultureInfo.InvariantCulture);

    private static void StartChild(string program, string argument)
    {
        using Process child = Process.Start(program, argument);
        Console.Error.WriteLine($"child {child.Id}.");
    }

    private static void Compute(EvaluationRequest request)
    {
        int count = request.Logits.Shape.Count;
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            double logit = request.Logits.ValueAt(i);
            double label = request.Labels.ValueAt(i);
            double loss = logit + (2 * label);
            sum += loss;
            if (request.Reduction == Reduction.None)
            {
                request.Loss.SetBits(i, request.Loss.DType.ToBits(loss));
            }

            request.Gradient?.SetBits(i, request.Gradient.DType.ToBits(logit - label));
        }

        if (request.Reduction != Reduction.None)
        {
            request.Loss.SetBits(0, request.Loss.DType.ToBits(request.Reduction == Reduction.Mean ? sum / count : sum));
        }
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void NativeExit(int code);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int NativeKill(int processId, int signal);

    [LibraryImport("libc", EntryPoint = "write", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint NativeWrite(int descriptor, string data, nint length);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int NativeClose(int descriptor);

    // Reading from an address in the first page ends the process, and in native code it is not a NullReferenceException.
    [LibraryImport("libc", EntryPoint = "strlen")]
    private static partial nint NativeStringLength(nint text);
}
