using Conformance.Core.Tensors;

namespace Conformance.OnnxRuntime.Tests;

public sealed class TextbookFloat64Tests() : ValueTests("textbook", DType.Float64)
{
    private protected override bool NeedsFiniteTerms => true;
}
