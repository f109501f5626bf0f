using Conformance.TestKit;

namespace Conformance.Cli.Tests.Pairs;

/// <summary>Two versions of a framework, of which one computer at a time has one: what they returned is in files beside this one.</summary>
/// <remarks>
/// Each file is the vectors.json of <c>run --vectors</c> on the three cases that it names, with <c>--backends onnxruntime</c> by a tool
/// that was built with that ONNX Runtime, and with <c>--backends keras</c> on either Keras, as the README shows.
/// </remarks>
public sealed class PairTests
{
    [Theory]
    [InlineData("onnxruntime", "onnxruntime-1.30.0.json", "onnxruntime-1.31.1.json", 0)]
    [InlineData("keras", "keras-3.15.1.json", "tf_keras-2.21.0.json", 1)]
    public async Task Diff_RecordedPair_IsAsApproved(string name, string before, string after, int expected)
    {
        string folder = Path.Combine(RepositoryRoot.Path, "tests", "Conformance.Cli.Tests", "Pairs");

        (int exitCode, string output, string error) = await ConformanceProcess.RunAsync(["diff", before, after], folder: folder);

        Assert.True(exitCode == expected, error + output);
        await Snapshot.Verify(output, parameters: name);
    }
}
