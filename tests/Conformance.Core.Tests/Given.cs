using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Losses.SigmoidCrossEntropy;
using Conformance.Core.Oracles;
using Conformance.Core.Recipes;
using Conformance.Core.Tensors;

namespace Conformance.Core.Tests;

/// <summary>What tests begin with.</summary>
internal static class Given
{
    /// <summary>A contract that allows the correctly rounded truth and nothing else.</summary>
    public static readonly Contract Exact = Within(0.5);

    private static readonly LossOracle Oracle = SigmoidCrossEntropyLoss.Instance.CreateOracle(LossOptions.Default);

    /// <summary>A contract that allows so many ULP in float32 and float64.</summary>
    public static Contract Within(double ulps) => Formula(new ErrorBound { MaxUlps = ulps }, new ErrorBound { MaxUlps = ulps });

    /// <summary>A contract of these bounds for float32 and float64.</summary>
    public static Contract Formula(ErrorBound loss, ErrorBound gradient = default) => new([DType.Float32, DType.Float64], loss, gradient, "reason", "source");

    public static Draw Draw(DType? dtype = null, Shape? shape = null, LogitRecipe? logits = null, LabelRecipe? labels = null, int index = 0) => new(
        SigmoidCrossEntropyLoss.Instance,
        dtype ?? DType.Float32,
        shape ?? new Shape(2, 5, 10),
        logits ?? LogitRecipe.Normal,
        labels ?? LabelRecipe.Soft,
        1,
        index);

    public static Case Case(DType? dtype = null, Shape? shape = null, Layout? layout = null, Reduction? reduction = null, LogitRecipe? logits = null, LabelRecipe? labels = null) =>
        new(Draw(dtype, shape, logits, labels), layout ?? Layout.ChannelsFirst, reduction ?? Reduction.None);

    /// <summary>An implementation that is allowed 16 ULP unless a test says otherwise.</summary>
    public static ImplementationInfo Implementation(string id, Contract? contract = null)
    {
        string[] parts = id.Split('/');
        return new ImplementationInfo
        {
            Backend = parts[0],
            EntryPoint = parts[1],
            Mode = parts.Length > 2 ? parts[2] : null,
            ShortName = parts[^1],
            Formula = "formula",
            Reductions = [.. Reduction.All],
            Contracts = [contract ?? Within(16)],
        };
    }

    /// <summary>A tensor of these values.</summary>
    public static Tensor Tensor(ITensorArena arena, DType dtype, Shape shape, params ReadOnlySpan<double> values)
    {
        Assert.Equal(shape.Count, values.Length);
        Tensor tensor = arena.Allocate(dtype, shape);
        for (int i = 0; i < values.Length; i++)
        {
            tensor.SetBits(i, dtype.ToBits(values[i]));
        }

        return tensor;
    }

    public static Tensor Filled(ITensorArena arena, DType dtype, Shape shape, Func<int, double> value)
    {
        Tensor tensor = arena.Allocate(dtype, shape);
        for (int i = 0; i < shape.Count; i++)
        {
            tensor.SetBits(i, dtype.ToBits(value(i)));
        }

        return tensor;
    }

    public static (Tensor Logits, Tensor Labels) Inputs(ITensorArena arena, Case testCase)
    {
        Tensor logits = arena.Allocate(testCase.Draw.DType, testCase.InputShape);
        Tensor labels = arena.Allocate(testCase.Draw.DType, testCase.InputShape);
        testCase.FillInputs(logits, labels);
        return (logits, labels);
    }

    /// <summary>What an implementation made of a case that it completed.</summary>
    public static CaseOutput Output(ImplementationInfo implementation, Tensor loss, Tensor? gradient = null) => new(
        implementation,
        new Evaluation(Outcome.Completed, OutputSignature.Of(loss), gradient is null ? null : OutputSignature.Of(gradient)),
        loss,
        gradient);

    /// <summary>The true losses of a case, correctly rounded, shifted by so many representable values at some positions.</summary>
    public static Tensor Losses(ITensorArena arena, Case testCase, Tensor logits, Tensor labels, params ReadOnlySpan<(int Index, int Steps)> shifts)
    {
        DType dtype = testCase.Draw.DType;
        Tensor losses = arena.Allocate(dtype, testCase.LossShape);
        double[] x = logits.ToDoubles();
        double[] z = labels.ToDoubles();
        for (int i = 0; i < losses.Shape.Count; i++)
        {
            Truth truth = testCase.Reduction == Reduction.None ? Oracle.Loss(dtype, x[i], z[i])
                : testCase.Reduction == Reduction.Mean ? Oracle.Mean(dtype, x, z)
                : Oracle.Sum(dtype, x, z);
            losses.SetBits(i, dtype.ToBits(truth.Value));
        }

        return Shifted(losses, shifts);
    }

    /// <summary>The true gradients of a case, likewise.</summary>
    public static Tensor Gradients(ITensorArena arena, Case testCase, Tensor logits, Tensor labels, params ReadOnlySpan<(int Index, int Steps)> shifts)
    {
        DType dtype = testCase.Draw.DType;
        int count = testCase.Reduction == Reduction.Mean ? logits.Shape.Count : 1;
        return Shifted(
            Filled(arena, dtype, logits.Shape, i => Oracle.Gradient(dtype, logits.ValueAt(i), labels.ValueAt(i), count: count).Value), shifts);
    }

    /// <summary>The loss in float64, correctly rounded.</summary>
    public static double Loss(double x, double z) => Oracle.Loss(DType.Float64, x, z).Value;

    /// <summary>The gradient, or that of a mean, in float64, correctly rounded.</summary>
    public static double Gradient(double x, double z, int count = 1) => Oracle.Gradient(DType.Float64, x, z, count: count).Value;

    private static Tensor Shifted(Tensor tensor, ReadOnlySpan<(int Index, int Steps)> shifts)
    {
        foreach ((int index, int steps) in shifts)
        {
            tensor.SetBits(index, tensor.BitsAt(index) + (ulong)steps);
        }

        return tensor;
    }
}
