namespace Conformance.Kernels.Tests.Strided;

public sealed class StridedSigmoidCrossEntropyBFloat16Tests : StridedSigmoidCrossEntropyTests<BFloat16>;
