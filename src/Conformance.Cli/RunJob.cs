using System.Collections.Immutable;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Losses;
using Conformance.Core.Runs;
using Conformance.Core.Suites;
using Conformance.Core.Tensors;
using Conformance.Core.Waivers;
using Conformance.Golden.Recorded;
using Conformance.Isolation;

namespace Conformance.Cli;

/// <summary>A run as <c>run</c> and <c>check</c> make it: started, judged, written and reported in one way.</summary>
internal sealed record RunJob
{
    public required BackendCatalog Catalog { get; init; }

    public required RunOptions Options { get; init; }

    public required IsolationLimits Limits { get; init; }

    public required ImmutableArray<Waiver> Waivers { get; init; }

    public required string OutputFolder { get; init; }

    public required ReportOptions.RequestedReports Reports { get; init; }

    /// <summary>The shard to run; null for the whole.</summary>
    public Shard? Shard { get; init; }

    public int Threads { get; init; }

    public bool WritesVectors { get; init; }

    /// <summary>What stands in for missing backends; null for nothing.</summary>
    public Lazy<RecordedCorpus>? Corpus { get; init; }

    /// <summary>Somebody's own implementation, first of all; null for none.</summary>
    public IBackend? UnderTest { get; init; }

    /// <summary>Adds to the run what its findings say of themselves, before it is written to the folder and reported; null for nothing.</summary>
    public Func<BackendSession, Run, string, CancellationToken, Task<Run>>? Complete { get; init; }

    /// <summary>The draws of a suite or of single cases.</summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="floor">The least number of cases.</param>
    /// <exception cref="InvalidInputException">It names what does not exist.</exception>
    public static ImmutableArray<DrawPlan> PlansOf(RunOptions options, out int floor)
    {
        Loss loss = Loss.Find(options.Loss)
            ?? throw new InvalidInputException($"There is no loss '{options.Loss}'; use {string.Join(", ", Loss.All)}.");
        if (options.Suite is null)
        {
            Case[] cases = [.. options.Cases.Select(Case.Parse).Distinct()];
            floor = cases.Length;
            return [.. cases.GroupBy(testCase => testCase.Draw).Select(group => new DrawPlan(group.Key, [.. group], AllModes: true, ChecksRelations: false))];
        }

        Suite suite = SuiteCatalog.Find(options.Suite)
            ?? throw new InvalidInputException($"There is no suite '{options.Suite}'; use {string.Join(", ", SuiteCatalog.All)}.");
        Shape? shape = null;
        if (options.Shape is { } text && !(Shape.TryParse(text, out shape) && shape.Rank == 3))
        {
            throw new InvalidInputException($"The shape '{text}' is not BATCHxCLASSESxLENGTH, for example 2x5x10.");
        }

        ImmutableArray<DrawPlan> plans =
        [
            .. from plan in suite.Plan(loss, options.Seed, options.DTypes.IsEmpty ? SuiteCatalog.DTypes : [.. options.DTypes.Select(name => DType.Find(name)!)], shape)
               let cases = plan.Cases.Where(testCase => IsAsked(options.Layouts, testCase.Layout.Name) && IsAsked(options.Reductions, testCase.Reduction.Name)).ToImmutableArray()
               where !cases.IsEmpty
               select plan with { Cases = cases },
        ];

        // Of what an implementation under test takes the suite has its own count.
        floor = !options.IsWholeSuite ? 1 : options.TakesAll ? plans.Sum(plan => plan.Cases.Length) : suite.Floor;
        return plans;
    }

    /// <summary>Runs, writes and reports.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="InvalidInputException">What was asked for is not there, or something cannot be written. The run and the reports are written none the less where it is made.</exception>
    public async Task<int> ExecuteAsync(CancellationToken cancellationToken)
    {
        ImmutableArray<DrawPlan> plans = PlansOf(Options, out int floor);
        string folder = Cli.OutputFolder.Prepare(OutputFolder);
        StandardErrorProgress progress = new();
        await using BackendSession session = await BackendSession.StartAsync(
            Catalog, Options.Backends, Limits, progress, cancellationToken, Threads, Corpus, UnderTest).ConfigureAwait(false);

        // A built-in backend that cannot run is a fault of the installation, whether or not the user thought of requiring it.
        RunOptions options = Options with { Require = [.. Options.Require.Union(session.Started.Select(started => started.Backend.Name).Where(name => name != UnderTest?.Name && BackendCatalog.IsBuiltIn(name)))] };
        SuiteRunner runner = new(session.Started, () => new SharedTensorArena());
        using RunVectors? vectors = WritesVectors
            ? new RunVectors(folder, options, (Shard?.Of(plans) ?? plans).Sum(plan => plan.Cases.Length), session.Started, cancellationToken)
            : null;
        Run run = await runner.RunAsync(options, plans, floor, Waivers, progress, vectors is null ? null : vectors.Observe, cancellationToken, Shard).ConfigureAwait(false);
        progress.Finish();
        vectors?.Commit();
        InvalidInputException? incomplete = null;
        try
        {
            run = Complete is null ? run : await Complete(session, run, folder, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidInputException exception)
        {
            // The run is made, and must not be lost for want of what would have been said beside it.
            incomplete = exception;
        }

        string path = Path.Combine(folder, RunFile.Name);
        Cli.OutputFolder.WriteAtomically(path, stream => RunJson.Write(run, stream));
        Reports.Write(run);
        string[] written = [path, .. vectors is null ? [] : (string[])[vectors.Path], .. Reports.Files.Select(file => file.Path)];
        Console.Error.WriteLine($"Written to {string.Join(" and ", written)}");
        return incomplete is null ? run.Summary.ExitCode : throw new InvalidInputException(incomplete.Message, incomplete);
    }

    private static bool IsAsked(ImmutableArray<string> narrowedTo, string name) => narrowedTo.IsEmpty || narrowedTo.Contains(name);
}
