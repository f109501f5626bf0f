namespace Conformance.Kernels.Tests.Strided;

public sealed class StridedSigmoidCrossEntropyFloat64Tests : StridedSigmoidCrossEntropyTests<double>;
