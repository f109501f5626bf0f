using Conformance.Core;
using Conformance.Golden.Diffs;

namespace Conformance.Golden.Tests.Diffs;

public sealed class ImplementationPairTests
{
    [Theory]
    [InlineData("native/sigmoid_cross_entropy", "native/sigmoid_cross_entropy", "native/sigmoid_cross_entropy")]
    [InlineData("tensorflow/a+b/eager=tensorflow/a+b/xla", "tensorflow/a+b/eager", "tensorflow/a+b/xla")]
    public void Parse_OneIdOrTwo_GivesThePair(string text, string before, string after) =>
        Assert.Equal(new ImplementationPair(before, after), ImplementationPair.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("=")]
    [InlineData("a/b=")]
    [InlineData("=a/b")]
    [InlineData("a/b=c/d=e/f")]
    public void Parse_AnythingElse_IsNamed(string text)
    {
        InvalidInputException exception = Assert.Throws<InvalidInputException>(() => ImplementationPair.Parse(text));

        Assert.Contains($"'{text}'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("joined by =", exception.Message, StringComparison.Ordinal);
    }
}
