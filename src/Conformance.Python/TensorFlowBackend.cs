using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;

namespace Conformance.Python;

/// <summary>TensorFlow's entry points for sigmoid cross-entropy, each in four modes.</summary>
public sealed class TensorFlowBackend() : PythonBackend(BackendName, "tensorflow_losses", Declare())
{
    /// <summary>The name that <c>--backends</c> takes.</summary>
    public const string BackendName = "tensorflow";

    private const string Unreduced = "nn.sigmoid_cross_entropy_with_logits";
    private const string Mean = Unreduced + "+reduce_mean";
    private const string Losses = "compat.v1.losses.sigmoid_cross_entropy";
    /// <summary>The formula of TensorFlow's loss, which is also that of Keras.</summary>
    internal const string Formula = "relu(x) - x*z + log1p(exp(-|x|))";
    private const string ElementReason =
        "Loss: x*z, the difference and the sum round once each, and Eigen's log1p(exp(-|x|)) is up to 4.9 u off in float32 and less in float64; near "
        + "label 1 the rounding of x*z is all that is left of a loss, so the relative error has no bound. Gradient: sigmoid(x) - z, in "
        + "a function another formula that rounds more; near the optimum nothing is left of it.";

    private const string ElementSource =
        "tf.nn.sigmoid_cross_entropy_with_logits, TensorFlow 2.21.0 on x86-64: formula from its documentation; the errors over every float32 "
        + "logit with labels 0 and 1 are within the loss's bound; the deep suite's take 0.998 of it in float64, and 0.946 and 0.933 of the gradient's";

    /// <summary>What both of TensorFlow's entry points, and those of Keras that call them, keep in float32 and in float64.</summary>
    internal static readonly ImmutableArray<Contract> ElementContracts =
    [
        new(
            [DType.Float32],
            new ErrorBound { Product = 1, Linear = 2, Tail = 5.9 },
            new ErrorBound { Constant = 2.4, Result = 1 },
            ElementReason,
            ElementSource)
        {
            FlushesSubnormals = true,
        },
        new(
            [DType.Float64],
            new ErrorBound { Product = 1, Linear = 2, Tail = 5 },
            new ErrorBound { Constant = 2.15, Result = 1 },
            ElementReason,
            ElementSource)
        {
            FlushesSubnormals = true,
        },
    ];

    // Of float64 losses, elements are computed in float64; what follows is float32.
    private static readonly ImmutableArray<Contract> LossesContracts =
    [
        ElementContracts[0],
        ElementContracts[1] with
        {
            Loss = ElementContracts[1].Loss.Scaled(DType.Float64.UnitRoundoff / DType.Float32.UnitRoundoff) with { Result = 1 },
            Gradient = ElementContracts[1].Gradient.Scaled(DType.Float64.UnitRoundoff / DType.Float32.UnitRoundoff),
            ComputesIn = DType.Float32,
            Reason = "Elements as in tf.nn; they are converted to float32, weighted and added up in it whatever the dtype.",
            Source = "tf.compat.v1.losses.sigmoid_cross_entropy, TensorFlow 2.21.0 on x86-64; the deep suite's worst errors take 1.000 of the loss's bound, which one "
                + "rounding to float32 is, and 0.862 of the gradient's",
        },
    ];

    private static readonly string[] Modes = ["eager", "function", "xla", "session"];

    private static IReadOnlyList<ImplementationInfo> Declare() =>
    [
        .. Modes.Select(mode => Entry(Unreduced, mode, "tf.nn", ElementContracts, Reduction.None)),
        .. Modes.Select(mode => Entry(Mean, mode, "reduce_mean", ElementContracts, Reduction.Mean) with { UnreducedId = IdOf(Unreduced, mode) }),
        .. Modes.Select(mode => Entry(Losses, mode, "tf.losses", LossesContracts, Reduction.None, Reduction.Mean, Reduction.Sum) with
        {
            EqualTo = IdOf(Mean, mode),
            UnreducedId = IdOf(Unreduced, mode),
        }),
    ];

    private static ImplementationInfo Entry(string entryPoint, string mode, string shortName, ImmutableArray<Contract> contracts, params Reduction[] reductions) => new()
    {
        Backend = BackendName,
        EntryPoint = entryPoint,
        Mode = mode,
        ShortName = mode == "eager" ? shortName : $"{shortName} {mode}",
        Formula = Formula,
        RelationColumn = shortName == "reduce_mean" ? "tf.nn" : shortName,

        // Losses as a notebook takes them, gradients as a training step does: a tape in eager mode costs ten times as much.
        RelationRoles = mode switch
        {
            "eager" => RelationRoles.Singles | RelationRoles.Batch,
            "function" => RelationRoles.Gradient,
            _ => RelationRoles.None,
        },
        Reductions = [.. reductions],
        Contracts = contracts,
    };

    private static string IdOf(string entryPoint, string mode) => $"{BackendName}/{entryPoint}/{mode}";
}
