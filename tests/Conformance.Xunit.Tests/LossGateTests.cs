using System.Text.RegularExpressions;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Runs;
using Conformance.Core.Suites;
using Conformance.Core.Tensors;
using Conformance.Core.UnderTest;
using Conformance.TestKit;

namespace Conformance.Xunit.Tests;

/// <summary>The rows of a class, and what they say of a loss in which a fault is planted.</summary>
public sealed partial class LossGateTests
{
    [Fact]
    public Task Rows_OfALossWithGradient_AreTheApprovedTests() =>
        Snapshot.Verify(string.Join('\n', Gate(typeof(SampleLoss)).Rows.Select(row => $"Conforms [{row.Label}]")));

    [Fact]
    public void Rows_OfALoss_AreToldApartByTheirTrait()
    {
        string[] ids = [.. Gate(typeof(SampleLoss)).Rows.Select(row => row.Id)];

        Assert.Equal(ids, ids.Distinct());
    }

    [Fact]
    public void Rows_OfALossWithOneReductionAndNoGradient_AreThoseThatCanBeAnswered()
    {
        LossGate gate = Gate(typeof(WithoutGradient), reductions: [Reduction.None]);

        Assert.Equal(["layout", "mirrored", "repeat", "singles", "truth"], gate.Rows.Select(row => row.Relation).Distinct().Order(StringComparer.Ordinal));
    }


    [Theory]
    [InlineData(typeof(FaultyLosses.ExchangedArguments), "normal/soft", "truth")]
    [InlineData(typeof(FaultyLosses.NotStable), "wide/hard50", "truth")]
    [InlineData(typeof(FaultyLosses.NoRelu), "normal/soft", "truth")]
    [InlineData(typeof(FaultyLosses.ClippedProbability), "wide/hard50", "truth")]
    [InlineData(typeof(FaultyLosses.OneSided), "wide/hard50", "truth")]
    [InlineData(typeof(FaultyLosses.OneSided), "wide/hard50", "mirrored")]
    [InlineData(typeof(FaultyLosses.Saturated), "wide/hard50", "truth")]
    [InlineData(typeof(FaultyLosses.FlushedTail), "edges/hard50", "truth")]
    [InlineData(typeof(FaultyLosses.SmoothedLabels), "normal/hard20", "truth")]
    [InlineData(typeof(FaultyLosses.MeanForSum), "normal/soft", "truth")]
    [InlineData(typeof(FaultyLosses.SumForMean), "normal/soft", "truth")]
    [InlineData(typeof(FaultyLosses.SumForMean), "uniform/hard20", "mean_of_unreduced")]
    [InlineData(typeof(FaultyLosses.HalfPrecisionMean), "normal/soft", "truth")]
    [InlineData(typeof(FaultyLosses.HalfPrecisionMean), "uniform/hard20", "mean_of_unreduced")]
    [InlineData(typeof(FaultyLosses.WrongTail), "normal/hard20", "truth")]
    [InlineData(typeof(FaultyLosses.WrongTail), "uniform/hard20", "singles")]
    [InlineData(typeof(FaultyLosses.OneNaNInAMillion), "normal/hard20", "truth")]
    [InlineData(typeof(FaultyLosses.OtherLayout), "normal/soft", "truth")]
    [InlineData(typeof(FaultyLosses.Stale), "normal/soft", "truth")]
    [InlineData(typeof(FaultyLosses.Noisy), "normal/soft", "repeat")]
    [InlineData(typeof(FaultyLosses.SignAtZero), "edges/hard50", "gradient_truth")]
    [InlineData(typeof(FaultyLosses.GradientOfTheSum), "normal/soft", "gradient_truth")]
    [InlineData(typeof(FaultyLosses.GradientOfTheSum), "uniform/hard20", "mean_gradient")]
    [InlineData(typeof(FaultyLosses.Throwing), "edges/hard50", "truth")]
    [InlineData(typeof(FaultyLosses.Unmade), "normal/soft", "truth")]
    public async Task FailureAsync_PlantedFault_IsFoundByTheRowAboutIt(Type loss, string recipe, string relation)
    {
        LossGate gate = Gate(loss);

        ConformanceRow row = gate.Rows.First(candidate => candidate.Recipe == recipe && candidate.Relation == relation);

        Assert.NotNull(await gate.FailureAsync(row, typeof(LossGateTests), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(typeof(FaultyLosses.OneSided), "wide/hard50", "truth")]
    [InlineData(typeof(FaultyLosses.WrongTail), "uniform/hard20", "singles")]
    [InlineData(typeof(FaultyLosses.GradientOfTheSum), "normal/soft", "gradient_truth")]
    [InlineData(typeof(FaultyLosses.Noisy), "normal/soft", "repeat")]
    [InlineData(typeof(FaultyLosses.Throwing), "edges/hard50", "truth")]
    [InlineData(typeof(FaultyLosses.Unmade), "normal/soft", "truth")]
    public async Task FailureAsync_PlantedFault_SaysWhatWhereAndHowToRepeatIt(Type loss, string recipe, string relation)
    {
        LossGate gate = Gate(loss);
        ConformanceRow row = gate.Rows.First(candidate => candidate.Recipe == recipe && candidate.Relation == relation);

        string failure = (await gate.FailureAsync(row, typeof(LossGateTests), TestContext.Current.CancellationToken))!;

        await Snapshot.Verify(
            Lines().Replace(failure.Replace(loss.Assembly.Location, "{assembly}", StringComparison.Ordinal), "{line}"), parameters: $"{loss.Name}_{relation}");
    }

    [Fact]
    public async Task FailureAsync_RelationOfAnotherShapeAndTolerance_IsRepeatedWithThem()
    {
        LossGate gate = Gate(typeof(FaultyLosses.WrongTail), shape: new Shape(2, 3, 7), tolerance: new Tolerance(1e-3, 0));
        ConformanceRow relation = gate.Rows.First(row => row is { Recipe: "uniform/hard20", Relation: "singles" });
        ConformanceRow truth = gate.Rows.First(row => row is { Recipe: "normal/hard20", Relation: "truth" });

        string ofRelation = (await gate.FailureAsync(relation, typeof(LossGateTests), TestContext.Current.CancellationToken))!;
        string ofTruth = (await gate.FailureAsync(truth, typeof(LossGateTests), TestContext.Current.CancellationToken))!;

        Assert.EndsWith(" --formula relu --rtol 0.001 --atol 0 --suite gate --dtype float32 --seed 1 --shape 2x3x7", ofRelation, StringComparison.Ordinal);
        Assert.Matches("--formula relu --case [^ ]+$", ofTruth);
    }

    [Fact]
    public async Task FailureAsync_RightLoss_SaysNothingInAnyRow()
    {
        LossGate gate = Gate(typeof(SampleLoss), SuiteCatalog.Smoke);

        Assert.All(
            await Task.WhenAll(gate.Rows.Select(row => gate.FailureAsync(row, typeof(LossGateTests), TestContext.Current.CancellationToken))), Assert.Null);
    }

    [Fact]
    public async Task FailureAsync_Cancelled_Stops()
    {
        LossGate gate = Gate(typeof(SampleLoss), SuiteCatalog.Smoke);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gate.FailureAsync(gate.Rows[0], typeof(LossGateTests), new CancellationToken(canceled: true)));
    }

    [GeneratedRegex("(?<=\\.cs:)[0-9]+")]
    private static partial Regex Lines();

    private static LossGate Gate(Type loss, Suite? suite = null, IReadOnlyList<Reduction>? reductions = null, Shape? shape = null, Tolerance? tolerance = null) => new(
        loss, Loss.All[0], ContractChoice.Of(Loss.All[0].Formulas[0]), reductions ?? Reduction.All, suite ?? SuiteCatalog.Gate, shape, RunOptions.DefaultSeed, tolerance ?? Tolerance.Default);

    private sealed class WithoutGradient : ILossFunction<float>
    {
        public void Loss(in LossArguments<float> arguments, Span<float> loss) => new SampleLoss().Loss(arguments, loss);
    }
}
