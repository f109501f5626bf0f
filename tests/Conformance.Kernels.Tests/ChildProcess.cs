using System.Diagnostics;
using System.Globalization;
using Conformance.Kernels.Losses;
using Conformance.Kernels.Tests.Reference;

namespace Conformance.Kernels.Tests;

/// <summary>What only a process of its own can show: that it crashes, what all of it allocates, what it does when its thread pool is busy.</summary>
internal static class ChildProcess
{
    /// <summary>The first argument of such a process.</summary>
    public const string Verb = "child";

    /// <summary>Starts this program as a child.</summary>
    /// <param name="task">What it does.</param>
    /// <returns>Its exit code and the words that it wrote.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(string task)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        }

        start.ArgumentList.Add(Verb);
        start.ArgumentList.Add(task);
        using Process child = Process.Start(start)!;
        Task<string> errors = child.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        await errors;
        return (child.ExitCode, string.Join(' ', output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
    }

    /// <summary>Does what the parent asked for.</summary>
    public static int Run(string task)
    {
        switch (task)
        {
            case "touch-inside":
                Touch(memory => memory.AtStart<byte>(1)[0] + memory.AtEnd<byte>(1)[0]);
                return 0;
            case "touch-before":
                Touch(memory => memory.ReadBeforeStart());
                return 0;
            case "touch-behind":
                Touch(memory => memory.ReadBehindEnd());
                return 0;
            case "starve-the-pool":
                StarveThePool();
                return 0;
            case "count-allocations":
                CountAllocations();
                return 0;
            default:
                throw new ArgumentException(task, nameof(task));
        }
    }

    private static void Touch(Func<BoundedMemory, int> read)
    {
        using BoundedMemory memory = new(1000);
        Console.WriteLine("before");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"after {read(memory)}"));
    }

    // Every thread of the pool waits until the losses are there, which therefore must come without one.
    private static void StarveThePool()
    {
        int threads = Environment.ProcessorCount;
        ThreadPool.SetMinThreads(threads, threads);
        if (!ThreadPool.SetMaxThreads(threads, threads))
        {
            throw new InvalidOperationException("The pool keeps its size.");
        }

        using ManualResetEventSlim isDone = new();
        using CountdownEvent busy = new(threads);
        for (int i = 0; i < threads; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    busy.Signal();
                    isDone.Wait();
                },
                null);
        }

        busy.Wait();
        float[] losses = new float[1 << 17];
        for (int call = 0; call < 3; call++)
        {
            SigmoidCrossEntropy.Loss<float>(new float[losses.Length], new float[losses.Length], losses, threads: 4);
        }

        Console.WriteLine(losses.All(loss => loss == 0.6931472f) ? "all losses" : "wrong losses");
        isDone.Set();
    }

    private static void CountAllocations()
    {
        const int Calls = 20;
        float[] x = new float[1 << 16];
        float[] losses = new float[x.Length];
        Measure("loss", () => SigmoidCrossEntropy.Loss<float>(x, x, losses, threads: 2));
        Measure("sum", () => SigmoidCrossEntropy.Sum<float>(x, x, default, threads: 2));

        static void Measure(string name, Action action)
        {
            for (int i = 0; i < Calls; i++)
            {
                action();
            }

            long own = GC.GetAllocatedBytesForCurrentThread();
            long all = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < Calls; i++)
            {
                action();
            }

            all = GC.GetTotalAllocatedBytes(precise: true) - all;
            own = GC.GetAllocatedBytesForCurrentThread() - own;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {own / Calls} {all / Calls}"));
        }
    }
}
