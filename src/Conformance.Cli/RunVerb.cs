using System.Collections.Immutable;
using System.CommandLine;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Runs;
using Conformance.Core.Suites;
using Conformance.Core.Tensors;
using Conformance.Core.Waivers;
using Conformance.Golden.Recorded;
using Conformance.Golden.Storage;
using Conformance.Golden.Vectors;
using Conformance.Isolation;

namespace Conformance.Cli;

/// <summary><c>run</c>: a suite through the backends and the judge.</summary>
internal static class RunVerb
{
    /// <summary>The variable that adds to <c>--require</c>.</summary>
    public const string RequireVariable = "CONFORMANCE_REQUIRE";

    public static Command Create(BackendCatalog catalog)
    {
        Option<string> suite = new("--suite") { Description = $"The suite: {string.Join(", ", SuiteCatalog.All)}.", DefaultValueFactory = _ => SuiteCatalog.Ci.Name };
        Option<string[]> cases = new("--case") { Description = "Case ids to run in place of a suite; may be repeated." };
        Option<string> loss = new("--loss") { Description = $"The loss: {string.Join(", ", Loss.All)}.", DefaultValueFactory = _ => Loss.All[0].Name };
        Option<string[]> backends = new("--backends") { Description = $"Backends, separated by commas: {string.Join(", ", BackendCatalog.Names)}; all by default." };
        Option<string[]> dtypes = new("--dtype") { Description = $"The dtypes to draw, of {string.Join(", ", DType.All)}; {string.Join(" and ", SuiteCatalog.DTypes)} by default, which every backend takes." };
        Option<string[]> layouts = new("--layout") { Description = $"Narrows to layouts: {string.Join(", ", Layout.All)}." };
        Option<ulong> seed = new("--seed") { Description = "The key of the generator of inputs.", DefaultValueFactory = _ => RunOptions.DefaultSeed };
        Option<double> rtol = new("--rtol") { Description = "Relative tolerance of isclose, for agreement and relations.", DefaultValueFactory = _ => Tolerance.Default.Relative };
        Option<double> atol = new("--atol") { Description = "Absolute tolerance of isclose, for agreement and relations.", DefaultValueFactory = _ => Tolerance.Default.Absolute };
        Option<double?> maxUlp = new("--max-ulp") { Description = "How far from the truth every output may be, in ULP, in place of the implementations' contracts; at least 0.5." };
        Option<string[]> require = new("--require") { Description = $"Backends without which the run fails with exit code 3; {RequireVariable} adds to them." };
        Option<string?> waivers = new("--waivers") { Description = "The file of known deviations; golden/waivers.json by default." };
        Option<bool> noRecorded = new("--no-recorded") { Description = "Leaves out what golden/vectors recorded of a backend that is not on this machine." };
        Option<double> timeout = new("--timeout") { Description = "Seconds that one evaluation in a worker may take.", DefaultValueFactory = _ => new IsolationLimits().Evaluation.TotalSeconds };
        Option<int> threads = new("--threads") { Description = "Threads that the native kernels may take for one evaluation; 0, the default, for as many as there are processors where inputs are large. Results do not depend on it." };
        Option<string?> shard = ShardOption.Create();
        Option<string> output = new("--out") { Description = "The folder that receives run.json.", DefaultValueFactory = _ => "conformance-out" };
        Option<bool> vectors = new("--vectors") { Description = $"Also writes {VectorFile.RunFileName} into that folder: the inputs, outputs and truths as bits, which 'conformance diff' compares." };
        ReportOptions reports = new();
        Command command = new("run", "Runs a suite through every backend, judges the outputs, and writes run.json.")
        {
            suite, cases, loss, backends, dtypes, layouts, seed, rtol, atol, maxUlp, require, waivers, noRecorded, timeout, threads, shard, output, vectors,
        };
        foreach (Option option in reports.All)
        {
            command.Add(option);
        }

        command.SetAction((result, cancellationToken) =>
        {
            string[] given = result.GetValue(cases) ?? [];
            ImmutableArray<string> selected = BackendSession.Check(result.GetValue(backends) ?? [], BackendCatalog.Names, "backend");
            string[] required = [.. result.GetValue(require) ?? [], Environment.GetEnvironmentVariable(RequireVariable) ?? string.Empty];
            RunOptions options = new()
            {
                Loss = result.GetValue(loss)!,
                Suite = given.Length == 0 ? result.GetValue(suite) : null,
                Cases = [.. given],
                Seed = result.GetValue(seed),
                Tolerance = new Tolerance(NotNegative(result.GetValue(rtol), "--rtol"), NotNegative(result.GetValue(atol), "--atol")),
                MaxUlps = AtLeastHalf(result.GetValue(maxUlp)),
                DTypes = BackendSession.Check(result.GetValue(dtypes) ?? [], DType.All.Select(dtype => dtype.Name), "dtype"),
                Layouts = BackendSession.Check(result.GetValue(layouts) ?? [], Layout.All.Select(layout => layout.Name), "layout"),
                Backends = selected.IsEmpty ? [.. BackendCatalog.Names] : selected,
                Require = BackendSession.Check(required, BackendCatalog.Names, "backend"),
            };
            IsolationLimits limits = new() { Evaluation = Seconds(result.GetValue(timeout), "--timeout") };
            return ExecuteAsync(
                catalog,
                options,
                limits,
                (int)NotNegative(result.GetValue(threads), "--threads"),
                result.GetValue(waivers) ?? GoldenFolder.WaiverFile,
                result.GetValue(noRecorded),
                ShardOption.Read(result.GetValue(shard)),
                result.GetValue(output)!,
                result.GetValue(vectors),
                reports.Parse(result),
                cancellationToken);
        });
        return command;
    }

    private static async Task<int> ExecuteAsync(
        BackendCatalog catalog,
        RunOptions options,
        IsolationLimits limits,
        int threads,
        string waiverFile,
        bool noRecorded,
        Shard? shard,
        string outputFolder,
        bool writesVectors,
        ReportOptions.RequestedReports reports,
        CancellationToken cancellationToken)
    {
        ImmutableArray<DrawPlan> plans = PlansOf(options, out int floor);
        ImmutableArray<Waiver> waivers = WaiverFile.Read(waiverFile);
        CheckPatterns(waivers, waiverFile, await catalog.DeclaredAsync().ConfigureAwait(false));
        string folder = OutputFolder.Prepare(outputFolder);
        StandardErrorProgress progress = new();
        await using BackendSession session = await BackendSession.StartAsync(
            catalog, options.Backends, limits, progress, cancellationToken, threads, noRecorded ? null : new Lazy<RecordedCorpus>(ReadCorpus)).ConfigureAwait(false);

        // A built-in backend that cannot run is a fault of the installation, whether or not the user thought of requiring it.
        options = options with { Require = [.. options.Require.Union(options.Backends.Where(BackendCatalog.IsBuiltIn))] };
        SuiteRunner runner = new(session.Started, () => new SharedTensorArena());
        using RunVectors? vectors = writesVectors
            ? new RunVectors(folder, options, (shard?.Of(plans) ?? plans).Sum(plan => plan.Cases.Length), session.Started, cancellationToken)
            : null;
        Run run = await runner.RunAsync(options, plans, floor, waivers, progress, vectors is null ? null : vectors.Observe, cancellationToken, shard).ConfigureAwait(false);
        progress.Finish();
        vectors?.Commit();
        string path = Path.Combine(folder, RunFile.Name);
        OutputFolder.WriteAtomically(path, stream => RunJson.Write(run, stream));
        reports.Write(run);
        string[] written = [path, .. vectors is null ? [] : (string[])[vectors.Path], .. reports.Files.Select(file => file.Path)];
        Console.Error.WriteLine($"Written to {string.Join(" and ", written)}");
        return run.Summary.ExitCode;
    }

    private static RecordedCorpus ReadCorpus()
    {
        try
        {
            return GoldenStore.Read(GoldenFolder.Find(), () => new RecordedCorpus(GoldenFolder.VectorFiles().Select(VectorFile.Read)));
        }
        catch (InvalidInputException exception)
        {
            throw new InvalidInputException($"{exception.Message} It was read for recorded outputs, which --no-recorded leaves out.", exception);
        }
    }

    // A pattern that names nothing would never match, and so never be found stale.
    private static void CheckPatterns(ImmutableArray<Waiver> waivers, string waiverFile, IReadOnlyList<ImplementationInfo> declared)
    {
        foreach (Waiver waiver in waivers)
        {
            if (waiver.Implementations.FirstOrDefault(pattern => !declared.Any(implementation => Waiver.Matches(pattern, implementation))) is { } unknown)
            {
                throw new InvalidInputException(
                    $"The waiver '{waiver.Id}' in '{waiverFile}' names '{unknown}', which matches no implementation; 'conformance list' shows them all.");
            }
        }
    }

    internal static ImmutableArray<DrawPlan> PlansOf(RunOptions options, out int floor)
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
        floor = options.IsWholeSuite ? suite.Floor : 1;
        Shape? shape = null;
        if (options.Shape is { } text && !(Shape.TryParse(text, out shape) && shape.Rank == 3))
        {
            throw new InvalidInputException($"The shape '{text}' is not BATCHxCLASSESxLENGTH, for example 2x5x10.");
        }

        return
        [
            .. from plan in suite.Plan(loss, options.Seed, options.DTypes.IsEmpty ? SuiteCatalog.DTypes : [.. options.DTypes.Select(name => DType.Find(name)!)], shape)
               let cases = plan.Cases.Where(testCase => IsAsked(options.Layouts, testCase.Layout.Name) && IsAsked(options.Reductions, testCase.Reduction.Name)).ToImmutableArray()
               where !cases.IsEmpty
               select plan with { Cases = cases },
        ];
    }

    private static bool IsAsked(ImmutableArray<string> narrowedTo, string name) => narrowedTo.IsEmpty || narrowedTo.Contains(name);

    internal static TimeSpan Seconds(double seconds, string option) => seconds is > 0 and < 1e6
        ? TimeSpan.FromSeconds(seconds)
        : throw new InvalidInputException(FormattableString.Invariant($"{option} is {seconds}; give a positive number of seconds."));

    // Half a unit is what rounding the truth itself takes.
    private static double? AtLeastHalf(double? ulps) => ulps is null or (>= 0.5 and < double.PositiveInfinity)
        ? ulps
        : throw new InvalidInputException(FormattableString.Invariant($"--max-ulp is {ulps}; give a number of at least 0.5, which asks for the correctly rounded value, for example 4."));

    internal static double NotNegative(double value, string option) => value >= 0 && double.IsFinite(value)
        ? value
        : throw new InvalidInputException(FormattableString.Invariant($"{option} is {value}; give a number that is not negative, for example 1e-5."));
}
