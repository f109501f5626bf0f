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
    private const string Formula = "relu(x) - x*z + log1p(exp(-|x|))";
    private const string Source = "tf.nn.sigmoid_cross_entropy_with_logits, TensorFlow 2.21.0: formula from its documentation, coefficients measured over 4.75 million logits per label";

    private static readonly Contract ElementContract = new(
        [DType.Float32, DType.Float64],
        new ErrorBound { Relu = 2, Product = 2, Tail = 5 },
        new ErrorBound { Constant = 3 },
        "Rounding x*z costs u*|x*z| whatever is left of the loss, so near label 1 the relative error has no bound; Eigen's log1p and exp account for 5.",
        Source)
    {
        FlushesSubnormals = true,
    };

    private static readonly Contract LossesContract = ElementContract with
    {
        ComputesIn = DType.Float32,
        Reason = ElementContract.Reason + " Weights are applied and sums are taken in float32 whatever the dtype.",
        Source = "tf.compat.v1.losses.sigmoid_cross_entropy, TensorFlow 2.21.0, measured",
    };

    private static readonly string[] Modes = ["eager", "function", "xla", "session"];

    private static IReadOnlyList<ImplementationInfo> Declare() =>
    [
        .. Modes.Select(mode => Entry(Unreduced, mode, "tf.nn", ElementContract, Reduction.None)),
        .. Modes.Select(mode => Entry(Mean, mode, "reduce_mean", ElementContract, Reduction.Mean) with { UnreducedId = IdOf(Unreduced, mode) }),
        .. Modes.Select(mode => Entry(Losses, mode, "tf.losses", LossesContract, Reduction.None, Reduction.Mean, Reduction.Sum) with
        {
            EqualTo = IdOf(Mean, mode),
            UnreducedId = IdOf(Unreduced, mode),
        }),
    ];

    private static ImplementationInfo Entry(string entryPoint, string mode, string shortName, Contract contract, params Reduction[] reductions) => new()
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
        Contracts = [contract],
    };

    private static string IdOf(string entryPoint, string mode) => $"{BackendName}/{entryPoint}/{mode}";
}
