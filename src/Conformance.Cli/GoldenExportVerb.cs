using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Conformance.Core;
using Conformance.Core.Tensors;
using Conformance.Golden.Exports;
using Conformance.Golden.Vectors;
using Conformance.OnnxRuntime.Graphs;

namespace Conformance.Cli;

/// <summary><c>golden export</c>: vectors in a format that other languages and runtimes read.</summary>
internal static class GoldenExportVerb
{
    // The most accurate formula that there is in every dtype of the models.
    private static readonly LossGraph Graph = LossGraph.Find("log1p")!;

    private static readonly ImmutableArray<IVectorExport> Exports =
    [
        new NpzExport(),
        new OnnxExport(new OnnxModelSource(Graph.Implementation, (dtype, reduction) => new LossModel(Graph, dtype, reduction).ToBytes())),
        new JsonExport(),
        new SafetensorsExport(),
    ];

    public static Command Create()
    {
        Argument<string> format = new("FORMAT") { Description = $"{string.Join("; ", Exports.Select(export => $"{export.Name}: {export.Description}"))}." };
        Argument<string[]> files = new("FILE") { Description = "Vector files; all of golden/vectors by default.", Arity = ArgumentArity.ZeroOrMore };
        Option<string> output = new("--out") { Description = "The file to write, or for onnx the folder.", Required = true };
        Option<string[]> flags = new("--flag") { Description = "Only tests with one of these flags, separated by commas." };
        Option<string[]> dtypes = new("--dtype") { Description = $"Only tests of these dtypes: {string.Join(", ", DType.All)}." };
        Option<string[]> layouts = new("--layout") { Description = $"Only tests in these layouts: {string.Join(", ", Layout.All)}." };
        Option<bool> overwrite = new("--overwrite") { Description = "Replaces an export that is there." };
        Option<bool> json = new("--json") { Description = "As JSON." };
        Command command = new("export", "Writes vectors, inputs and true outputs, for tests in other languages and runtimes.")
        {
            format, files, output, flags, dtypes, layouts, overwrite, json,
        };
        command.SetAction((result, cancellationToken) =>
        {
            string name = result.GetValue(format)!;
            IVectorExport export = Exports.FirstOrDefault(candidate => candidate.Name == name)
                ?? throw new InvalidInputException($"There is no export format '{name}'; use {string.Join(", ", Exports.Select(candidate => candidate.Name))}.");
            string[] given = result.GetValue(files) ?? [];
            return Task.FromResult(Execute(
                export,
                given.Length > 0 ? given : GoldenFolder.VectorFiles(),
                Split(result.GetValue(flags)),
                BackendSession.Check(result.GetValue(dtypes) ?? [], DType.All.Select(dtype => dtype.Name), "dtype"),
                BackendSession.Check(result.GetValue(layouts) ?? [], Layout.All.Select(layout => layout.Name), "layout"),
                result.GetValue(output)!,
                result.GetValue(overwrite),
                result.GetValue(json),
                cancellationToken));
        });
        return command;
    }

    private static ImmutableArray<string> Split(string[]? given) =>
        [.. (given ?? []).SelectMany(text => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Distinct()];

    private static int Execute(
        IVectorExport export,
        string[] paths,
        ImmutableArray<string> flags,
        ImmutableArray<string> dtypes,
        ImmutableArray<string> layouts,
        string path,
        bool overwrite,
        bool json,
        CancellationToken cancellationToken)
    {
        if (paths.Length == 0)
        {
            Console.Error.WriteLine($"There is no vector file in '{GoldenFolder.VectorFolder}'; name some, or make one with 'conformance golden record'.");
            return ExitCode.TooLittleRan;
        }

        ExportTarget target = ExportTarget.Prepare(path, export.IsFolder, overwrite);
        StandardErrorProgress progress = new();
        ExportSelection selection = ExportSelection.Of(
            [.. paths.Select(file => (file, VectorFile.Read(file)))],
            flags,
            dtypes,
            layouts,
            (file, vectors) => new VectorEvaluator(file, vectors).WithTruth(progress, cancellationToken));
        progress.Finish();
        (ExportSelection kept, ImmutableSortedDictionary<string, int> leftOut) = export.Keep(selection);
        if (kept.Tests.IsEmpty)
        {
            Console.Error.WriteLine(selection.Tests.IsEmpty
                ? $"No test of {Quote(paths)} is left by --flag, --dtype and --layout, and nothing was written."
                : $"The format {export.Name} can hold none of the {Number(selection.Tests.Length)} tests, and nothing was written: {string.Join("; ", leftOut.Select(reason => $"{Number(reason.Value)} in {reason.Key}"))}.");
            return ExitCode.TooLittleRan;
        }

        cancellationToken.ThrowIfCancellationRequested();
        target.Create(partial => export.Write(kept, partial));
        Print(new Report(
            path,
            export.Name,
            kept.Tests.Length,
            kept.Tests.Sum(test => test.Tensors.Sum(tensor => (long)tensor.Tensor.Bits.Length / test.DType.HexDigits)),
            target.Measure(),
            leftOut), json);
        return ExitCode.Conformant;
    }

    private static void Print(Report report, bool json)
    {
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(report, CliJson.Default.ExportReport));
            return;
        }

        Console.Out.WriteLine($"Exported {Number(report.Tests)} tests, {Number(report.Elements)} elements, as {report.Format} to {report.Path}, {Number(report.Bytes)} bytes");
        foreach ((string reason, int count) in report.LeftOut)
        {
            Console.Out.WriteLine($"  left out: {Number(count)} tests in {reason}");
        }
    }

    private static string Quote(string[] paths) => string.Join(", ", paths.Select(path => $"'{path}'"));

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>What was exported.</summary>
    internal sealed record Report(string Path, string Format, int Tests, long Elements, long Bytes, ImmutableSortedDictionary<string, int> LeftOut);
}
