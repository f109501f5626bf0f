using System.Collections.Immutable;

namespace Conformance.Isolation;

/// <summary>How to start the worker of a backend; the handles of its two pipes are appended as the last two arguments.</summary>
/// <param name="FileName">The executable.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Environment">Variables to set in its native environment.</param>
public sealed record WorkerCommand(
    string FileName, ImmutableArray<string> Arguments, ImmutableDictionary<string, string> Environment)
{
    /// <summary>What to do where it cannot be started, one sentence.</summary>
    public string StartFix { get; init; } = "Run 'conformance doctor' to see what was found.";
}
