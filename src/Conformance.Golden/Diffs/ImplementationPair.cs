using Conformance.Core;

namespace Conformance.Golden.Diffs;

/// <summary>Two implementations to compare: usually one with itself.</summary>
/// <param name="Before">The id on the earlier side.</param>
/// <param name="After">The id on the later side.</param>
public sealed record ImplementationPair(string Before, string After)
{
    /// <summary>Reads <c>ID</c> or <c>ID=OTHER_ID</c>.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The pair.</returns>
    /// <exception cref="InvalidInputException">It is neither.</exception>
    public static ImplementationPair Parse(string text) => text.Split('=') switch
    {
        [{ Length: > 0 } one] => new ImplementationPair(one, one),
        [{ Length: > 0 } before, { Length: > 0 } after] => new ImplementationPair(before, after),
        _ => throw new InvalidInputException(
            $"The implementation to compare is '{text}'; give an id, or two joined by =, for example onnxruntime/log1p=onnxruntime/softplus."),
    };
}
