using Conformance.Core.Tensors;

namespace Conformance.OnnxRuntime.Tests;

public sealed class Log1pFloat32Tests() : ValueTests("log1p", DType.Float32);
