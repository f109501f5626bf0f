namespace Conformance.Kernels.Tests.Drivers;

public sealed class KernelBFloat16Tests : KernelTests<BFloat16>;
