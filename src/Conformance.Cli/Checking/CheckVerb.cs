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
using Conformance.Core.UnderTest;
using Conformance.Core.Waivers;
using Conformance.Isolation;

namespace Conformance.Cli.Checking;

/// <summary><c>check</c>: somebody's own implementation through a suite and the judge.</summary>
internal static class CheckVerb
{
    private const string Strict = "strict";
    private const string Formula = "formula";
    private const string Close = "isclose";
    private const long Gibibyte = 1L << 30;
    private const string PlainInAShell = "_./:,=+-";

    // A framework's first import from a slow disk is tens of seconds.
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(2);

    public static Command Create(BackendCatalog catalog)
    {
        WaysIn ways = new(catalog.Python.PackageFolder);
        SuiteOptions suite = new(SuiteCatalog.Gate, "by default those that the implementation takes", "for relations, and for the contract where that is isclose, where --max-ulp is given, or where nothing else says what is asked");
        Option<string[]> reductions = new("--reduction") { Description = $"What becomes of the losses: {string.Join(", ", Reduction.All)}. One, or several where it is told which; by default all where it is, and none where it is not." };
        Option<string?> shape = new("--shape") { Description = "BATCHxCLASSESxLENGTH in place of the suite's shapes, for what takes no other; a model with fixed dimensions says its own." };
        Option<string?> contract = new("--contract") { Description = $"What is asked of it: {Strict} (at most 1 ULP from the truth), {Formula} (what its formula can keep; the default), {Close} (--rtol and --atol)." };
        Option<string> formula = new("--formula") { Description = $"The formula that it computes: {string.Join("; ", Loss.All[0].Formulas.Select(known => $"{known.Name} is {known.Text}"))}.", DefaultValueFactory = _ => Loss.All[0].Formulas[0].Name };
        Option<double?> maxUlp = new("--max-ulp") { Description = "At most so many ULP from the truth, in place of a contract; at least 0.5." };
        Option<bool> flush = new("--flush-subnormals") { Description = "Allows zero where the truth is subnormal, as with processors that are set to that." };
        Option<string[]> backends = new("--backends") { Description = $"Backends to evaluate beside it, for the table of agreement: {string.Join(", ", BackendCatalog.Names)}; none by default. The truth is the oracle's in any case." };
        Option<string?> waivers = new("--waivers") { Description = "A file of its known deviations, each with a reason." };
        Option<bool> once = new("--once") { Description = "Leaves out the second evaluation of cases, by which it is found not to be deterministic." };
        Option<double> timeout = new("--timeout") { Description = "Seconds that one evaluation may take.", DefaultValueFactory = _ => new IsolationLimits().Evaluation.TotalSeconds };
        Option<double> memory = new("--memory") { Description = "GiB of memory that it may take.", DefaultValueFactory = _ => Math.Round((double)new IsolationLimits().Memory / Gibibyte, 1) };
        Option<string?> shard = ShardOption.Create();
        Option<string> output = RunVerb.CreateOut();
        Option<bool> noRepro = new("--no-repro") { Description = $"Does not look for the smallest inputs on which it fails, nor write the folders in {Reproductions.FolderName} that repeat it." };
        ReportOptions reports = new();
        Command command = new("check", "Judges somebody's own implementation: an ONNX model, a Python function, a .NET class or any executable.");
        foreach (Option option in (IEnumerable<Option>)
            [.. ways.All, .. suite.All, reductions, shape, contract, formula, maxUlp, flush, backends, waivers, once, timeout, memory, shard, output, noRepro, .. reports.All])
        {
            command.Add(option);
        }

        command.SetAction(async (result, cancellationToken) =>
        {
            RunOptions options = suite.Parse(result);
            suite.RefuseWithCases(result, shape);
            Loss loss = Loss.Find(options.Loss) ?? throw new InvalidInputException($"There is no loss '{options.Loss}'; use {string.Join(", ", Loss.All)}.");
            TimeSpan patience = NumberOption.Seconds(result.GetValue(timeout), "--timeout");
            IsolationLimits limits = new()
            {
                Evaluation = patience,
                Start = patience > StartPatience ? patience : StartPatience,
                Memory = NumberOption.Bytes(result.GetValue(memory), memory.Name),
            };
            ImmutableArray<string> others = BackendSession.Check(result.GetValue(backends) ?? [], BackendCatalog.Names, "backend");
            IWayIn way = await ways.ParseAsync(result, limits, cancellationToken).ConfigureAwait(false);
            ContractChoice choice = ChoiceOf(result.GetValue(contract), result.GetResult(formula) is { Implicit: false } ? result.GetValue(formula) : null, result.GetValue(maxUlp), suite.HasTolerance(result) ? options.Tolerance : null, loss)
                with { FlushesSubnormals = result.GetValue(flush) };
            ImplementationUnderTest underTest = new()
            {
                Backend = way.Backend,
                EntryPoint = way.EntryPoint,
                DTypes = DTypesOf(way, options),
                Reductions = ReductionsOf(way, options, result.GetValue(reductions) ?? []),
                Contract = choice,
                HasGradient = way.HasGradient,
                InputDimensions = way.InputDimensions,
            };
            Shard? part = ShardOption.Read(result.GetValue(shard));
            bool reproduces = !result.GetValue(noRepro) && part is null;
            if (reproduces)
            {
                Reproductions.RefuseOthers(result.GetValue(output)!);
            }

            ImplementationInfo implementation = underTest.Declare();
            ImmutableArray<Waiver> known = result.GetValue(waivers) is { } file ? WaiverFile.Read(file) : [];
            if (known.Length > 0)
            {
                RunVerb.CheckPatterns(known, result.GetValue(waivers)!, [implementation, .. await catalog.DeclaredAsync().ConfigureAwait(false)]);
            }

            // What is known of those beside it is nothing against it.
            ImmutableArray<Waiver> allowed = [.. known, .. underTest.Rulings(), .. others.IsEmpty ? [] : WaiverFile.Read(GoldenFolder.WaiverFile).Select(waiver => waiver.AsRuling())];
            (string? inputs, ImmutableArray<string> layouts) = ShapeOf(way, options, result.GetValue(shape));
            RunJob job = new()
            {
                Catalog = catalog,
                Options = options with
                {
                    UnderTest = Repetition(way, choice, underTest),
                    DTypes = options.Suite is null ? [] : [.. underTest.DTypes.Select(dtype => dtype.Name)],
                    Layouts = layouts,
                    Reductions = options.Suite is null ? [] : [.. underTest.Reductions.Select(reduction => reduction.Name)],
                    Shape = inputs,
                    TakesAll = options.Suite is not null && options.DTypes.IsEmpty && options.Layouts.IsEmpty && result.GetValue(shape) is null && underTest.Reductions.SequenceEqual(way.DefaultReductions),
                    Repeats = !result.GetValue(once),
                    Backends = [way.Backend, .. others],
                    Require = [way.Backend],
                },
                Limits = limits,
                Waivers = allowed,
                Shard = part,
                OutputFolder = result.GetValue(output)!,
                Reports = reports.Parse(result, Path.Combine(result.GetValue(output)!, RunFile.Name)),
                UnderTest = way.Create(implementation, limits),

                // What a shard finds first is not what the whole run does.
                Complete = reproduces ? new Reproductions(way, implementation, limits, allowed).CompleteAsync : null,
            };
            return await job.ExecuteAsync(cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    private static ContractChoice ChoiceOf(string? contract, string? formula, double? maxUlp, Tolerance? tolerance, Loss loss)
    {
        if (contract is not (null or Formula) && formula is not null)
        {
            throw new InvalidInputException($"--formula is given with --contract {contract}, which asks for no formula; give one of the two.");
        }

        if (maxUlp is not null && (contract ?? formula) is { } given)
        {
            throw new InvalidInputException($"--max-ulp and '{given}' both say what is asked; give one of the two.");
        }

        return contract switch
        {
            null when maxUlp is not null => ContractChoice.Within(NumberOption.AtLeastHalf(maxUlp), tolerance),
            null when tolerance is not null && formula is null => ContractChoice.Close(tolerance.Value),
            null or Formula => ContractChoice.Of(loss.Formulas.FirstOrDefault(known => known.Name == (formula ?? loss.Formulas[0].Name))
                ?? throw new InvalidInputException($"There is no formula '{formula}' of {loss}; use {string.Join(" or ", loss.Formulas)}.")),
            Strict => ContractChoice.Strict(),
            Close => ContractChoice.Close(tolerance ?? Tolerance.Default),
            _ => throw new InvalidInputException($"There is no contract '{contract}'; use {Strict}, {Formula} or {Close}, or --max-ulp."),
        };
    }

    private static ImmutableArray<DType> DTypesOf(IWayIn way, RunOptions options)
    {
        ImmutableArray<DType> asked = options.Suite is null
            ? [.. options.Cases.Select(id => Case.Parse(id).Draw.DType).Distinct()]
            : [.. options.DTypes.Select(name => DType.Find(name)!)];
        return asked.IsEmpty ? way.DefaultDTypes
            : asked.FirstOrDefault(dtype => !way.DTypes.Contains(dtype)) is { } other
                ? throw new InvalidInputException($"{way.EntryPoint} does not take {other}, which {(options.Suite is null ? "--case" : "--dtype")} asks for; it takes {string.Join(", ", way.DTypes)}.")
                : asked;
    }

    private static ImmutableArray<Reduction> ReductionsOf(IWayIn way, RunOptions options, string[] given)
    {
        ImmutableArray<Reduction> asked =
            [.. BackendSession.Check(given, Reduction.All.Select(reduction => reduction.Name), "reduction").Select(name => Reduction.Find(name)!)];
        if (asked.IsEmpty && options.Suite is null)
        {
            asked = [.. options.Cases.Select(id => Case.Parse(id).Reduction).Distinct()];
        }

        return asked.IsEmpty ? way.DefaultReductions
            : asked.Length == 1 || way.IsToldReduction ? asked
            : throw new InvalidInputException($"--reduction is {string.Join(",", asked)}, and {way.EntryPoint} is not told which of them to compute; give one.");
    }

    // A model of fixed extents is drawn cases of its own shape where the suite has none that fit.
    private static (string? Shape, ImmutableArray<string> Layouts) ShapeOf(IWayIn way, RunOptions options, string? given)
    {
        if (given is not null || options.Suite is null || way.InputDimensions.All(extent => extent is null))
        {
            return (given, options.Layouts);
        }

        Layout layout = options.Layouts.IsEmpty ? Layout.ChannelsFirst : Layout.Find(options.Layouts[0])!;
        int[] usual = [.. layout.Apply(SuiteCatalog.Small).Dimensions];
        if (way.InputDimensions.Zip(usual).All(axis => axis.First is null || axis.First == axis.Second))
        {
            return (null, options.Layouts);
        }

        int[] memory = [.. way.InputDimensions.Zip(usual, (extent, other) => extent ?? other)];
        if (memory.Aggregate(1L, (product, extent) => product * Math.Max(extent, 1)) > Case.MaxElements)
        {
            throw new InvalidInputException($"{way.EntryPoint} takes inputs of [{string.Join(", ", memory)}] alone; a case has {Case.MaxElements} elements at most: export it with dimensions that are free, or smaller.");
        }

        Shape logical = layout == Layout.ChannelsFirst ? new Shape(memory) : new Shape(memory[0], memory[2], memory[1]);
        return (logical.ToString(), [layout.Name]);
    }

    private static string Repetition(IWayIn way, ContractChoice choice, ImplementationUnderTest underTest)
    {
        string[] arguments =
        [
            .. way.Arguments,
            "--reduction",
            string.Join(",", underTest.Reductions),
            .. choice.ToArguments(),
        ];
        return string.Join(' ', arguments.Select(argument => argument.Length > 0 && argument.All(character => char.IsAsciiLetterOrDigit(character) || PlainInAShell.Contains(character))
            ? argument
            : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'"));
    }
}
