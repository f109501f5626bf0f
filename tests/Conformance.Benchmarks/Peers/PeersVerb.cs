using System.CommandLine;
using System.Globalization;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Core.Tensors;
using Conformance.OnnxRuntime;

namespace Conformance.Benchmarks.Peers;

/// <summary><c>peers</c>: the native kernels beside memory, a plain kernel and the frameworks, on the same arrays in the same rounds.</summary>
internal static class PeersVerb
{
    private const int CachedElements = 1 << 14;
    private const int LargeElements = 1 << 25;
    private const int QuickElements = 1 << 20;
    private const int LargestElements = 1 << 28;

    // Both threads' parts are whole vectors.
    private const int Multiple = 64;

    private static readonly int[] Threads = [1, 2];

    public static Command Create()
    {
        Option<FileInfo?> output = new("--out") { Description = "A Markdown file that receives what is printed." };
        Option<int?> elements = new("--elements")
        {
            Description = $"The size of the large arrays; 2^25 = {LargeElements} by default.",
        };
        Option<bool> quick = new("--quick") { Description = "Three short rounds over 2^20 elements: shows that everything runs, not how fast." };
        Command command = new(
            "peers",
            "Times memory, a plain kernel, the native kernels, ONNX Runtime, TensorFlow and NumPy, with 1 and 2 threads. Takes about ten minutes and, at 2^25 elements, 14 GB.")
        {
            output, elements, quick,
        };
        command.SetAction((result, cancellationToken) => RunAsync(
            result.GetValue(output), result.GetValue(elements), result.GetValue(quick), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(FileInfo? output, int? given, bool quick, CancellationToken cancellationToken)
    {
        int elements = given ?? (quick ? QuickElements : LargeElements);
        if (elements is < CachedElements or > LargestElements || elements % Multiple != 0)
        {
            throw new InvalidInputException(FormattableString.Invariant(
                $"--elements is {elements}; give a multiple of {Multiple} from {CachedElements} to {LargestElements}."));
        }

        Contest contest = quick ? new Contest(3, 0.002, 0.05) : new Contest(9, 0.05, 0.5);
        StandardErrorProgress progress = new();
        await using OnnxRuntimeBackend onnxRuntime = new();
        BackendStatus onnxRuntimeStatus = await onnxRuntime.StartAsync(progress, cancellationToken);
        using NativeTensorArena arena = new();
        progress.Report("drawing the arrays");
        PeerArrays arrays = PeerArrays.Draw(arena, elements);
        await using PythonPeers python = await PythonPeers.StartAsync(arrays, Threads, progress, cancellationToken);
        Standings cached = await CompeteAsync(arrays.First(CachedElements), "cache-resident");
        Standings large = await CompeteAsync(arrays, "large");

        string command = string.Create(
            CultureInfo.InvariantCulture,
            $"peers{(quick ? " --quick" : string.Empty)}{(given is null ? string.Empty : $" --elements {given}")}{Report.OutOption(output)}");
        Report report = new("Peers", command);
        report.Provenance([onnxRuntimeStatus], [.. python.Versions.Select(version => (version.Key, version.Value))]);
        report.Paragraph(string.Create(
            CultureInfo.InvariantCulture,
            $"Float32 losses of the same logits (standard normal times 3) and labels (one in five is 1), {contest.Rounds} rounds in which every contestant has one turn of at least {contest.SampleSeconds * 1e3:F0} ms after one call that is not timed. Gelem/s is the median over the rounds, with the least and the largest; ratios are taken within each round, and their median is shown. Output *given* is written into memory that is there, *new* is made by every call, which TensorFlow cannot avoid. TensorFlow runs as it is by default (whether with oneDNN is said above), with oneDNN off, and so with {string.Join(' ', TensorFlowMemory.HeapKept.Variables.Skip(1).Select(variable => $"{variable.Key}={variable.Value}"))}, by which the heap is kept and not fetched from the system in every call. Starting, tracing and compiling are not timed. The plain kernel is fused and not correctly rounded; the triad moves the loss's memory and computes next to nothing. ONNX Runtime runs the loss's nodes alone, optimised, bound to given tensors. NumPy has no threads; with two, each takes half."));
        report.Section("Targets, two threads");
        report.Table(Target.ToTable(Target.Of(cached, large, Threads[^1])));
        report.Paragraph("The sweeps have theirs: `sweeps` for the kernel alone, `conformance sweep` with the judge.");
        Show(cached, "Cache-resident");
        Show(large, "Large");
        report.Write(output);
        return 0;

        async Task<Standings> CompeteAsync(PeerArrays part, string title)
        {
            progress.Report($"{title}: getting ready");
            using Field field = new(part, Threads, python);
            return new Standings(part.Count, await contest.RunAsync(field.Contestants, title, progress, cancellationToken));
        }

        void Show(Standings standings, string title)
        {
            report.Section(string.Create(CultureInfo.InvariantCulture, $"{title}: {standings.Elements} elements"));
            report.Table(standings.ToTable());
            Standing[] missing = [.. standings.All.Where(standing => standing.Missing is not null)];
            if (missing.Length > 0)
            {
                report.Paragraph("Missing:");
                report.Paragraph(string.Join('\n', missing.Select(standing =>
                    $"- {standing.Contestant.Name}, {standing.Contestant.Threads} threads: {standing.Missing}")));
            }
        }
    }
}
