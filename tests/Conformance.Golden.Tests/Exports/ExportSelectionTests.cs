using System.Globalization;
using System.Text.Json;
using Conformance.Core;
using Conformance.Core.Tensors;
using Conformance.Golden.Exports;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Tests.Exports;

public sealed class ExportSelectionTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("conformance-export-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Of_NoFilter_HasEveryTestWithTheTruthAndUsedFlagsAlone()
    {
        ExportSelection selection = ExportSample.Selection;

        Assert.Equal(ExportSample.File.Tests.Select(test => test.Id ?? "sample/25"), selection.Tests.Select(test => test.Name));
        Assert.All(selection.Tests, test => Assert.Equal(
            ExportSample.WithTruth("-", ExportSample.File with { Tests = [test.Test] }).Tests[0].Expected, test.Test.Expected));
        Assert.Equal(["Edges"], selection.Flags.Keys);
    }

    [Fact]
    public void Of_StatedTruth_IsTakenAsItIs()
    {
        VectorTest stated = ExportSample.File.Tests[1] with { Expected = new VectorOutputs { Loss = ExportSample.Selection.Tests[2].Test.Expected!.Loss } };

        ExportSelection selection = ExportSample.Select(ExportSample.File with { Tests = [ExportSample.File.Tests[0], stated, ExportSample.File.Tests[2]] });

        Assert.Same(stated.Expected, selection.Tests[1].Test.Expected);
        Assert.Equal(ExportSample.Selection.Tests[2].Test.Expected, selection.Tests[2].Test.Expected);
        Assert.DoesNotContain(selection.Tests[1].Tensors, tensor => tensor.Name == "gradient");
    }

    [Fact]
    public void Of_Filters_NarrowTogether()
    {
        Assert.Equal(4, ExportSample.Select(ExportSample.File, flags: ["Edges"]).Tests.Length);
        Assert.Equal("edges/float16/none", Assert.Single(ExportSample.Select(ExportSample.File, ["Edges"], ["float16"], ["channels_first"]).Tests).Name);
        Assert.All(ExportSample.Select(ExportSample.File, layouts: ["channels_last"]).Tests, test => Assert.Equal("channels_last", test.Test.Layout));
        Assert.Empty(ExportSample.Select(ExportSample.File, flags: ["Unused"]).Tests);
    }

    [Fact]
    public void Of_UnknownFlag_IsRefusedWithThoseThatThereAre()
    {
        Assert.Contains("use one or more of Edges, Unused", Refusal(() => ExportSample.Select(ExportSample.File, flags: ["edges"])), StringComparison.Ordinal);
        VectorFile none = ExportSample.File with { Flags = ExportSample.File.Flags.Clear(), Tests = ExportSample.File.Tests[1..2] };
        Assert.Contains("leave --flag out", Refusal(() => ExportSample.Select(none, flags: ["Edges"])), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_SameNameTwice_IsRefusedWithBothFiles()
    {
        string message = Refusal(() => ExportSelection.Of([("a.json", ExportSample.File), ("b.json", ExportSample.File)], [], [], [], ExportSample.WithTruth));

        Assert.StartsWith("'b.json' has a test 'edges/float16/none', and so has 'a.json'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_SeveralLosses_AreRefused()
    {
        string message = Refusal(() => ExportSelection.Of(
            [("a.json", ExportSample.File), ("b.json", ExportSample.File with { Loss = "another" })], [], [], [], ExportSample.WithTruth));

        Assert.Contains("'b.json' of 'another'", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("npz")]
    [InlineData("json")]
    [InlineData("safetensors")]
    public void Write_Twice_GivesTheSameBytes(string format)
    {
        IVectorExport export = new IVectorExport[] { new NpzExport(), new JsonExport(), new SafetensorsExport() }.Single(candidate => candidate.Name == format);
        string first = Path.Combine(_folder.FullName, "first");
        string second = Path.Combine(_folder.FullName, "second");
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            export.Write(ExportSample.Selection, first);
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            export.Write(ExportSample.Selection, second);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(second));
    }

    [Theory]
    [InlineData("float16")]
    [InlineData("bfloat16")]
    public void Decimal_EveryValueOf16Bits_IsJsonThatRoundsBack(string name)
    {
        DType dtype = DType.Find(name)!;
        for (ulong bits = 0; bits <= dtype.BitMask; bits++)
        {
            using JsonDocument json = JsonDocument.Parse(JsonExport.Decimal(dtype, bits));
            double value = dtype.ToDouble(bits);
            if (!double.IsFinite(value))
            {
                Assert.Equal(double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity", json.RootElement.GetString());
            }
            else if (dtype.ToBits(json.RootElement.GetDouble()) != bits)
            {
                Assert.Fail($"{json.RootElement.GetRawText()} does not round to {dtype.ToHex(bits)}.");
            }
        }
    }

    private static string Refusal(Action action) => Assert.Throws<InvalidInputException>(action).Message;
}
