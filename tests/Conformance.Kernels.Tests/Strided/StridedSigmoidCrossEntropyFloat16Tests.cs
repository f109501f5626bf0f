namespace Conformance.Kernels.Tests.Strided;

public sealed class StridedSigmoidCrossEntropyFloat16Tests : StridedSigmoidCrossEntropyTests<Half>;
