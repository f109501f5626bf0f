namespace Conformance.Kernels.Tests.Losses;

public sealed class SigmoidCrossEntropySumFloat16Tests : SigmoidCrossEntropySumTests<Half>;
