using Conformance.Golden.Exports;
using Conformance.TestKit;
using Xunit.Sdk;

namespace Conformance.Golden.Tests.Exports;

/// <summary>Every export, read back by somebody else's library: the bits are those of the vector file.</summary>
public sealed class ReadBackTests : IDisposable
{
    private const string PrintArray =
        """
        import json, sys
        import numpy as np
        import ml_dtypes

        def line(name, dtype, array):
            stored = array if array.dtype.kind == "u" else array.view(f"u{array.dtype.itemsize}")
            bits = "".join(f"{int(element):0{2 * stored.dtype.itemsize}x}" for element in stored.reshape(-1))
            print(f"{name} {dtype} {list(array.shape)} {bits}")

        """;

    private const string NpzReader = PrintArray +
        """
        with np.load(sys.argv[1], allow_pickle=False) as archive:
            index = json.loads(archive["index"].tobytes())
            names = ["index"]
            for test in index["tests"]:
                for tensor in test["tensors"]:
                    name = test["id"] + "/" + tensor
                    names.append(name)
                    array = archive[name]
                    if test["dtype"] == "bfloat16":
                        array = array.view(ml_dtypes.bfloat16)
                    assert array.dtype == np.dtype(getattr(ml_dtypes, "bfloat16") if test["dtype"] == "bfloat16" else test["dtype"]), array.dtype
                    line(name, array.dtype.name, array)
            assert sorted(names) == sorted(archive.files) and index["count"] == len(index["tests"])
        """;

    // By the published format alone: its own library may not be there for every Python.
    private const string SafetensorsReader = PrintArray +
        """
        data = open(sys.argv[1], "rb").read()
        size = int.from_bytes(data[:8], "little")
        header, body = json.loads(data[8:8 + size]), data[8 + size:]
        assert data[8:9] == b"{" and size % 8 == 0
        index = json.loads(header.pop("__metadata__")["index"])
        dtypes = {"F16": np.float16, "BF16": ml_dtypes.bfloat16, "F32": np.float32, "F64": np.float64}
        end = 0
        for name, info in header.items():
            dtype, (start, stop) = np.dtype(dtypes[info["dtype"]]), info["data_offsets"]
            assert start == end and start % dtype.itemsize == 0 and stop - start == dtype.itemsize * int(np.prod(info["shape"])), name
            end = stop
            line(name, dtype.name, np.frombuffer(body[start:stop], dtype).reshape(info["shape"]))
        assert end == len(body) and sum(len(test["tensors"]) for test in index["tests"]) == len(header)
        """;

    private const string JsonReader =
        """
        const file = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
        if (file.format !== "conformance-export/1" || file.count !== file.tests.length) throw new Error("not a whole file");
        const number = value => typeof value === "string" ? { NaN: NaN, Infinity: Infinity, "-Infinity": -Infinity }[value] : value;
        const bits = {
          float32: value => { const view = new DataView(new ArrayBuffer(4)); view.setFloat32(0, value); return view.getUint32(0).toString(16).padStart(8, "0"); },
          float64: value => { const view = new DataView(new ArrayBuffer(8)); view.setFloat64(0, value); return view.getBigUint64(0).toString(16).padStart(16, "0"); },
        };
        for (const test of file.tests)
          for (const name of ["logits", "labels", "sampleWeight", "loss", "gradient"]) {
            const tensor = test[name];
            if (tensor === null) continue;
            const values = tensor.values.map(number);
            const count = tensor.shape.reduce((a, b) => a * b, 1);
            if (values.length !== count || tensor.bits.length !== count) throw new Error(test.id + " has another shape");
            const rebuild = bits[test.dtype];
            values.forEach((value, i) => {
              if (rebuild && !Number.isNaN(value) && rebuild(value) !== tensor.bits[i]) throw new Error(`${test.id}/${name}[${i}]: ${value} is not ${tensor.bits[i]}`);
            });
            console.log(`${test.id}/${name} ${test.dtype} [${tensor.shape.join(", ")}] ${tensor.bits.join("")}`);
          }
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("conformance-export-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("npz")]
    [InlineData("safetensors")]
    [InlineData("json")]
    public async Task Export_EveryDTypeRankAndValue_ReadsBackBitForBit(string format)
    {
        string[] lines = await ReadAsync(format, ExportSample.Selection);

        Assert.Equal(ExportSample.Lines(ExportSample.Selection).Order(StringComparer.Ordinal), lines.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("npz")]
    [InlineData("safetensors")]
    [InlineData("json")]
    public async Task Export_OneBitPlanted_IsNoticed(string format)
    {
        string[] lines = await ReadAsync(format, ExportSample.OneBitPlanted);

        string wrong = Assert.Single(lines.Except(ExportSample.Lines(ExportSample.Selection)));
        Assert.StartsWith("edges/float32/none/labels float32 [2, 3, 2] ", wrong, StringComparison.Ordinal);
    }

    [Fact]
    public async Task JsonReader_ADecimalThatIsNotItsBits_IsNoticed()
    {
        string path = Write("json", ExportSample.Selection);
        string text = await File.ReadAllTextAsync(path, Token);
        await File.WriteAllTextAsync(path, text.Replace("\"values\": [3, 4]", "\"values\": [3, 5]", StringComparison.Ordinal), Token);

        (int exitCode, _, string error) = await LiveNode.RunAsync(JsonReader, path, Token);

        Assert.NotEqual(0, exitCode);
        Assert.Contains("5 is not 40800000", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(" ", false)]
    [InlineData("tensorflow,keras", true)]
    public void SkipUnlessRequired_Requirement_DecidesBetweenSkipAndFailure(string? required, bool fails)
    {
        // Record.Exception would let the skip through.
        bool failed;
        string message;
        try
        {
            LiveNode.SkipUnlessRequired(required, "no Node.js");
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

        Assert.Contains("no Node.js", message, StringComparison.Ordinal);
        Assert.Equal(fails, failed);
    }

    private async Task<string[]> ReadAsync(string format, ExportSelection selection)
    {
        string path = Write(format, selection);
        (int exitCode, string output, string error) = format == "json"
            ? await LiveNode.RunAsync(JsonReader, path, Token)
            : await LivePython.RunAsync(["-c", format == "npz" ? NpzReader : SafetensorsReader, path], string.Empty, Token);
        Assert.True(exitCode == 0, error);
        return output.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private string Write(string format, ExportSelection selection)
    {
        string path = Path.Combine(_folder.FullName, $"export.{format}");
        IVectorExport export = format switch
        {
            "npz" => new NpzExport(),
            "safetensors" => new SafetensorsExport(),
            _ => new JsonExport(),
        };
        export.Write(selection, path);
        return path;
    }
}
