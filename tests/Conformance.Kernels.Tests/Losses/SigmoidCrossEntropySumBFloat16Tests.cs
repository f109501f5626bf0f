namespace Conformance.Kernels.Tests.Losses;

public sealed class SigmoidCrossEntropySumBFloat16Tests : SigmoidCrossEntropySumTests<BFloat16>;
