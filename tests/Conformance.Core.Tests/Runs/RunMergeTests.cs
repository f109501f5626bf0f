using System.Collections.Immutable;
using System.Text;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Recipes;
using Conformance.Core.Runs;
using Conformance.Core.Suites;
using Conformance.Core.Tensors;
using Conformance.Core.Waivers;
using CsCheck;
using Check = Conformance.Core.Judging.Check;

namespace Conformance.Core.Tests.Runs;

public sealed class RunMergeTests
{
    private static readonly RunOptions Options = new() { Loss = Loss.All[0].Name, Suite = "test", Backends = ["right", "other"] };

    private static readonly Waiver Used = new() { Id = "used", Implementations = ["other/*"], Checks = [Check.Value], When = new WaiverCondition { Logit = new ValueCondition { Min = 0.5 } }, Reason = "r", Source = "s" };

    private static readonly ImmutableArray<Waiver> Waivers =
    [
        Used,
        Used with { Id = "stale", Checks = [Check.DType] },
        Used with { Id = "expired", Until = new DateOnly(2020, 1, 1) },
        Used with { Id = "never", Implementations = ["other/loss2"] },
    ];

    public static readonly TheoryData<string> Faults = ["none", "one element", "every element", "NaN", "crash", "relation", "shape", "rounded"];

    [Theory]
    [MemberData(nameof(Faults))]
    public void Merge_AnyPartitionOfAnyPlan_IsTheSingleRun(string fault) =>
        Gen.Select(Gen.ULong[1, 1000], Gen.Int[1, 3], Gen.Int[2, 5], Gen.Bool).Sample(
            (seed, draws, count, waived) =>
            {
                DrawPlan[] plans =
                [
                    .. SuiteCatalog.Segmentation1d.Plan(Loss.All[0], seed).Where(plan => plan.Draw.Index < draws).Take(2 * draws),
                    .. SuiteCatalog.Smoke.Plan(Loss.All[0], seed).Where(plan => plan.Draw.Logits != LogitRecipe.Uniform).Take(draws),
                ];
                ImmutableArray<Waiver> waivers = waived ? Waivers : [];
                Run single = Run(plans, fault, waivers);
                Run[] shards = [.. Enumerable.Range(1, count).Select(index => Run(plans, fault, waivers, new Shard(index, count)))];

                // Files may be named in any order.
                return ToText(single) == ToText(RunMerge.Merge(Named(shards.Reverse())));
            },
            iter: 3,
            threads: 1);

    [Fact]
    public void Merge_MoreFindingsThanAreKept_KeepsTheFirstOfTheWhole()
    {
        DrawPlan[] plans = ManyPlans(600);
        Run single = Run(plans, "every element");
        Run merged = RunMerge.Merge(Named([.. Shards(plans, 3, "every element")]));

        Assert.Equal(Judge.MaxFindings, single.Findings.Length);
        Assert.True(single.Summary.Findings > Judge.MaxFindings);
        Assert.Equal(ToText(single), ToText(merged));
    }

    [Theory]
    [InlineData("rounded")]
    [InlineData("at zero")]
    public void Merge_EquallyBadElements_AreDecidedByTheOrderOfTheSuite(string fault)
    {
        DrawPlan[] plans = ManyPlans(40, LogitRecipe.Edges);
        Run single = Run(plans, fault);
        Run merged = RunMerge.Merge(Named([.. Shards(plans, 4, fault)]));

        Assert.Equal(single.Accuracy.Select(report => report.WorstRatio?.CaseId), merged.Accuracy.Select(report => report.WorstRatio?.CaseId));
        Assert.Equal(single.Agreement.Select(pair => pair.WorstCaseId), merged.Agreement.Select(pair => pair.WorstCaseId));
        Assert.Equal(ToText(single), ToText(merged));
    }

    [Fact]
    public void Merge_Waivers_AreDecidedOnTheWhole()
    {
        // One element in one draw needs the waiver: to every other shard it would look stale.
        DrawPlan[] plans = ManyPlans(12);
        string onlyCase = plans[5].Cases[0].Id;
        Run[] shards = [.. Enumerable.Range(1, 3).Select(index => Run(plans, "case " + onlyCase, [Used with { When = null }], new Shard(index, 3)))];
        Run merged = RunMerge.Merge(Named(shards));

        Assert.Equal([WaiverState.Undecided, WaiverState.Undecided, WaiverState.Used], shards.Select(run => run.Waivers[0].State).OrderDescending());
        Assert.All(shards, run => Assert.Equal(0, run.Summary.ExitCode));
        Assert.Equal((WaiverState.Used, 0), (merged.Waivers[0].State, merged.Summary.ExitCode));
        Assert.Equal(onlyCase, merged.Waivers[0].Example!.CaseId);
    }

    [Fact]
    public void Merge_AStaleWaiver_FailsTheWholeAndNoShard()
    {
        DrawPlan[] plans = ManyPlans(6);
        Run[] shards = [.. Enumerable.Range(1, 2).Select(index => Run(plans, "none", [Used with { When = null }], new Shard(index, 2)))];
        Run merged = RunMerge.Merge(Named(shards));

        Assert.All(shards, run => Assert.Equal((0, false), (run.Summary.ExitCode, run.Implementations[1].Verdicts.ContainsKey(Verdict.UnexpectedPass))));
        Assert.Equal((WaiverState.Stale, 1), (merged.Waivers[0].State, merged.Summary.ExitCode));
        Assert.Equal(1, merged.Implementations[1].Verdicts[Verdict.UnexpectedPass]);
        Assert.Equal(ToText(Run(plans, "none", [Used with { When = null }])), ToText(merged));
    }

    [Fact]
    public void Merge_TooFewCases_IsBelowTheFloorAndNoShardIs()
    {
        DrawPlan[] plans = ManyPlans(6);
        Run[] shards = [.. Enumerable.Range(1, 2).Select(index => Run(plans, "none", shard: new Shard(index, 2), floor: 1000))];

        Assert.All(shards, run => Assert.Equal(0, run.Summary.ExitCode));
        Assert.Equal(4, RunMerge.Merge(Named(shards)).Summary.ExitCode);
    }

    [Fact]
    public void RunAsync_AShardWithFindings_EndsWith1AndOneWithoutCasesWith0()
    {
        DrawPlan[] plans = ManyPlans(1);
        Run[] shards = [.. Shards(plans, 8, "every element")];

        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 1], shards.Select(run => run.Summary.ExitCode).Order());
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 2], shards.Select(run => run.Summary.Cases).Order());
        Assert.Equal(ToText(Run(plans, "every element")), ToText(RunMerge.Merge(Named(shards))));
    }

    [Fact]
    public void RunAsync_AShardWithoutARequiredBackend_EndsWith3()
    {
        Run run = Run(ManyPlans(4), "none", shard: new Shard(1, 2), options: Options with { Require = ["absent"] });

        Assert.Equal(3, run.Summary.ExitCode);
        Assert.Equal(["absent is required and not available: it is not among --backends"], run.Summary.Reasons);
    }

    [Fact]
    public void Merge_AWholeRunAlone_IsThatRun()
    {
        Run run = Run(ManyPlans(2), "none");

        Assert.Same(run, RunMerge.Merge([("a", run)]));
    }

    [Fact]
    public void Merge_AWholeRunBesideShards_IsRefused() =>
        Assert.Contains("'run1' is a whole run", Failure(Run(ManyPlans(2), "none"), Run(ManyPlans(2), "none", shard: new Shard(1, 2))), StringComparison.Ordinal);

    [Theory]
    [InlineData("1", "The shards 2/3, 3/3 are missing")]
    [InlineData("3,1", "The shard 2/3 is missing")]
    [InlineData("1,2,3,2", "are both shard 2/3")]
    public void Merge_NotEachShardOnce_IsRefused(string indices, string said)
    {
        Run[] shards = [.. Shards(ManyPlans(4), 3, "none")];

        Assert.Contains(said, Failure([.. indices.Split(',').Select(index => shards[index[0] - '1'])]), StringComparison.Ordinal);
    }

    [Fact]
    public void Merge_ManyMissingShards_NamesTheFirst() =>
        Assert.Contains("9/40 and 31 more are missing", Failure(Run(ManyPlans(2), "none", shard: new Shard(1, 40))), StringComparison.Ordinal);

    public static TheoryData<string, string> Differences() => new()
    {
        { "seed", "options.seed is 1 in the first and 2 in the second" },
        { "tolerance", "options.tolerance.relative is 1E-05" },
        { "contract", "implementations[right/loss].contracts[0].loss.maxUlps is 16 in the first and 3 in the second" },
        { "version", "backends[right].versions.right is 1.0 in the first and 2.0 in the second" },
        { "tool", "tool is " },
        { "commit", "commit is absent in the first and abc in the second" },
        { "missing backend", "backends[right].isAvailable is true in the first and false in the second" },
        { "backends", "options.backends is [right, other] in the first and [right] in the second" },
        { "plan", "shard.plan is " },
        { "waiver", "shard.waivers is " },
        { "expired", "waivers[used].state is Used in the first and Expired in the second" },
        { "count", "shard.count is 2 in the first and 3 in the second" },
        { "format", "format is conformance-run/1 in the first and conformance-run/2 in the second" },
    };

    [Theory]
    [MemberData(nameof(Differences))]
    public void Merge_ShardsOfDifferentRuns_NamesTheDifference(string what, string said)
    {
        Run first = Run(ManyPlans(4), "none", [Used], new Shard(1, 2));
        Run second = Run(what == "plan" ? ManyPlans(4, LogitRecipe.Edges) : ManyPlans(4), "none", [what == "waiver" ? Used with { When = null } : Used], new Shard(2, 2));
        BackendReport right = second.Backends[0];
        first = first with { Provenance = first.Provenance with { Commit = null }, Backends = first.Backends.SetItem(0, right with { Versions = right.Versions.SetItem("right", "1.0") }) };
        right = right with { Versions = right.Versions.SetItem("right", "1.0") };
        second = second with { Provenance = second.Provenance with { Commit = null }, Backends = second.Backends.SetItem(0, right) };
        second = what switch
        {
            "seed" => second with { Options = second.Options with { Seed = 2 } },
            "tolerance" => second with { Options = second.Options with { Tolerance = new Tolerance(1, 1) } },
            "contract" => second with { Implementations = second.Implementations.SetItem(0, second.Implementations[0] with { Contracts = [ContractReport.Of(Given.Within(3))] }) },
            "version" => second with { Backends = second.Backends.SetItem(0, right with { Versions = right.Versions.SetItem("right", "2.0") }) },
            "tool" => second with { Provenance = second.Provenance with { Tool = "9.9" } },
            "commit" => second with { Provenance = second.Provenance with { Commit = "abc" } },
            "missing backend" => second with { Backends = second.Backends.SetItem(0, right with { IsAvailable = false }) },
            "backends" => second with { Options = second.Options with { Backends = ["right"] } },
            "expired" => second with { Waivers = [second.Waivers[0] with { State = WaiverState.Expired }] },
            "count" => second with { Shard = second.Shard! with { Count = 3 } },
            "format" => second with { Format = "conformance-run/2" },
            _ => second,
        };

        Assert.Contains(said, Failure(first, second), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "is damaged")]
    [InlineData(-1, "is damaged")]
    [InlineData(1000, "is damaged")]
    public void Merge_ShardWithAnotherPosition_IsRefused(int position, string said)
    {
        Run[] shards = [.. Shards(ManyPlans(6), 2, "none")];
        Run zeroth = shards.Single(run => run.Shard!.Positions.Contains(0));
        Run other = shards.Single(run => !run.Shard!.Positions.Contains(0));

        Assert.Contains(said, Failure(zeroth, other with { Shard = other.Shard! with { Positions = other.Shard.Positions.SetItem(0, position) } }), StringComparison.Ordinal);
    }

    [Fact]
    public void Merge_ShardThatLacksCases_IsRefused()
    {
        Run[] shards = [.. Shards(ManyPlans(6), 2, "none")];

        Assert.Contains("positions of", Failure(shards[0] with { Cases = shards[0].Cases[..^1] }, shards[1]), StringComparison.Ordinal);
        Assert.Contains("No shard holds case ", Failure(
            shards[0] with { Cases = shards[0].Cases[..^1], Shard = shards[0].Shard! with { Positions = shards[0].Shard!.Positions[..^1] } }, shards[1]), StringComparison.Ordinal);
    }

    [Fact]
    public void Merge_FindingOfNoCase_IsRefused()
    {
        Run[] shards = [.. Shards(ManyPlans(6), 2, "every element")];

        Assert.Contains("the case 'gone'", Failure(shards[0] with { Findings = [shards[0].Findings[0] with { CaseId = "gone" }] }, shards[1]), StringComparison.Ordinal);
    }

    [Fact]
    public void Merge_ProfileOfNoCase_IsRefused()
    {
        Run[] shards = [.. Shards(ManyPlans(6), 2, "every element")];
        ErrorProfileReport profile = shards[0].Profiles[0];

        Assert.Contains("names the case 1000", Failure(shards[0] with { Profiles = [profile with { Cases = profile.Cases.SetItem(0, 1000) }] }, shards[1]), StringComparison.Ordinal);
    }

    [Fact]
    public void Merge_ShardsOfSeveralMachines_KeepsThemAll()
    {
        Run[] shards = [.. Shards(ManyPlans(6), 3, "none")];
        DateTimeOffset first = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        for (int i = 0; i < 3; i++)
        {
            shards[i] = shards[i] with
            {
                Provenance = shards[i].Provenance with { Started = first.AddMinutes(3 - i), Processor = i == 1 ? "slow" : "fast", Commit = null },
                Backends = shards[i].Backends.SetItem(0, shards[i].Backends[0] with { Versions = shards[i].Backends[0].Versions.SetItem("threads.right", i == 1 ? "2" : "64") }),
            };
        }

        Run merged = RunMerge.Merge(Named(shards));

        Assert.Equal(("fast", first.AddMinutes(1)), (merged.Provenance.Processor, merged.Provenance.Started));
        Assert.Equal(["slow"], merged.Provenance.Others.Select(other => other.Processor));
        Assert.Equal("64, 2", merged.Backends[0].Versions["threads.right"]);
    }

    private static string Failure(params Run[] runs) => Assert.Throws<InvalidInputException>(() => RunMerge.Merge(Named(runs))).Message;

    private static (string, Run)[] Named(IEnumerable<Run> runs) => [.. runs.Select((run, index) => ($"run{index + 1}", run))];

    private static IEnumerable<Run> Shards(DrawPlan[] plans, int count, string fault) =>
        Enumerable.Range(1, count).Select(index => Run(plans, fault, shard: new Shard(index, count)));

    private static DrawPlan[] ManyPlans(int count, LogitRecipe? logits = null) =>
    [
        .. from index in Enumerable.Range(0, count)
           let draw = Given.Draw(shape: new Shape(1, 1, 8), logits: logits ?? LogitRecipe.Uniform, index: index)
           select new DrawPlan(
               draw,
               [new Case(draw, Layout.ChannelsFirst, Reduction.None), new Case(draw, Layout.ChannelsLast, Reduction.Sum)],
               AllModes: true,
               ChecksRelations: false),
    ];

    private static Run Run(
        DrawPlan[] plans, string fault, ImmutableArray<Waiver> waivers = default, Shard? shard = null, int floor = 2, RunOptions? options = null) =>
        new SuiteRunner(
            [(new FakeBackend("right"), FakeBackend.Available), (new FakeBackend("other", request => Plant(fault, request)), FakeBackend.Available)],
            () => new NativeTensorArena()).RunAsync(
                options ?? Options,
                plans,
                floor,
                waivers.IsDefault ? [] : waivers,
                new Progress<RunProgress>(),
                null,
                TestContext.Current.CancellationToken,
                shard).GetAwaiter().GetResult();

    private static Evaluation Plant(string fault, EvaluationRequest request)
    {
        Case testCase = Case.Parse(request.Name);
        Evaluation evaluation = FakeBackend.Right(request);
        switch (fault)
        {
            case "one element" when testCase.Reduction == Reduction.None && testCase.Draw.Index == 1:
                Set(request.Loss, request.Loss.Shape.Count - 1, value => value * 1.001);
                break;
            case "every element":
                for (int i = 0; i < request.Loss.Shape.Count; i++)
                {
                    Set(request.Loss, i, value => value * 1.0001);
                }

                break;
            case "NaN" when testCase.Draw.Index == 0:
                Set(request.Loss, 0, _ => double.NaN);
                break;
            case "crash" when testCase.Reduction == Reduction.Sum:
                return new Evaluation(Outcome.Crash, Message: "gone");
            case "relation" when testCase.Layout == Layout.ChannelsLast:
                Set(request.Loss, 0, value => value * 1.01);
                break;
            case "shape" when testCase.Draw.Index == 0:
                return evaluation with { Loss = new OutputSignature(request.Loss.DType.Name, new Shape(3)) };
            case "at zero" when testCase.Reduction == Reduction.None:
                // The loss of a zero is the same whatever the label is, so many elements are equally bad.
                for (int i = 0; i < request.Loss.Shape.Count; i++)
                {
                    Set(request.Loss, i, value => request.Logits.ValueAt(i) == 0 ? 1 : value);
                }

                break;
            case "rounded":
                for (int i = 0; i < request.Loss.Shape.Count; i++)
                {
                    Set(request.Loss, i, value => Math.Round(value, 1));
                }

                break;
            default:
                if (fault == "case " + request.Name)
                {
                    Set(request.Loss, 0, value => value * 2);
                }

                break;
        }

        return evaluation;
    }

    private static void Set(Tensor tensor, int index, Func<double, double> change)
    {
        if (index >= 0 && index < tensor.Shape.Count)
        {
            tensor.SetBits(index, tensor.DType.ToBits(change(tensor.ValueAt(index))));
        }
    }

    // But for provenance and time.
    private static string ToText(Run run)
    {
        using MemoryStream stream = new();
        RunJson.Write(
            run with
            {
                Provenance = new Provenance { Tool = "", Started = default, OperatingSystem = "", Processor = "", InstructionSet = "", Processors = 0, Runtime = "", Sdk = "" },
                Summary = run.Summary with { Seconds = 0 },
            },
            stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
