using System.CommandLine;
using System.Text.Json;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Core.Runs;
using Conformance.Isolation;
using Conformance.Python;

namespace Conformance.Cli;

/// <summary><c>doctor</c>: what was found on this machine, what is missing, and the fix.</summary>
internal static class DoctorVerb
{
    public static Command Create(BackendCatalog catalog)
    {
        Option<bool> json = new("--json") { Description = "As JSON." };
        Option<bool> setUp = new("--set-up") { Description = "Makes the Python environment if it is not there yet, and starts every backend." };
        Command command = new("doctor", "Shows what was found on this machine, what is missing, and the fix.") { json, setUp };
        command.SetAction(async (result, cancellationToken) =>
        {
            Report report = await ExamineAsync(catalog, result.GetValue(setUp), cancellationToken).ConfigureAwait(false);
            if (result.GetValue(json))
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(report, CliJson.Default.Report));
            }
            else
            {
                Print(report);
            }

            return ExitCode.Conformant;
        });
        return command;
    }

    private static async Task<Report> ExamineAsync(BackendCatalog catalog, bool setUp, CancellationToken cancellationToken)
    {
        List<string> interpreters = [];
        string? given = Environment.GetEnvironmentVariable(PythonEnvironment.OverrideVariable);
        string[] candidates = given is { Length: > 0 }
            ? [Directory.Exists(given) ? PythonEnvironment.InterpreterOf(given) : given]
            : [.. PythonEnvironment.CandidateNames];
        PythonInstallation? chosen = null;
        foreach (string candidate in candidates)
        {
            (PythonInstallation? installation, string? problem) = await PythonProbe.ProbeAsync(candidate, cancellationToken).ConfigureAwait(false);
            problem ??= PythonProbe.FindProblem(installation!);
            string found = installation is null ? candidate : $"{candidate}: {installation.FullVersion}, {installation.Machine}, {installation.Executable}, library {installation.Library ?? "not found"}";
            interpreters.Add(problem is null ? $"{found}: usable{(chosen is null ? ", chosen" : string.Empty)}" : $"{found}: {problem}");
            chosen ??= problem is null ? installation : null;
        }

        string environment = given is { Length: > 0 } ? $"{PythonEnvironment.OverrideVariable} is {given}"
            : chosen is null ? "none: no usable Python"
            : $"{catalog.Python.FolderFor(chosen)}: {(PythonEnvironment.IsComplete(catalog.Python.FolderFor(chosen)) ? "complete" : "not made yet; the first run, or doctor --set-up, makes it")}";

        bool start = setUp || (given is null or "" && chosen is not null && PythonEnvironment.IsComplete(catalog.Python.FolderFor(chosen))) || given is { Length: > 0 };
        List<BackendReport> backends = [];
        foreach (string name in BackendCatalog.Names)
        {
            if (!start && !BackendCatalog.IsBuiltIn(name))
            {
                backends.Add(BackendReport.Of(name, BackendStatus.Unavailable("Its Python environment is not made yet.", "Run 'conformance doctor --set-up', or any run.")));
                continue;
            }

            await using IBackend backend = catalog.Create(name, new IsolationLimits());
            BackendStatus status;
            try
            {
                status = await backend.StartAsync(new StandardErrorProgress(), cancellationToken).ConfigureAwait(false);
            }
            catch (InvalidInputException exception)
            {
                status = BackendStatus.Unavailable(exception.Message, $"Change or unset {PythonEnvironment.OverrideVariable}.");
            }

            backends.Add(BackendReport.Of(name, status));
        }

        return new Report(ProvenanceProbe.Capture([]), interpreters, environment, catalog.Python.LockFile, [.. backends]);
    }

    private static void Print(Report report)
    {
        Provenance machine = report.Machine;
        Console.Out.WriteLine($"conformance {machine.Tool}{(machine.Commit is null ? string.Empty : $" ({machine.Commit})")}, {machine.Runtime}, SDK {machine.Sdk}");
        Console.Out.WriteLine($"{machine.OperatingSystem}; {machine.Processor}, {machine.Processors} processors, {machine.InstructionSet}");
        Console.Out.WriteLine("Python interpreters, in the order in which they are tried:");
        foreach (string interpreter in report.Interpreters)
        {
            Console.Out.WriteLine($"  {interpreter}");
        }

        Console.Out.WriteLine($"Python environment: {report.Environment}");
        Console.Out.WriteLine($"  by {report.LockFile}");
        Console.Out.WriteLine("Backends:");
        foreach (BackendReport backend in report.Backends)
        {
            Console.Out.WriteLine(backend.IsAvailable
                ? $"  {backend.Name}: available ({string.Join(", ", backend.Versions.Select(version => $"{version.Key} {version.Value}"))})"
                : $"  {backend.Name}: MISSING. {backend.Missing} {backend.Fix}");
        }
    }

    internal sealed record Report(
        Provenance Machine, IReadOnlyList<string> Interpreters, string Environment, string LockFile, IReadOnlyList<BackendReport> Backends);
}
