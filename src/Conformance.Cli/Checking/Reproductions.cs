using System.Collections.Immutable;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Runs;
using Conformance.Core.Shrinking;
using Conformance.Core.Waivers;
using Conformance.Golden.Reproductions;
using Conformance.Golden.Vectors;
using Conformance.Isolation;

namespace Conformance.Cli.Checking;

/// <summary>
/// Shrinks the first failures of each kind of an implementation under test, and writes a folder for each that repeats it. What an
/// earlier run wrote there is replaced as a whole.
/// </summary>
internal sealed class Reproductions(IWayIn way, ImplementationInfo implementation, IsolationLimits limits, ImmutableArray<Waiver> waivers)
{
    /// <summary>The folder in that of the run.</summary>
    public const string FolderName = "repro";

    private const string CaseFile = "case.json";
    private const int MaxFailures = 5;

    private readonly List<(ShrinkTarget Target, Finding? Finding)> _failures = [];

    /// <summary>Adds to the findings the smallest inputs on which they show.</summary>
    /// <exception cref="InvalidInputException">The folders cannot be written.</exception>
    public async Task<Run> CompleteAsync(BackendSession session, Run run, string folder, CancellationToken cancellationToken)
    {
        string place = Path.Combine(folder, FolderName);
        try
        {
            return await CompleteAsync(run, place, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"'{place}' cannot be written ({exception.Message.TrimEnd('.')}); name a folder that can with --out, or leave it out with --no-repro.", exception);
        }
    }

    private async Task<Run> CompleteAsync(Run run, string place, CancellationToken cancellationToken)
    {
        Collect(run);
        if (_failures.Count == 0)
        {
            Replace(place, null);
            return run;
        }

        // Of its own, so that nothing is left of the run: neither a worker's state nor what it has given up.
        await using IBackend backend = way.Create(implementation, limits);
        BackendStatus status = await backend.StartAsync(new Progress<string>(), cancellationToken).ConfigureAwait(false);
        if (!status.IsAvailable)
        {
            Replace(place, null);
            return run;
        }

        string partial = Path.Combine(Path.GetDirectoryName(place)!, $".{FolderName}-{Guid.NewGuid():N}.partial");
        try
        {
            Run completed = await WriteAsync(backend, status, run, partial, cancellationToken).ConfigureAwait(false);
            Replace(place, partial);
            return completed;
        }
        finally
        {
            if (Directory.Exists(partial))
            {
                Directory.Delete(partial, recursive: true);
            }
        }
    }

    // The smallest case of each kind: the first of them, and so the same in every run.
    private void Collect(Run run)
    {
        IEnumerable<(ShrinkTarget Target, Finding? Finding)> findings = run.Findings
            .Where(finding => finding.Implementation == implementation.Id && finding.Recorded is null)
            .Select(finding => (ShrinkTarget.Of(finding), (Finding?)finding));
        IEnumerable<(ShrinkTarget Target, Finding? Finding)> lost =
            from report in run.Cases
            from verdict in report.Verdicts
            where verdict.Value.Contains(implementation.Id)
            let outcome = verdict.Key switch
            {
                Verdict.Error => Outcome.Error,
                Verdict.Crash => Outcome.Crash,
                Verdict.Timeout => Outcome.Timeout,
                _ => Outcome.Completed,
            }
            where outcome != Outcome.Completed
            select (new ShrinkTarget(Case.Parse(report.Id), outcome), (Finding?)null);
        _failures.AddRange(findings.Concat(lost)
            .GroupBy(failure => (failure.Target.Outcome, failure.Target.Output, failure.Target.Check))
            .Take(MaxFailures)
            .Select(alike => alike.MinBy(failure => failure.Target.Case.LogicalShape.Count)));
    }

    private async Task<Run> WriteAsync(IBackend backend, BackendStatus status, Run run, string partial, CancellationToken cancellationToken)
    {
        Judgement judgement = new(waivers, run.Options.MaxUlps);
        using SharedTensorArena arena = new();
        FailureShrinker shrinker = new(backend, arena, judgement, new ShrinkLimits());
        ReproductionWriter writer = new(way.SubjectOf(status), judgement, RecordedOutput.VersionOf(implementation.Backend, status), limits.Evaluation);
        ImmutableArray<Finding>.Builder findings = run.Findings.ToBuilder();
        for (int i = 0; i < _failures.Count; i++)
        {
            (ShrinkTarget target, Finding? finding) = _failures[i];
            string name = ReproductionWriter.NameOf(i + 1, target, implementation.Id);
            ShrunkFailure shrunk = await shrinker.ShrinkAsync(implementation, target, cancellationToken).ConfigureAwait(false);
            writer.Write(shrunk, Path.Combine(partial, name));
            if (finding is not null)
            {
                findings[findings.IndexOf(finding)] = finding with { Shrunk = shrunk.ToInputs($"{FolderName}/{name}") };
            }
        }

        return run with { Findings = findings.ToImmutable() };
    }

    /// <summary>Makes sure that nothing is there that a run must not or cannot replace.</summary>
    /// <param name="folder">The folder of the run.</param>
    /// <exception cref="InvalidInputException">It is a file, holds what no run wrote, or cannot be read.</exception>
    public static void RefuseOthers(string folder)
    {
        string place = Path.Combine(folder, FolderName);
        const string instead = "name another folder with --out, or leave it out with --no-repro.";
        if (File.Exists(place))
        {
            throw new InvalidInputException($"'{place}' is a file, where the run makes a folder; {instead}");
        }

        try
        {
            if (Directory.Exists(place) && Directory.EnumerateFileSystemEntries(place).FirstOrDefault(entry => !File.Exists(Path.Combine(entry, CaseFile))) is { } foreign)
            {
                throw new InvalidInputException($"'{foreign}' was written by no run, in the folder that a run replaces; {instead}");
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"'{place}' cannot be read ({exception.Message.TrimEnd('.')}), and a run replaces what is there; {instead}", exception);
        }
    }

    private static void Replace(string place, string? partial)
    {
        string? old = null;
        if (Directory.Exists(place))
        {
            old = $"{place}-{Guid.NewGuid():N}.old";
            Directory.Move(place, old);
        }

        if (partial is not null)
        {
            Directory.Move(partial, place);
        }

        if (old is not null)
        {
            Directory.Delete(old, recursive: true);
        }
    }
}
