namespace Conformance.Kernels.Tests.Losses;

public sealed class SigmoidCrossEntropySumFloat64Tests : SigmoidCrossEntropySumTests<double>;
