using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Recipes;
using Conformance.Core.Tensors;

namespace Conformance.Kernels.Tests;

/// <summary>
/// What must hold in every instruction-set lane. A lane is a run of these tests with DOTNET_X=0 and CONFORMANCE_LANE=X.
/// </summary>
public sealed class LaneTests
{
    // Frozen: the same on every machine, operating system and lane. It changes only with the kernels or the recipes.
    private const string OutputHash = "fb98b0fbb1650517db75bc83cf7f88a15f88f56896cb80bf771d0c8b9717de5e";

    [Fact]
    public void Lane_FromTheEnvironment_IsTheOneThatRuns()
    {
        string? lane = Environment.GetEnvironmentVariable("CONFORMANCE_LANE");
        Assert.SkipWhen(lane is null, "No lane is set: these are the machine's own instructions.");

        int widest = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;
        int allowed = lane switch
        {
            "EnableAVX512" => 256,
            "EnableAVX2" => 128,
            "EnableHWIntrinsic" => 0,
            _ => throw new InvalidOperationException($"There is no lane '{lane}'."),
        };
        Assert.InRange(widest, 0, allowed);
    }

    [Fact]
    public async Task Outputs_OfEveryRecipeLayoutAndReduction_HaveTheFrozenBits()
    {
        await using NativeBackend backend = new();
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Case testCase in Cases())
        {
            using NativeTensorArena arena = new();
            Tensor logits = arena.Allocate(testCase.Draw.DType, testCase.InputShape);
            Tensor labels = arena.Allocate(testCase.Draw.DType, testCase.InputShape);
            testCase.FillInputs(logits, labels);
            EvaluationRequest request = new(
                backend.Implementations[0],
                testCase,
                logits,
                labels,
                arena.Allocate(testCase.Draw.DType, testCase.LossShape),
                arena.Allocate(testCase.Draw.DType, testCase.InputShape));

            await backend.EvaluateAsync([request], TestContext.Current.CancellationToken);

            Append(hash, request.Loss);
            Append(hash, request.Gradient!);
        }

        string actual = Convert.ToHexStringLower(hash.GetHashAndReset());
        Assert.True(actual == OutputHash, $"The outputs' hash is {actual}.");
    }

    private static IEnumerable<Case> Cases() =>
        from dtype in new[] { DType.Float32, DType.Float64 }
        from logits in LogitRecipe.All
        from labels in LabelRecipe.All
        from layout in Layout.All
        from reduction in Reduction.All
        select new Case(new Draw(Core.Losses.Loss.All[0], dtype, new Shape(2, 3, 7), logits, labels, 1, 0), layout, reduction);

    private static void Append(IncrementalHash hash, Tensor tensor)
    {
        for (int i = 0; i < tensor.Shape.Count; i++)
        {
            // The bits of a NaN are the processor's choice.
            ulong bits = double.IsNaN(tensor.ValueAt(i)) ? ulong.MaxValue : tensor.BitsAt(i);
            hash.AppendData(MemoryMarshal.AsBytes([bits]));
        }
    }
}
