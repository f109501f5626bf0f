using Conformance.Core.Backends;
using Conformance.OnnxRuntime.Graphs;

namespace Conformance.OnnxRuntime.Tests.Faults;

public sealed class ModelFaultTests
{
    public static TheoryData<string, string> FaultyModels =>
    [
        .. from fault in ModelFault.All
           from model in LossModel.All
           where fault.AppliesTo(model)
           select (fault.Name, model.Name),
    ];

    [Theory]
    [MemberData(nameof(FaultyModels))]
    public async Task FaultyModel_RunAsTheBackend_GivesAnotherLoss(string faultName, string modelName)
    {
        ModelFault fault = ModelFault.All.Single(fault => fault.Name == faultName);
        LossModel model = LossModel.All.Single(model => model.Name == modelName);
        using CaseRun right = new(model.Graph.Name, CaseRun.CaseOf(model.DType, model.Reduction.Name));
        using CaseRun faulty = new(model.Graph.Name, CaseRun.CaseOf(model.DType, model.Reduction.Name));
        await using OnnxRuntimeBackend rightBackend = new();
        await using OnnxRuntimeBackend faultyBackend = new(fault.Plant);

        await right.CompleteAsync(rightBackend);
        await faulty.CompleteAsync(faultyBackend);

        // Far beyond every tolerance that a comparison could reasonably have.
        double[] differences = [.. Enumerable.Range(0, right.Loss.Shape.Count).Select(i => Relative(right, faulty, i))];
        Assert.Contains(differences, difference => !(difference <= 1e-3));
    }

    [Fact]
    public void Faults_All_ApplyToSomeModel() =>
        Assert.All(ModelFault.All, fault => Assert.Contains(LossModel.All, fault.AppliesTo));

    [Fact]
    public void Plant_Model_LeavesTheSourceUntouched()
    {
        LossModel model = LossModel.All.First();
        byte[] before = model.ToBytes();

        ModelFault.ExchangedInputs.Plant(model);

        Assert.Equal(before, model.ToBytes());
    }

    private static double Relative(CaseRun right, CaseRun faulty, int i) =>
        Math.Abs(faulty.Loss.ValueAt(i) - right.Loss.ValueAt(i)) / Math.Abs(right.Loss.ValueAt(i));
}
