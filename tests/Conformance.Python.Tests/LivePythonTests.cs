using System.Globalization;
using Conformance.Core.Recipes;
using Conformance.TestKit;
using Xunit.Sdk;

namespace Conformance.Python.Tests;

/// <summary>What needs the real environment with TensorFlow.</summary>
public sealed class LivePythonTests
{
    private const int TailLines = 60;

    [Fact]
    public async Task Prepare_RealEnvironment_HasTheFrameworksAndCanBeEmbedded()
    {
        PythonInstallation installation = await LivePython.RequireAsync(TestContext.Current.CancellationToken);

        Assert.Null(PythonProbe.FindProblem(installation));
        Assert.Contains("keras", installation.Packages.Keys);
        Assert.Contains("numpy", installation.Packages.Keys);
        Assert.Contains(installation.Packages.Keys, name => name.StartsWith("tensorflow", StringComparison.Ordinal));
    }

    [Fact]
    public async Task PythonPackage_OwnTests_Pass()
    {
        string packages = await LivePython.RequireTestPackagesAsync(TestContext.Current.CancellationToken);

        (int exitCode, string output, string error) =
            await LivePython.RunAsync(["-m", "pytest", "-q"], packages, TestContext.Current.CancellationToken);

        string tail = string.Join('\n', (output + error).Split('\n').TakeLast(TailLines));
        Assert.True(exitCode == 0, $"pytest ended with exit code {exitCode}:\n{tail}");
        Assert.Contains(" passed", tail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Philox_64BitWords_AreThoseOfNumPy()
    {
        // NumPy counts before it draws.
        const string Script = """
            import sys
            import numpy as np
            for line in sys.argv[1:]:
                *counter, k0, k1 = (int(word, 16) for word in line.split())
                before = (sum(word << (64 * i) for i, word in enumerate(counter)) - 1) % (1 << 256)
                words = np.random.Philox(counter=before, key=k0 | k1 << 64).random_raw(4)
                print(" ".join(f"{int(word):016x}" for word in words))
            """;
        (PhiloxBlock<ulong> Counter, (ulong, ulong) Key)[] inputs =
        [
            (new(0, 0, 0, 0), (0, 0)),
            (new(1, 2, 3, 4), (5, 6)),
            (new(0, 1, 0, 0), (ulong.MaxValue, 1)),
            (new(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue), (ulong.MaxValue, ulong.MaxValue)),
            (new(0x243F6A8885A308D3, 0x13198A2E03707344, 0xA4093822299F31D0, 0x082EFA98EC4E6C89), (0x452821E638D01377, 0xBE5466CF34E90C6C)),
        ];

        string[] lines = await RunLinesAsync(Script, [.. inputs.Select(input => Hex(input.Counter) + " " + Hex(input.Key.Item1, input.Key.Item2))]);

        Assert.Equal(inputs.Select(input => Hex(Philox.Generate(input.Counter, input.Key))), lines);
    }

    [Fact]
    public async Task Philox_32BitWords_AreThoseOfTensorFlow()
    {
        // Two blocks: TensorFlow draws, then counts.
        const string Script = """
            import sys
            import tensorflow as tf
            for line in sys.argv[1:]:
                c0, c1, c2, c3, k0, k1 = (int(word, 16) for word in line.split())
                words = tf.raw_ops.StatelessRandomUniformFullIntV2(
                    shape=[8], key=tf.constant([k0 | k1 << 32], tf.uint64),
                    counter=tf.constant([c0 | c1 << 32, c2 | c3 << 32], tf.uint64), alg=1, dtype=tf.uint32)
                print(" ".join(f"{int(word):08x}" for word in words.numpy()))
            """;
        (PhiloxBlock<uint> Counter, (uint, uint) Key)[] inputs =
        [
            (new(0, 0, 0, 0), (0, 0)),
            (new(1, 2, 3, 4), (5, 6)),
            (new(7, 0, 0xFFFFFFFF, 0x80000000), (0xFFFFFFFF, 1)),
            (new(0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0)),
        ];

        string[] lines = await RunLinesAsync(Script, [.. inputs.Select(input => Hex(input.Counter) + " " + Hex(input.Key.Item1, input.Key.Item2))]);

        Assert.Equal(
            inputs.Select(input => Hex(Philox.Generate(input.Counter, input.Key)) + " "
                + Hex(Philox.Generate(input.Counter with { Word0 = input.Counter.Word0 + 1 }, input.Key))),
            lines);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("onnxruntime", false)]
    [InlineData("tensorflow", true)]
    [InlineData("onnxruntime, TensorFlow", true)]
    public void SkipUnlessRequired_Requirement_DecidesBetweenSkipAndFailure(string? required, bool fails)
    {
        // Record.Exception would let the skip through.
        bool failed;
        string message;
        try
        {
            LivePython.SkipUnlessRequired(required, "no network");
            (failed, message) = (false, "neither skipped nor failed");
        }
        catch (SkipException skip)
        {
            (failed, message) = (false, skip.Message);
        }
        catch (FailException failure)
        {
            (failed, message) = (true, failure.Message);
        }

        Assert.Contains("no network", message, StringComparison.Ordinal);
        Assert.Equal(fails, failed);
    }

    private static string Hex(PhiloxBlock<ulong> block) => Hex(block.Word0, block.Word1, block.Word2, block.Word3);

    private static string Hex(PhiloxBlock<uint> block) => Hex(block.Word0, block.Word1, block.Word2, block.Word3);

    private static string Hex(params ulong[] words) => string.Join(' ', words.Select(word => word.ToString("x16", CultureInfo.InvariantCulture)));

    private static string Hex(params uint[] words) => string.Join(' ', words.Select(word => word.ToString("x8", CultureInfo.InvariantCulture)));

    private static async Task<string[]> RunLinesAsync(string script, string[] arguments)
    {
        (int exitCode, string output, string error) =
            await LivePython.RunAsync(["-c", script, .. arguments], string.Empty, TestContext.Current.CancellationToken);
        Assert.True(exitCode == 0, error);
        return output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }
}
