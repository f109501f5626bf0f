using System.Collections.Immutable;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Relations;
using Conformance.Core.Runs;
using Conformance.Core.Shrinking;
using Conformance.Core.Suites;
using Conformance.Core.Tensors;
using Conformance.Core.UnderTest;
using Conformance.Core.Waivers;

namespace Conformance.Xunit;

/// <summary>
/// The draws of a suite for one loss, cut into the rows of a test class. Each row is a run of its own in the runner, under the judge and the relations of every
/// other run, with an instance of the loss of its own.
/// </summary>
internal sealed class LossGate
{
    // So few that the judge keeps the findings of all of them.
    private const int PlansOfOneRun = 12;

    private const string Backend = "assembly";

    private readonly Type _type;
    private readonly ImplementationInfo _implementation;
    private readonly ImmutableArray<Waiver> _rulings;
    private readonly ContractChoice _contract;
    private readonly Suite _suite;
    private readonly Shape? _shape;
    private readonly Tolerance _tolerance;
    private readonly ulong _seed;
    private readonly Loss _loss;
    private readonly ImmutableArray<DrawPlan> _plans;
    private readonly Dictionary<ConformanceRow, RelationNeeds> _needs = [];

    /// <summary>The gate of a loss.</summary>
    /// <param name="type">The class of the loss.</param>
    /// <param name="loss">What it is to compute.</param>
    /// <param name="contract">What is asked of it.</param>
    /// <param name="reductions">The reductions that it computes.</param>
    /// <param name="suite">The draws.</param>
    /// <param name="shape">Their shape in place of the suite's; null for the suite's.</param>
    /// <param name="seed">The generator's key.</param>
    /// <param name="tolerance">What is close, for relations.</param>
    /// <exception cref="InvalidInputException">There is nothing to judge.</exception>
    public LossGate(
        Type type, Loss loss, ContractChoice contract, IReadOnlyList<Reduction> reductions, Suite suite, Shape? shape, ulong seed, Tolerance tolerance)
    {
        LossFunctionType described = LossFunctionType.Of(type);
        if (reductions.Count == 0)
        {
            throw new InvalidInputException($"{nameof(LossConformanceTests<object>.Reductions)} is empty; name those that '{type.FullName}' computes, of {string.Join(", ", Reduction.All)}.");
        }

        if (shape is { Rank: not 3 })
        {
            throw new InvalidInputException($"{nameof(LossConformanceTests<object>.Shape)} is {shape}; give batch, classes and length, for example 2x5x10.");
        }

        ImplementationUnderTest underTest = new()
        {
            Backend = Backend,
            EntryPoint = $"{Path.GetFileName(type.Assembly.Location)}:{type.FullName}",
            DTypes = described.DTypes,
            Reductions = [.. reductions],
            Contract = contract,
            HasGradient = described.HasGradient,
        };
        _type = type;
        _implementation = underTest.Declare();
        _rulings = [.. underTest.Rulings()];
        _contract = contract;
        _suite = suite;
        _shape = shape;
        _tolerance = tolerance;
        _seed = seed;
        _loss = loss;
        _plans =
        [
            .. from plan in suite.Plan(loss, seed, described.DTypes, shape)
               let cases = plan.Cases.Where(_implementation.Supports).ToImmutableArray()
               where !cases.IsEmpty
               select plan with { Cases = cases },
        ];
        Rows = [.. _plans.GroupBy(plan => (plan.Draw.DType, Recipe: RecipeOf(plan))).SelectMany(group => RowsOf(group.Key.DType, group.Key.Recipe, [.. group]))];
        if (Rows.IsEmpty)
        {
            throw new InvalidInputException($"The suite '{suite}' has no case that '{type.FullName}' takes; override {nameof(LossConformanceTests<object>.Suite)}, of {string.Join(", ", SuiteCatalog.All)}, or the reductions or the shape.");
        }
    }

    /// <summary>The tests.</summary>
    public ImmutableArray<ConformanceRow> Rows { get; }

    /// <summary>Judges one row.</summary>
    /// <param name="row">One of <see cref="Rows"/>.</param>
    /// <param name="testClass">The class that asks, by which the row is repeated.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Why it does not hold; null where it does.</returns>
    public async Task<string?> FailureAsync(ConformanceRow row, Type testClass, CancellationToken cancellationToken)
    {
        ImmutableArray<DrawPlan> plans = PlansOf(row);
        RowOutcome outcome = new(row);
        foreach (DrawPlan[] chunk in plans.Chunk(PlansOfOneRun))
        {
            outcome.Add(await RunAsync(row, chunk, cancellationToken).ConfigureAwait(false));
        }

        if (outcome.Conforms)
        {
            return null;
        }

        ShrunkFailure? shrunk = outcome.Target is { } target ? await ShrinkAsync(row, target, cancellationToken).ConfigureAwait(false) : null;
        string repetition = outcome.CaseId is { } id ? $"--case {id}"
            : $"--suite {_suite} --dtype {row.DType} --seed {_seed}{(_shape is { } shape ? $" --shape {shape}" : string.Empty)}";
        Tolerance? relations = outcome.CaseId is null && _needs.ContainsKey(row) ? _tolerance : null;
        return string.Join(
            Environment.NewLine,
            [
                $"{_type.FullName} does not conform in {row.Label}.",
                .. outcome.Lines,
                .. RowOutcome.LinesOf(shrunk),
                $"asked is {_contract}",
                $"again: dotnet test --filter-class \"{testClass.FullName}\" --filter-trait \"conformance={row.Id}\"",
                $"   or: conformance check --assembly \"{_type.Assembly.Location}:{_type.FullName}\" --reduction {string.Join(',', _implementation.Reductions)} {string.Join(' ', _contract.ToArguments(relations))} {repetition}",
            ]);
    }

    private static string RecipeOf(DrawPlan plan) => $"{plan.Draw.Logits.Name}/{plan.Draw.Labels.Name}";

    private static IEnumerable<Relation> RelationsNamed(ConformanceRow row) =>
        Relation.All.Where(relation => relation.Name == row.Relation && (relation.Layout is null || relation.Layout.Name == row.Layout));

    private IEnumerable<ConformanceRow> RowsOf(DType dtype, string recipe, ImmutableArray<DrawPlan> plans)
    {
        foreach (Layout layout in Layout.All.Where(layout => plans.Any(plan => plan.Cases.Any(testCase => testCase.Layout == layout))))
        {
            ConformanceRow row = new(dtype.Name, layout.Name, recipe, ConformanceRow.Truth);
            yield return row;
            if (_implementation.HasGradient && plans.Any(plan => plan.Cases.Any(testCase => testCase.Layout == layout && plan.WantsGradient(_implementation, testCase))))
            {
                yield return row with { Relation = ConformanceRow.GradientTruth };
            }

            if (plans.Any(plan => plan.Cases.Any(testCase => testCase.Layout == layout && plan.Repeats(testCase))))
            {
                yield return row with { Relation = ConformanceRow.Repeat };
            }
        }

        // Draws of one recipe in one dtype have the same cases, of which the first says what can be asked.
        if (plans.FirstOrDefault(plan => plan.ChecksRelations) is { } first)
        {
            foreach (ConformanceRow row in Answered(first, first.Cases, _implementation).Select(relation =>
                new ConformanceRow(dtype.Name, relation.Layout?.Name ?? ConformanceRow.BothLayouts, recipe, relation.Name)).Distinct())
            {
                _needs.Add(row, NeedsOf(row, first));
                yield return row;
            }
        }
    }

    // What cannot be left away without leaving a statement unanswered.
    private RelationNeeds NeedsOf(ConformanceRow row, DrawPlan plan)
    {
        int all = Count(plan.Cases, _implementation);
        return new RelationNeeds(
            [.. plan.Cases.Where(testCase => Count(plan.Cases.Remove(testCase), _implementation) < all).Select(RelationNeeds.ViewOf)],
            Count(plan.Cases, _implementation with { HasGradient = false }) < all);

        int Count(ImmutableArray<Case> cases, ImplementationInfo implementation) => Answered(plan, cases, implementation).Intersect(RelationsNamed(row)).Count();
    }

    // The relations that have something to compare, were every evaluation to complete.
    private List<Relation> Answered(DrawPlan plan, ImmutableArray<Case> cases, ImplementationInfo implementation)
    {
        using NativeTensorArena arena = new();
        DrawResults results = new(plan.Draw);
        foreach (Case testCase in cases.Where(testCase => plan.Asks(implementation, testCase)))
        {
            Tensor loss = arena.Allocate(plan.Draw.DType, testCase.LossShape).Poison();
            Tensor? gradient = plan.WantsGradient(implementation, testCase) ? arena.Allocate(plan.Draw.DType, testCase.InputShape).Poison() : null;
            Evaluation completed = new(Outcome.Completed, OutputSignature.Of(loss), gradient is null ? null : OutputSignature.Of(gradient));
            results.Add(testCase, new CaseOutput(implementation, completed, loss, gradient));
        }

        return [.. Relation.All.Where(relation => relation.Evaluate(results, _tolerance).Any())];
    }

    private ImmutableArray<DrawPlan> PlansOf(ConformanceRow row)
    {
        RelationNeeds? needs = _needs.GetValueOrDefault(row);
        return
        [
            .. from plan in _plans
               where plan.Draw.DType.Name == row.DType && RecipeOf(plan) == row.Recipe && (needs is null || plan.ChecksRelations)
               let cases = plan.Cases.Where(testCase => (needs is not null || testCase.Layout.Name == row.Layout) && IsAsked(plan, testCase)).ToImmutableArray()
               where !cases.IsEmpty
               select plan with { Cases = cases, ChecksRelations = needs is not null },
        ];

        bool IsAsked(DrawPlan plan, Case testCase) => row.Relation switch
        {
            ConformanceRow.GradientTruth => plan.WantsGradient(_implementation, testCase),
            ConformanceRow.Repeat => plan.Repeats(testCase),
            _ => needs is null || needs.Views.Contains(RelationNeeds.ViewOf(testCase)),
        };
    }

    // A gradient that throws is not a fault of the loss.
    private ImplementationInfo ImplementationFor(ConformanceRow row) => _implementation with
    {
        HasGradient = _implementation.HasGradient && row.Relation != ConformanceRow.Truth && _needs.GetValueOrDefault(row) is not { Gradient: false },
    };

    private LossFunctionBackend CreateBackend(ConformanceRow row) => new(ImplementationFor(row), () => Activator.CreateInstance(_type)!);

    private async Task<ShrunkFailure?> ShrinkAsync(ConformanceRow row, ShrinkTarget target, CancellationToken cancellationToken)
    {
        LossFunctionBackend backend = CreateBackend(row);
        await using (backend.ConfigureAwait(false))
        {
            using NativeTensorArena arena = new();
            await backend.StartAsync(new Progress<string>(), cancellationToken).ConfigureAwait(false);
            ShrunkFailure shrunk = await new FailureShrinker(backend, arena, new Judgement(_rulings), new ShrinkLimits())
                .ShrinkAsync(backend.Implementations[0], target, cancellationToken).ConfigureAwait(false);
            return shrunk.Repeats == true ? shrunk : null;
        }
    }

    private async Task<RowRun> RunAsync(ConformanceRow row, IReadOnlyList<DrawPlan> plans, CancellationToken cancellationToken)
    {
        LossFunctionBackend backend = CreateBackend(row);
        await using (backend.ConfigureAwait(false))
        {
            BackendStatus status = await backend.StartAsync(new Progress<string>(), cancellationToken).ConfigureAwait(false);
            RunOptions options = new()
            {
                Loss = _loss.Name,
                Suite = _suite.Name,
                Seed = _seed,
                Tolerance = _tolerance,
                Repeats = row.Relation == ConformanceRow.Repeat,
                Backends = [Backend],
                Require = [Backend],
            };
            SuiteRunner runner = new([(backend, status)], () => new NativeTensorArena());
            Run run = await runner.RunAsync(options, plans, floor: 0, _rulings, new Progress<RunProgress>(), observe: null, cancellationToken).ConfigureAwait(false);
            return new RowRun(run, status, [.. RelationsNamed(row)]);
        }
    }
}
