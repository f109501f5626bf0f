using Conformance.Core.Tensors;

namespace Conformance.OnnxRuntime.Tests;

public sealed class SoftplusFloat32Tests() : ValueTests("softplus", DType.Float32);
