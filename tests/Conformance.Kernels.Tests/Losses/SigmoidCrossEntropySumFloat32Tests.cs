namespace Conformance.Kernels.Tests.Losses;

public sealed class SigmoidCrossEntropySumFloat32Tests : SigmoidCrossEntropySumTests<float>;
