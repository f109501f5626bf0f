using Conformance.Core.Tensors;
using Conformance.OnnxRuntime.Graphs;

namespace Conformance.OnnxRuntime.Tests;

public sealed class NonFiniteTests
{
    private const double Inf = double.PositiveInfinity;
    private const double NaN = double.NaN;

    // Logit, label, loss, gradient.
    private static readonly (double Logit, double Label, double Loss, double Gradient)[] Limits =
    [
        (Inf, 1, 0, 0),
        (-Inf, 0, 0, 0),
        (Inf, 0, Inf, 1),
        (-Inf, 1, Inf, -1),
        (Inf, 0.5, Inf, 0.5),
        (-Inf, 0.5, Inf, -0.5),
        (Inf, 2, -Inf, -1),
        (-Inf, -1, -Inf, 1),
        (NaN, 0, NaN, NaN),
        (NaN, 0.5, NaN, NaN),
        (NaN, 1, NaN, NaN),
        (0, NaN, NaN, NaN),
        (5, NaN, NaN, NaN),
        (-5, NaN, NaN, NaN),
        (Inf, NaN, NaN, NaN),
        (-Inf, NaN, NaN, NaN),
    ];

    public static TheoryData<string, string> AccurateGraphs =>
    [
        .. from graph in LossGraph.All
           where graph.Name != "textbook"
           from dtype in graph.Implementation.DTypes
           select (graph.Name, dtype.Name),
    ];

    [Theory]
    [MemberData(nameof(AccurateGraphs))]
    public async Task AccurateGraph_NonFiniteInputs_GivesTheLimits(string graph, string dtypeName)
    {
        DType dtype = DType.Find(dtypeName)!;
        using CaseRun run = CaseRun.OfPairs(graph, dtype, [.. Limits.Select(limit => (limit.Logit, limit.Label))]);
        await using OnnxRuntimeBackend backend = new();

        await run.CompleteAsync(backend);

        Assert.Equal(Limits, Limits.Select((limit, i) => limit with { Loss = run.Loss.ValueAt(i), Gradient = run.Gradient.ValueAt(i) }));
    }

    [Fact]
    public async Task Textbook_InfiniteLogitWithZeroLabel_IsNanAsInTensorFlow()
    {
        using CaseRun run = CaseRun.OfPairs("textbook", DType.Float32, (Inf, 1), (-Inf, 0), (Inf, 0), (-Inf, 1));
        await using OnnxRuntimeBackend backend = new();

        await run.CompleteAsync(backend);

        Assert.Equal([NaN, NaN, NaN, Inf], Enumerable.Range(0, 4).Select(run.Loss.ValueAt));
    }
}
