using Conformance.Core.Tensors;

namespace Conformance.OnnxRuntime.Tests;

public sealed class TextbookFloat32Tests() : ValueTests("textbook", DType.Float32)
{
    private protected override bool NeedsFiniteTerms => true;
}
