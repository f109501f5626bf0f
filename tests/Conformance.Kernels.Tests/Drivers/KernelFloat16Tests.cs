namespace Conformance.Kernels.Tests.Drivers;

public sealed class KernelFloat16Tests : KernelTests<Half>;
