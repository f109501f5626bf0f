using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Diffs;
using Conformance.Core.Losses;
using Conformance.Core.Tensors;
using Conformance.Golden.Diffs;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Tests.Diffs;

/// <summary>Files of which two implementations return the truth, and ways to move what they return.</summary>
internal static class DiffSample
{
    /// <summary>May be 2 ULP off.</summary>
    public const string Tight = "fake/tight";

    /// <summary>May be a million ULP off.</summary>
    public const string Loose = "fake/loose";

    public static readonly ImplementationInfo[] Declared = [Declare("tight", 2, null), Declare("loose", 1e6, null), Declare("loose", 1e6, "eager"), Declare("loose", 1e6, "xla")];

    /// <summary>A test of logits ½, 1, 1½, … and labels 0, 1 and ½.</summary>
    public static VectorTest Test(string id, int elements = 4, string reduction = "none", string dtype = "float32", params string[] flags)
    {
        DType type = DType.Find(dtype)!;
        VectorTest test = new()
        {
            Id = id,
            Flags = [.. flags],
            DType = dtype,
            Options = new VectorOptions { Reduction = reduction },
            Inputs = new VectorInputs
            {
                Logits = Tensor(type, [.. Enumerable.Range(1, elements).Select(i => i / 2.0)]),
                Labels = Tensor(type, [.. Enumerable.Range(0, elements).Select(i => i % 3 == 2 ? 0.5 : i % 3)]),
            },
        };
        return test.WithTruth();
    }

    /// <summary>The test with the truth of its inputs, as expected and as returned by both implementations.</summary>
    public static VectorTest WithTruth(this VectorTest test)
    {
        VectorOutputs truth = VectorEvaluator.TruthOf(Loss.All[0], test, TestContext.Current.CancellationToken);
        RecordedOutput output = new() { Version = "1.0", Loss = truth.Loss, Gradient = truth.Gradient };
        return test with
        {
            Expected = truth,
            Recorded = ImmutableSortedDictionary<string, RecordedOutput>.Empty.Add(Tight, output).Add(Loose, output),
        };
    }

    public static VectorTensor Tensor(DType dtype, params double[] values) =>
        new() { Shape = [values.Length], Bits = string.Concat(values.Select(value => dtype.ToHex(dtype.ToBits(value)))) };

    /// <summary>Moves an element away from zero, or with negative steps towards it.</summary>
    public static VectorTest Move(this VectorTest test, string implementation, int index, long steps, bool isGradient = false)
    {
        DType dtype = DType.Find(test.DType)!;
        RecordedOutput output = test.Recorded[implementation];
        return test.Set(implementation, index, (ulong)((long)(isGradient ? output.Gradient! : output.Loss!).BitsAt(dtype, index) + steps), isGradient);
    }

    /// <summary>Replaces an element's bits.</summary>
    public static VectorTest Set(this VectorTest test, string implementation, int index, ulong bits, bool isGradient = false)
    {
        DType dtype = DType.Find(test.DType)!;
        RecordedOutput output = test.Recorded[implementation];
        VectorTensor tensor = isGradient ? output.Gradient! : output.Loss!;
        VectorTensor changed = tensor with
        {
            Bits = tensor.Bits.Remove(index * dtype.HexDigits, dtype.HexDigits).Insert(index * dtype.HexDigits, dtype.ToHex(bits)),
        };
        return test.Record(implementation, isGradient ? output with { Gradient = changed } : output with { Loss = changed });
    }

    public static VectorTest Record(this VectorTest test, string implementation, RecordedOutput output) =>
        test with { Recorded = test.Recorded.SetItem(implementation, output) };

    public static VectorTest Fail(this VectorTest test, string implementation, string type) => test.Record(
        implementation, new RecordedOutput { Version = "1.0", Error = new RecordedError { Type = type, Message = "It was said." } });

    public static VectorTest Without(this VectorTest test, string implementation) => test with { Recorded = test.Recorded.Remove(implementation) };

    public static VectorFile File(params VectorTest[] tests) =>
        new() { Format = VectorFile.CurrentFormat, Loss = Loss.All[0].Name, Count = tests.Length, Tests = [.. tests] };

    public static VectorSet Set(string name, VectorFile file, string? version = null) => VectorSet.Of(name, version, [(name + ".json", file)]);

    public static DiffReport Diff(VectorFile before, VectorFile after, bool allowsMissing = false, params string[] pairs) => Diff(Set("a", before), Set("b", after), allowsMissing, pairs);

    public static DiffReport Diff(VectorSet before, VectorSet after, bool allowsMissing = false, params string[] pairs) =>
        new VectorDiffer(before, after, Declared).Compare([.. pairs.Select(ImplementationPair.Parse)], allowsMissing, TestContext.Current.CancellationToken);

    public static DiffReport Diff(VectorTest before, VectorTest after, bool allowsMissing = false, params string[] pairs) => Diff(File(before), File(after), allowsMissing, pairs);

    private static ImplementationInfo Declare(string entryPoint, double maxUlps, string? mode) => new()
    {
        Backend = "fake",
        EntryPoint = entryPoint,
        Mode = mode,
        ShortName = entryPoint,
        Formula = "the truth",
        Reductions = [.. Reduction.All],
        Contracts = [new([DType.Float32, DType.Float64], new ErrorBound { MaxUlps = maxUlps }, new ErrorBound { MaxUlps = maxUlps }, "Chosen.", "None.")],
    };
}
