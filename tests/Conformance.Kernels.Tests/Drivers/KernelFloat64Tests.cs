namespace Conformance.Kernels.Tests.Drivers;

public sealed class KernelFloat64Tests : KernelTests<double>;
