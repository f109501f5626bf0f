using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;

namespace Conformance.Python;

/// <summary>Keras' binary cross-entropy on the TensorFlow backend, as a function and as a class.</summary>
public sealed class KerasBackend() : PythonBackend(BackendName, "keras_losses", Declare())
{
    /// <summary>The name that <c>--backends</c> takes.</summary>
    public const string BackendName = "keras";

    private const string FromLogits = "binary_crossentropy/from_logits";
    private const string FromProbabilities = "binary_crossentropy/from_probabilities";
    private const string LossClass = "BinaryCrossentropy/from_logits";
    private const string TensorFlowUnreduced = "tensorflow/nn.sigmoid_cross_entropy_with_logits/eager";
    private const string TensorFlowMean = "tensorflow/nn.sigmoid_cross_entropy_with_logits+reduce_mean/eager";

    private const string FunctionSource =
        "keras.losses.binary_crossentropy, Keras 3.15.1 on TensorFlow 2.21.0 on x86-64; the deep suite's worst errors take at most 0.996 (float32) and 0.998 "
        + "(float64) of the loss's bound, and 0.768 and 0.801 of the gradient's";
    private const string ProbabilitiesSource =
        "keras.losses.binary_crossentropy with from_logits=False, Keras 3.15.1 on TensorFlow 2.21.0 on x86-64; the deep suite's worst errors that no waiver "
        + "covers take 0.997 (float32) and 0.665 (float64) of the loss's bound, and 1.000 of the gradient's, where clipping begins to show";

    private const string ProbabilitiesReason =
        "The sigmoid is up to 3 u off in relative terms, which -z*log(p) - (1-z)*log(1-p) turns into 3 u times |z| + |1-z|*exp(max(x, 0)); the logarithms, "
        + "products and the sum round at the size of the result, and near p = 1/2 at that of ln 2. Beyond |x| = 16.118 the probability is clipped: what "
        + "that costs is no rounding, and no part of the contract.";

    private const string ClassSource =
        "keras.losses.BinaryCrossentropy, Keras 3.15.1 on TensorFlow 2.21.0 on x86-64; the deep suite's worst errors take at most 0.996 (float32) and 0.997 (float64) "
        + "of the loss's bound, and 0.768 and 0.741 of the gradient's";

    // A mean over the last axis and then over the others divides the gradient twice.
    private static readonly ImmutableArray<Contract> LogitsContracts =
    [
        .. TensorFlowBackend.ElementContracts.Select(contract => contract with
        {
            Gradient = contract.Gradient with { Result = 2 },
            Reason = "Keras calls tf.nn.sigmoid_cross_entropy_with_logits, and its mean divides twice.",
            Source = FunctionSource,
        }),
    ];

    private static readonly ImmutableArray<Contract> ClassContracts =
    [
        LogitsContracts[0] with { Source = ClassSource },
        LogitsContracts[0] with
        {
            DTypes = [DType.Float64],
            Loss = LogitsContracts[0].Loss with { Product = LogitsContracts[0].Loss.Product + 1, Slope = 1 },
            Gradient = LogitsContracts[0].Gradient with { Constant = LogitsContracts[0].Gradient.Constant + 0.3, Result = 3 },
            ComputesIn = DType.Float32,
            Reason = "As in float32, to which the class converts its inputs unless it is given another dtype: that moves the loss by u*|x*(p-z)| and "
                + "u*|x*z|, and the gradient by u*|x|*p*(1-p), which is below u/4, and u*|z|.",
            Source = ClassSource,
        },
    ];

    private static readonly ImmutableArray<Contract> ProbabilitiesContracts =
    [
        new(
            [DType.Float32],
            new ErrorBound { Probability = 3, Result = 4, Constant = 2.8 },
            new ErrorBound { Result = 3, Constant = 3 },
            ProbabilitiesReason,
            ProbabilitiesSource)
        {
            FlushesSubnormals = true,
        },
        new(
            [DType.Float64],
            new ErrorBound { Probability = 3, Result = 4, Constant = 2 },
            new ErrorBound { Result = 3, Constant = 3 },
            ProbabilitiesReason,
            ProbabilitiesSource)
        {
            FlushesSubnormals = true,
        },
    ];

    private static IReadOnlyList<ImplementationInfo> Declare() =>
    [
        new()
        {
            Backend = BackendName,
            EntryPoint = FromLogits,
            ShortName = "keras fn",
            Formula = TensorFlowBackend.Formula,
            Reductions = [Reduction.None, Reduction.Mean],
            EqualTo = TensorFlowMean,
            UnreducedId = TensorFlowUnreduced,
            RelationRoles = RelationRoles.Batch,
            Contracts = LogitsContracts,
        },
        new()
        {
            Backend = BackendName,
            EntryPoint = LossClass,
            ShortName = "keras class",
            Formula = TensorFlowBackend.Formula,
            Reductions = [.. Reduction.All],
            EqualTo = TensorFlowMean,
            UnreducedId = TensorFlowUnreduced,
            RelationRoles = RelationRoles.Batch,
            Contracts = ClassContracts,
        },
        new()
        {
            Backend = BackendName,
            EntryPoint = FromProbabilities,
            ShortName = "keras prob",
            Formula = "p = clip(sigmoid(x), 1e-7, 1 - 1e-7); -(z*log(p) + (1-z)*log(1-p))",
            Reductions = [Reduction.None, Reduction.Mean],
            EqualTo = $"{BackendName}/{FromLogits}",
            UnreducedId = TensorFlowUnreduced,
            RelationRoles = RelationRoles.Batch,
            Contracts = ProbabilitiesContracts,
        },
    ];
}
