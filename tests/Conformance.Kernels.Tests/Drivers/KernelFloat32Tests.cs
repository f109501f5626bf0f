namespace Conformance.Kernels.Tests.Drivers;

public sealed class KernelFloat32Tests : KernelTests<float>;
