using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Recipes;
using Conformance.Core.Tensors;
using Conformance.Kernels.Drivers;
using Conformance.Kernels.Losses;
using Conformance.Kernels.Tests.Reference;

namespace Conformance.Kernels.Tests;

/// <summary>
/// What must hold in every instruction-set lane. A lane is a run of these tests with DOTNET_X=0 and CONFORMANCE_LANE=X.
/// </summary>
public sealed class LaneTests
{
    // Frozen: the same on every machine, operating system and lane. It changes only with the kernels or the recipes.
    private const string OutputHash = "f0990b7bf3623d15f4fc66c5930f9fb2621f067b28fade8b274d46073d8b1ace";

    [Fact]
    public void Lane_FromTheEnvironment_IsTheOneThatRuns()
    {
        string? lane = Environment.GetEnvironmentVariable("CONFORMANCE_LANE");
        Assert.SkipWhen(lane is null, "No lane is set: these are the machine's own instructions.");

        (LaneWidth allowed, bool isAllowed) = lane switch
        {
            "EnableAVX512" => (LaneWidth.Vector256, !Vector512.IsHardwareAccelerated),
            "EnableAVX2" => (LaneWidth.Vector128, !Vector256.IsHardwareAccelerated && !Fma.IsSupported),
            "EnableHWIntrinsic" => (LaneWidth.Scalar, !Vector128.IsHardwareAccelerated && !Fma.IsSupported),
            _ => throw new InvalidOperationException($"There is no lane '{lane}'."),
        };
        Assert.True(isAllowed);
        Assert.InRange(LaneWidths.Widest, LaneWidth.Scalar, allowed);
    }

    [Fact]
    public void Width_OfThisMachine_IsTheWidestWithInstructions() => Assert.Equal(
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 64, (int)LaneWidths.Widest);

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

        AppendLarge<Half>(hash);
        AppendLarge<BFloat16>(hash);
        AppendLarge<float>(hash);
        AppendLarge<double>(hash);
        string actual = Convert.ToHexStringLower(hash.GetHashAndReset());
        Assert.True(actual == OutputHash, $"The outputs' hash is {actual}.");
    }

    private static IEnumerable<Case> Cases() =>
        from dtype in DType.All
        from logits in LogitRecipe.All
        from labels in LabelRecipe.All
        from layout in Layout.All
        from reduction in Reduction.All
        select new Case(new Draw(Core.Losses.Loss.All[0], dtype, new Shape(2, 3, 7), logits, labels, 1, 0), layout, reduction);

    // Enough elements for two threads.
    private static void AppendLarge<T>(IncrementalHash hash)
        where T : unmanaged
    {
        const int Length = (2 << 15) + 5;
        Random random = new(17);
        T[] x = new T[Length];
        T[] z = new T[Length];
        for (int i = 0; i < Length; i++)
        {
            x[i] = Elements<T>.Of((random.NextDouble() - 0.5) * ((i & 15) == 0 ? 200 : 8));
            z[i] = Elements<T>.Of((i & 3) switch { 0 => 0, 1 => 1, _ => random.NextDouble() });
        }

        T[]? first = null;
        for (int threads = 1; threads <= 2; threads++)
        {
            T[] outputs = new T[Length + 1];
            SigmoidCrossEntropy.Loss<T>(x, z, outputs.AsSpan(0, Length), threads);
            outputs[^1] = SigmoidCrossEntropy.Sum<T>(x, z, default, threads);
            Assert.True((first ??= outputs).AsSpan().SequenceEqual(outputs), $"{typeof(T).Name} on {threads} threads");
        }

        hash.AppendData(MemoryMarshal.AsBytes(first.AsSpan()));
    }

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
