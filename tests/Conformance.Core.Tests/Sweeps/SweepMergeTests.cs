using Conformance.Core.Runs;
using Conformance.Core.Sweeps;
using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Sweeps;

public sealed class SweepMergeTests
{
    private static readonly SweepOptions Options = Sweep.Options(DType.Float16, 0);
    private static readonly PlantedOutputs Backend = new(Sweep.Exact, (logit, _, right, _) => logit % 100 == 0 ? right ^ 1 : right);

    [Fact]
    public async Task Merge_AHole_IsNamed() =>
        Assert.Contains("No file holds positions 21845 to 43689", await FailureAsync(await ShardAsync(1, 3), await ShardAsync(3, 3)), StringComparison.Ordinal);

    [Fact]
    public async Task Merge_WithoutTheLast_IsAHole() =>
        Assert.Contains("43690 to 65535", await FailureAsync(await ShardAsync(1, 3), await ShardAsync(2, 3)), StringComparison.Ordinal);

    [Fact]
    public async Task Merge_ADouble_IsNamed() =>
        Assert.Contains("both hold position 0", await FailureAsync(await ShardAsync(1, 2), await ShardAsync(1, 2), await ShardAsync(2, 2)), StringComparison.Ordinal);

    [Fact]
    public async Task Merge_AnUnfinishedPart_IsNamed()
    {
        SweepRunner runner = Sweep.Runner(Backend, Options);

        Assert.Contains("--resume", await FailureAsync(await ShardAsync(1, 2), Sweep.Begin(runner, 2, 2)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stride")]
    [InlineData("labels")]
    [InlineData("outputs")]
    [InlineData("version")]
    [InlineData("tool")]
    [InlineData("contract")]
    public async Task Merge_DifferentSweeps_NamesTheDifference(string what)
    {
        SweepOptions other = what switch
        {
            "stride" => Options with { Stride = 2 },
            "labels" => Sweep.Options(DType.Float16, 1),
            "outputs" => Options with { Gradient = true },
            "version" => Options with { Versions = Options.Versions.SetItem("planted", "2.0") },
            "tool" => Options with { Tool = "9.9" },
            _ => Options with { Contract = ContractReport.Of(Sweep.Within(7)) },
        };

        Assert.Contains($"({what}: ", await FailureAsync(await ShardAsync(1, 2), await Sweep.RunAsync(Backend, other, 2, 2)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Merge_UnderAnotherContractThanTheToolHas_IsRefused()
    {
        SweepResult part = await ShardAsync(1, 1);

        Assert.Contains("contract", Assert.Throws<InvalidInputException>(
            () => SweepMerge.Merge([("a", part)], new PlantedOutputs(Sweep.Within(9)).Implementations[0], "merge")).Message, StringComparison.Ordinal);
    }

    private static Task<SweepResult> ShardAsync(int shard, int shards) => Sweep.RunAsync(Backend, Options, shard, shards);

    private static Task<string> FailureAsync(params SweepResult[] parts) => Task.FromResult(Assert.Throws<InvalidInputException>(
        () => SweepMerge.Merge([.. parts.Select((part, i) => ($"file{i}", part))], Backend.Implementations[0], "merge")).Message);
}
