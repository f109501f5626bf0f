using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Losses.SigmoidCrossEntropy;
using Conformance.Core.Recipes;
using Conformance.Core.Tensors;

namespace Conformance.Core.Tests;

/// <summary>What tests begin with.</summary>
internal static class Given
{
    /// <summary>A contract that allows the smallest subnormal and no more.</summary>
    public static readonly Contract Exact = new(default, default, "reason", "source");

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
            Contract = contract ?? Exact,
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

    public static double Loss(double x, double z) =>
        double.IsInfinity(x) && z == (x > 0 ? 1 : 0) ? 0 : (Math.Abs(x) * (x >= 0 ? 1 - z : z)) + double.LogP1(Math.Exp(-Math.Abs(x)));

    public static double Gradient(double x, double z) => (1 / (1 + Math.Exp(-x))) - z;
}
