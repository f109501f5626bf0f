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
    private const string Formula = "relu(x) - x*z + log1p(exp(-|x|)), averaged over the last axis first";
    private const string TensorFlowUnreduced = "tensorflow/nn.sigmoid_cross_entropy_with_logits/eager";
    private const string TensorFlowMean = "tensorflow/nn.sigmoid_cross_entropy_with_logits+reduce_mean/eager";

    private static readonly Contract LogitsContract = new(
        [DType.Float32, DType.Float64],
        new ErrorBound { Relu = 2, Product = 2, Tail = 5 },
        new ErrorBound { Constant = 3 },
        "The TensorFlow backend of Keras calls tf.nn.sigmoid_cross_entropy_with_logits.",
        "keras.losses.binary_crossentropy, Keras 3.15.1 on TensorFlow 2.21.0, measured")
    {
        FlushesSubnormals = true,
    };

    private static IReadOnlyList<ImplementationInfo> Declare() =>
    [
        new()
        {
            Backend = BackendName,
            EntryPoint = FromLogits,
            ShortName = "keras fn",
            Formula = Formula,
            Reductions = [Reduction.None, Reduction.Mean],
            EqualTo = TensorFlowMean,
            UnreducedId = TensorFlowUnreduced,
            RelationRoles = RelationRoles.Batch,
            Contracts = [LogitsContract],
        },
        new()
        {
            Backend = BackendName,
            EntryPoint = LossClass,
            ShortName = "keras class",
            Formula = Formula,
            Reductions = [.. Reduction.All],
            EqualTo = TensorFlowMean,
            UnreducedId = TensorFlowUnreduced,
            RelationRoles = RelationRoles.Batch,
            Contracts = [LogitsContract with
            {
                // Rounding the inputs to float32 moves the loss by up to u|x| and u|x z|, and the gradient by u/4|x| exp(-|x|) + u|z|.
                Loss = new ErrorBound { Relu = 2, Magnitude = 1, Product = 3, Tail = 5 },
                Gradient = new ErrorBound { Constant = 5 },
                ComputesIn = DType.Float32,
                Reason = "As the function; the class converts its inputs to float32 unless it is given another dtype.",
                Source = "keras.losses.BinaryCrossentropy, Keras 3.15.1 on TensorFlow 2.21.0, measured",
            }],
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
            Contracts = [LogitsContract with
            {
                // 2.5 u of the sigmoid cost 2.5 u |z| in log p and 2.5 u |1-z| exp(x) in log(1-p): below 16 u where labels in [-1, 2]
                // let the loss cross zero, which is where isclose has nothing to give.
                Loss = new ErrorBound { Constant = 16 },
                Gradient = new ErrorBound { Constant = 8 },
                Reason = "Near p = 1/2 the sigmoid and the logarithm round a few times; where p is within 2^-8 of 0 or 1 its rounding alone is worth more than any tolerance, and beyond 1e-7 it is clipped.",
                Source = "keras.losses.binary_crossentropy with from_logits=False, Keras 3.15.1 on TensorFlow 2.21.0, measured",
            }],
        },
    ];
}
