using Conformance.Core.Backends;

namespace Conformance.Isolation.Tests;

/// <summary>A process that has a worker and waits to be killed.</summary>
internal static class DoomedParent
{
    public const string Verb = "doomed-parent";

    public static async Task RunAsync(string entryPoint)
    {
        await using IsolatedRun run = new();
        BackendStatus status = await run.Backend.StartAsync(new Progress<string>(), CancellationToken.None);
        Console.Out.WriteLine(status.IsAvailable ? run.Backend.WorkerId : status.Missing);
        await run.Backend.EvaluateAsync([run.Request(entryPoint)], CancellationToken.None);
        await Task.Delay(Timeout.Infinite);
    }
}
