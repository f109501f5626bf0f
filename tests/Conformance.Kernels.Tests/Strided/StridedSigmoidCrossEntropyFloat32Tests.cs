namespace Conformance.Kernels.Tests.Strided;

public sealed class StridedSigmoidCrossEntropyFloat32Tests : StridedSigmoidCrossEntropyTests<float>;
