using System.Collections.Immutable;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Corpus;

/// <summary>The causes for which the tests of the corpus of sigmoid cross-entropy are there: what an implementation gets wrong that fails them.</summary>
internal static class CorpusFlags
{
    public const string CancellationNearOne = "CancellationNearOne";
    public const string CancellingSum = "CancellingSum";
    public const string ClippedProbability = "ClippedProbability";
    public const string EmptyBatch = "EmptyBatch";
    public const string ExpOverflow = "ExpOverflow";
    public const string ExpUnderflow = "ExpUnderflow";
    public const string GradientAtZero = "GradientAtZero";
    public const string GradientCancellation = "GradientCancellation";
    public const string HalfwayRounding = "HalfwayRounding";
    public const string InfiniteLogit = "InfiniteLogit";
    public const string LabelOutOfRange = "LabelOutOfRange";
    public const string LabelSmoothed = "LabelSmoothed";
    public const string LaneTail = "LaneTail";
    public const string LargeMean = "LargeMean";
    public const string NaNInput = "NaNInput";
    public const string OneSidedLoss = "OneSidedLoss";
    public const string OverflowingSum = "OverflowingSum";
    public const string PositiveWeight = "PositiveWeight";
    public const string ProductOverflow = "ProductOverflow";
    public const string SampleWeight = "SampleWeight";
    public const string SaturatedSigmoid = "SaturatedSigmoid";
    public const string SignedZero = "SignedZero";
    public const string SingleElement = "SingleElement";
    public const string SoftLabel = "SoftLabel";
    public const string SubnormalLogit = "SubnormalLogit";
    public const string SubnormalMean = "SubnormalMean";
    public const string SubnormalResult = "SubnormalResult";
    public const string TailLost = "TailLost";
    public const string TransposedBatch = "TransposedBatch";
    public const string WorstOfSweep = "WorstOfSweep";

    /// <summary>What failing a test of each flag means, and where it was found.</summary>
    public static readonly ImmutableSortedDictionary<string, VectorFlag> All = new Dictionary<string, VectorFlag>
    {
        [CancellationNearOne] = new()
        {
            Description = "x - x*z + l takes the difference of two rounded numbers of the size of x where the loss is x*(1-z) + l, which is far smaller for a label near 1.",
        },
        [CancellingSum] = new()
        {
            Description = "Losses of both signs nearly cancel in the sum; each rounding of a partial sum is large beside the result.",
            Issue = "https://github.com/data-apis/array-api-tests/issues/168",
        },
        [ClippedProbability] = new()
        {
            Description = "The loss goes through a probability that is clipped to [1e-7, 1 - 1e-7], so that it saturates near 16 and never falls below 1e-7.",
            Issue = "https://github.com/keras-team/keras/issues/15249",
        },
        [EmptyBatch] = new()
        {
            Description = "A batch without elements: the sum is 0, the mean 0/0, which is NaN, and there is nothing to reduce where nothing is reduced.",
        },
        [ExpOverflow] = new()
        {
            Description = "log(1 + exp(x)) overflows for a large logit whose loss is finite.",
            Issue = "https://github.com/openvinotoolkit/openvino/issues/37728",
        },
        [ExpUnderflow] = new()
        {
            Description = "exp(-|x|) leaves the normal range or becomes 0 here; an exponential that stops short of that returns a constant.",
        },
        [GradientAtZero] = new()
        {
            Description = "The gradient at a logit of zero is 1/2 - z; derivatives of |x|, max(x, 0) or log_sigmoid that choose a side, or 0, give another.",
            Issue = "https://github.com/jax-ml/jax/issues/2107",
        },
        [GradientCancellation] = new()
        {
            Description = "sigmoid(x) - z nearly cancels next to the logit at which the gradient is zero.",
        },
        [HalfwayRounding] = new()
        {
            Description = "The real loss or gradient lies next to the middle of two representable values: an error of a hundredth of a unit before the last rounding gives the wrong one.",
        },
        [InfiniteLogit] = new()
        {
            Description = "An infinite logit has a limit, which is 0 or infinite; formulas that compute inf - inf or 0*inf return NaN.",
            Issue = "https://github.com/tensorflow/tensorflow/issues/75256",
        },
        [LabelOutOfRange] = new()
        {
            Description = "A label below 0 or above 1 is a number like any other, and its loss may be negative; clamping the label changes it.",
            Issue = "https://github.com/pytorch/pytorch/issues/123339",
        },
        [LabelSmoothed] = new()
        {
            Description = "The label is smoothed to z*(1-a) + a/2 in its own dtype.",
            Issue = "https://github.com/keras-team/keras/issues/15341",
        },
        [LaneTail] = new()
        {
            Description = "Lengths beside the widths of vectors: the elements after the last whole vector are computed by other code, or not at all.",
            Issue = "https://github.com/tensorflow/tensorflow/issues/31619",
        },
        [LargeMean] = new()
        {
            Description = "One large loss and many small ones: added up one after the other in the dtype itself, the small ones are rounded away.",
        },
        [NaNInput] = new()
        {
            Description = "NaN in a logit or label gives NaN there, in the sum and in the mean, and nowhere else; maxima and comparisons may drop it.",
        },
        [OneSidedLoss] = new()
        {
            Description = "(1-z)*x - log_sigmoid(x) subtracts x from x - l for a negative logit, where only l is left of the loss, and loses it.",
            Issue = "https://github.com/pytorch/pytorch/issues/195529",
        },
        [OverflowingSum] = new()
        {
            Description = "The sum of the losses is beyond the largest finite value, and their mean is not.",
        },
        [PositiveWeight] = new()
        {
            Description = "The positive part of the loss has a weight, which multiplies both of its terms.",
            Issue = "https://github.com/tensorflow/tensorflow/issues/15791",
        },
        [ProductOverflow] = new()
        {
            Description = "x*z overflows for a label above 1 where |x|*(1-z) does not.",
        },
        [SampleWeight] = new()
        {
            Description = "Weights multiply elements before they are added up, and a mean divides by the number of elements.",
            Issue = "https://github.com/deeplearning4j/deeplearning4j/issues/6532",
        },
        [SaturatedSigmoid] = new()
        {
            Description = "sigmoid(x) is 0 or 1 after rounding or clamping, or beyond either, so that its logarithm is infinite or NaN and the gradient 0.",
            Issue = "https://github.com/microsoft/onnxruntime/issues/22557",
        },
        [SignedZero] = new()
        {
            Description = "Zeros of both signs are one logit and one label; code that looks at the sign bit takes -0 for a negative number.",
        },
        [SingleElement] = new()
        {
            Description = "A batch of one element, whose extents of 1 must neither be squeezed nor lost.",
            Issue = "https://github.com/keras-team/keras/issues/23621",
        },
        [SoftLabel] = new()
        {
            Description = "Labels between 0 and 1 count as they are; formulas for hard labels round them.",
        },
        [SubnormalLogit] = new()
        {
            Description = "Subnormal logits, and gradients that are a quarter of them; hardware set to take subnormal inputs for 0 loses them.",
        },
        [SubnormalMean] = new()
        {
            Description = "The mean of a normal loss and of many that are 0 is subnormal.",
        },
        [SubnormalResult] = new()
        {
            Description = "The loss or gradient is subnormal; hardware set to flush returns 0.",
        },
        [TailLost] = new()
        {
            Description = "log(1 + exp(-|x|)) rounds 1 + exp(-|x|) first and loses the exponential, up to all of it.",
            Issue = "https://github.com/microsoft/onnxruntime/issues/10491",
        },
        [TransposedBatch] = new()
        {
            Description = "Logits and labels that are told apart by every exchange of classes and length, where the extents differ and where they are equal.",
        },
        [WorstOfSweep] = new()
        {
            Description = "A logit at which an implementation was found to be furthest from the truth, or from its bound, in a sweep over every float32.",
        },
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);
}
