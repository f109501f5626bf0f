using Conformance.Core.Losses;
using Conformance.Core.Suites;

namespace Conformance.Core.Tests.Suites;

public sealed class ShardTests
{
    [Fact]
    public void Of_TheShardsOfASuite_HoldEveryDrawOnceInItsOrder()
    {
        DrawPlan[] plans = [.. SuiteCatalog.Ci.Plan(Loss.All[0], 1)];
        DrawPlan[][] shards = [.. Enumerable.Range(1, 5).Select(index => new Shard(index, 5).Of(plans).ToArray())];

        Assert.Equal(plans, shards.SelectMany(shard => shard).OrderBy(plan => Array.IndexOf(plans, plan)));
        Assert.All(shards, shard => Assert.Equal(shard.OrderBy(plan => Array.IndexOf(plans, plan)), shard));
        Assert.All(shards, shard => Assert.InRange(shard.Length, plans.Length / 10, plans.Length / 2));
    }

    [Fact]
    public void Holds_TheLargeCasesOfDeep_AreNotAllInOnePart()
    {
        DrawPlan[] large = [.. SuiteCatalog.Deep.Plan(Loss.All[0], 1).Where(plan => plan.Cases.Sum(testCase => testCase.InputShape.Count) > 1 << 20)];

        Assert.True(large.Length > 4);
        Assert.True(Enumerable.Range(1, 4).Count(index => large.Any(new Shard(index, 4).Holds)) >= 3);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("1", null)]
    [InlineData("0/1", null)]
    [InlineData("2/1", null)]
    [InlineData("1/1048577", null)]
    [InlineData(" 1/2", null)]
    [InlineData("+1/2", null)]
    [InlineData("1/2/3", null)]
    [InlineData("1/1", "1/1")]
    [InlineData("02/8", "2/8")]
    [InlineData("1048576/1048576", "1048576/1048576")]
    public void TryParse_AText_IsAShardOrNone(string text, string? expected) => Assert.Equal(expected, Shard.TryParse(text)?.ToString());

    [Fact]
    public void Holds_TheFirstDrawOfSegmentation_IsWhereItsHashPutsIt()
    {
        // By Python's hashlib. Another hash would send the parts of a run that is half done elsewhere.
        DrawPlan[] plans = [.. SuiteCatalog.Segmentation1d.Plan(Loss.All[0], 1).Take(8)];

        Assert.Equal([314, 369, 305, 436, 546, 117, 231, 752], plans.Select(plan => Enumerable.Range(1, 1000).Single(index => new Shard(index, 1000).Holds(plan))));
    }
}
