using System.Globalization;
using Conformance.Kernels.Drivers;
using Conformance.Kernels.Losses;

namespace Conformance.Kernels.Tests.Drivers;

public sealed class ThreadTeamTests(ITestOutputHelper output)
{
    private const int Part = ThreadTeam.PartLength;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public void Invoke_AnyLengthAndThreads_DoesEveryElementOnce()
    {
        foreach (int length in (int[])[0, 1, Part - 1, Part, Part + 1, (2 * Part) - 1, 2 * Part, (5 * Part) + 3, (100 * Part) + 7])
        {
            for (int threads = 0; threads <= 5; threads++)
            {
                int[] visits = new int[length];
                ThreadTeam<Visit>.Invoke(new Visit(visits), length, threads);
                Assert.All(visits.Distinct(), count => Assert.Equal(1, count));
            }
        }
    }

    [Theory]
    [InlineData(2, 2, 1)]
    [InlineData(1000, 2, 4)]
    [InlineData(40, 2, 2)]
    [InlineData(40, 64, 1)]
    public void GrainOf_AnyLength_IsPartsOfWhichEachThreadTakesSeveral(int parts, int team, int expected) =>
        Assert.Equal(expected * Part, ThreadTeam.GrainOf(parts * Part, team));

    [Fact]
    public void Invoke_OneThread_IsTheCaller()
    {
        List<int> ids = [];
        ThreadTeam<Call>.Invoke(new Call((_, _) => ids.Add(Environment.CurrentManagedThreadId)), 5 * Part, threads: 1);
        Assert.Equal([Environment.CurrentManagedThreadId], ids);
    }

    [Fact]
    public void Invoke_PartThrowsOnTheCaller_ThrowsAndTheNextCallWorks()
    {
        // The pool's threads leave parts for it.
        int caller = Environment.CurrentManagedThreadId;
        using ManualResetEventSlim isThrown = new();
        AssertThrowsAndGoesOn((_, _) =>
        {
            if (Environment.CurrentManagedThreadId != caller)
            {
                Assert.True(isThrown.Wait(Patience));
                return;
            }

            isThrown.Set();
            throw new InvalidTimeZoneException("planted");
        });
    }

    [Fact]
    public void Invoke_PartThrowsOnAThreadOfThePool_ThrowsAndTheNextCallWorks()
    {
        int caller = Environment.CurrentManagedThreadId;
        using ManualResetEventSlim isThrown = new();
        AssertThrowsAndGoesOn((_, _) =>
        {
            if (Environment.CurrentManagedThreadId == caller)
            {
                Assert.True(isThrown.Wait(Patience));
                return;
            }

            isThrown.Set();
            throw new InvalidTimeZoneException("planted");
        });
    }

    [Fact]
    public async Task Invoke_SeveralCallersAtOnce_DoNotMeet()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(caller => Task.Run(
            () =>
            {
                for (int call = 0; call < 50; call++)
                {
                    int[] visits = new int[(3 * Part) + caller];
                    ThreadTeam<Visit>.Invoke(new Visit(visits), visits.Length, threads: 3);
                    Assert.DoesNotContain(0, visits);
                    Assert.Equal(visits.Length, visits.Sum());
                }
            },
            TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void Invoke_WarmAndWithHelp_AllocatesNothing()
    {
        Together work = new(new int[1]);
        for (int call = 0; call < 20; call++)
        {
            ThreadTeam<Together>.Invoke(work, 2 * Part, threads: 2);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int call = 0; call < 100; call++)
        {
            ThreadTeam<Together>.Invoke(work, 2 * Part, threads: 2);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Loss_WarmOnOneThread_AllocatesNothing()
    {
        float[] x = new float[1000];
        float[] losses = new float[x.Length];
        for (int call = 0; call < 50; call++)
        {
            SigmoidCrossEntropy.Loss<float>(x, x, losses, threads: 1);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int call = 0; call < 100; call++)
        {
            SigmoidCrossEntropy.Loss<float>(x, x, losses, threads: 1);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task LossAndSum_WarmOnTwoThreads_AllocateNextToNothing()
    {
        // A thread of the pool that adds for the first time makes the two sums that it keeps, and the pool's queue may grow.
        (int exitCode, string text) = await ChildProcess.RunAsync("count-allocations");
        output.WriteLine(text);
        Assert.Equal(0, exitCode);
        string[] words = text.Split(' ');
        Assert.Equal(["loss", "sum"], [words[0], words[3]]);
        Assert.InRange(int.Parse(words[1], CultureInfo.InvariantCulture), 0, 256);
        Assert.InRange(int.Parse(words[2], CultureInfo.InvariantCulture), 0, 1024);
        Assert.InRange(int.Parse(words[4], CultureInfo.InvariantCulture), 0, 256);
        Assert.InRange(int.Parse(words[5], CultureInfo.InvariantCulture), 0, 1024);
    }

    [Fact]
    public async Task Loss_EveryThreadOfThePoolBusy_IsDoneByTheCaller() => Assert.Equal((0, "all losses"), await ChildProcess.RunAsync("starve-the-pool"));

    private static void AssertThrowsAndGoesOn(Action<nint, nint> action)
    {
        InvalidTimeZoneException exception = Assert.Throws<InvalidTimeZoneException>(() => ThreadTeam<Call>.Invoke(new Call(action), 8 * Part, threads: 2));
        Assert.Equal("planted", exception.Message);
        for (int call = 0; call < 3; call++)
        {
            long done = 0;
            ThreadTeam<Call>.Invoke(new Call((_, length) => Interlocked.Add(ref done, length)), 8 * Part, threads: 2);
            Assert.Equal(8 * Part, done);
        }
    }

    private readonly struct Call(Action<nint, nint> action) : IRangeWork
    {
        public void Invoke(nint start, nint length) => action(start, length);
    }

    private readonly struct Visit(int[] visits) : IRangeWork
    {
        public void Invoke(nint start, nint length)
        {
            foreach (ref int visit in visits.AsSpan((int)start, (int)length))
            {
                Interlocked.Increment(ref visit);
            }
        }
    }

    // Two parts that can only be done side by side.
    // Both threads must come, each for one of the two parts. A Barrier may itself allocate where it has to wait.
    private readonly struct Together(int[] arrivals) : IRangeWork
    {
        public void Invoke(nint start, nint length)
        {
            int rounded = (Interlocked.Increment(ref arrivals[0]) + 1) & ~1;
            SpinWait spinner = default;
            while (Volatile.Read(ref arrivals[0]) < rounded)
            {
                spinner.SpinOnce(sleep1Threshold: -1);
            }
        }
    }
}
