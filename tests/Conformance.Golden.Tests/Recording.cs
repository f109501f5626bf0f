using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Runs;
using Conformance.Core.Suites;
using Conformance.Core.Tensors;
using Conformance.Golden.Vectors;
using Conformance.Golden.Verification;

namespace Conformance.Golden.Tests;

/// <summary>A small file recorded from the fake backend, and ways to change and verify it.</summary>
internal static class Recording
{
    public const string Elementwise = "sigmoid_cross_entropy/float32/channels_last/none/2x3x2/normal/soft/seed1/draw0";
    public const string Mean = "sigmoid_cross_entropy/float64/channels_first/mean/2x3x2/uniform/hard20/seed1/draw0";
    public const string Edges = "sigmoid_cross_entropy/float32/channels_first/none/2x5x10/edges/hard50/seed1/draw0";

    public static async Task<VectorFile> RecordAsync(FakeBackend backend)
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        (IBackend Backend, BackendStatus Status)[] started = [(backend, backend.Status)];
        VectorRecorder recorder = new(Loss.All[0], new VectorSource { Tool = "a test", Version = "1", Seed = "1" }, started);
        DrawPlan[] plans =
        [
            .. new[] { Elementwise, Mean, Edges }.Select(Case.Parse)
                .Select(testCase => new DrawPlan(testCase.Draw, [testCase], AllModes: true, ChecksRelations: false)),
        ];
        RunOptions options = new() { Loss = Loss.All[0].Name };
        await new SuiteRunner(started, () => new NativeTensorArena())
            .RunAsync(options, plans, 0, [], new Progress<RunProgress>(), recorder.Observe, token);
        return recorder.ToFile();
    }

    public static async Task<FileVerification> VerifyAsync(VectorFile file, FakeBackend backend, bool requiresBits = false, bool isSelected = true)
    {
        VectorVerifier verifier = new(
            backend.Implementations,
            isSelected ? [(backend, backend.Status)] : [],
            () => new NativeTensorArena(),
            Tolerance.Default,
            requiresBits);
        return await verifier.VerifyAsync("a.json", file, TestContext.Current.CancellationToken);
    }

    public static byte[] ToBytes(VectorFile file)
    {
        using MemoryStream stream = new();
        file.Write(stream);
        return stream.ToArray();
    }

    /// <summary>The file after a change of its JSON.</summary>
    public static VectorFile Change(VectorFile file, Action<JsonNode> change)
    {
        JsonNode json = JsonNode.Parse(ToBytes(file))!;
        change(json);
        return VectorFileReader.Parse(Encoding.UTF8.GetBytes(json.ToJsonString()), "a.json");
    }

    /// <summary>Replaces one element's bits.</summary>
    public static void SetBits(JsonNode tensor, int index, string hex)
    {
        string bits = tensor["bits"]!.GetValue<string>();
        tensor["bits"] = bits.Remove(index * hex.Length, hex.Length).Insert(index * hex.Length, hex);
    }

    /// <summary>The bits of the next value away from zero.</summary>
    public static string Next(VectorTensor tensor, DType dtype, int index, ulong steps = 1) =>
        dtype.ToHex(tensor.BitsAt(dtype, index) + steps);
}
