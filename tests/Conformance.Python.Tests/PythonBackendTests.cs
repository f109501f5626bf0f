using Conformance.Core;

namespace Conformance.Python.Tests;

public sealed class PythonBackendTests
{
    [Theory]
    [InlineData(null, "0")]
    [InlineData("", "0")]
    [InlineData("0", "0")]
    [InlineData("1", "1")]
    public void OneDnn_NothingOrANumber_IsWhatTensorFlowGets(string? given, string expected) => Assert.Equal(expected, PythonBackend.OneDnn(given));

    [Theory]
    [InlineData("yes")]
    [InlineData("2")]
    [InlineData(" 1")]
    public void OneDnn_AnythingElse_IsNamed(string given)
    {
        InvalidInputException exception = Assert.Throws<InvalidInputException>(() => PythonBackend.OneDnn(given));

        Assert.Contains($"{PythonBackend.OneDnnVariable} is '{given}'; set it to 1", exception.Message, StringComparison.Ordinal);
    }
}
