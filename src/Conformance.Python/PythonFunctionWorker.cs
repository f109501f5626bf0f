using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Conformance.Core;
using Conformance.Core.Processes;

namespace Conformance.Python;

/// <summary>
/// How to evaluate a user's function in the user's own interpreter: the command of <c>conformance_worker.py</c>, which speaks
/// with its parent as a worker of this program does. The native environment stays as the user has it.
/// </summary>
public sealed class PythonFunctionWorker
{
    /// <summary>The oldest Python that the worker's script runs in.</summary>
    public static readonly Version OldestVersion = new(3, 9);

    /// <summary>The variable by which an activated virtual environment is known.</summary>
    public const string ActiveVariable = "VIRTUAL_ENV";

    private const string Script = "conformance_worker.py";
    private const string DescribeOption = "--describe";

    private static readonly TimeSpan OutputPatience = TimeSpan.FromSeconds(2);

    private PythonFunctionWorker(PythonInstallation installation, ImmutableArray<string> arguments)
    {
        Installation = installation;
        Arguments = arguments;
    }

    /// <summary>The interpreter.</summary>
    public PythonInstallation Installation { get; }

    /// <summary>Its arguments, but for the handles of the two pipes, which come last.</summary>
    public ImmutableArray<string> Arguments { get; }

    /// <summary>What to do where the worker cannot be started, one sentence.</summary>
    public string StartFix => $"See that '{Installation.Executable}' can import it, or name another environment with --python-env.";

    /// <summary>Finds the interpreter of an environment, and asks it whether it can run the worker.</summary>
    /// <param name="loss">The loss function.</param>
    /// <param name="gradient">The gradient function, or null where there is none.</param>
    /// <param name="environment">
    /// What <c>--python-env</c> says: the folder of a virtual environment, or an interpreter; null for the virtual environment that is
    /// active, or else the interpreter on PATH.
    /// </param>
    /// <param name="packageFolder">The folder that holds the worker's script.</param>
    /// <param name="evaluationLimit">How long one evaluation may take: shortly before, the worker says where it hangs.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The worker's command.</returns>
    /// <exception cref="InvalidInputException">There is no interpreter, or one that cannot run the worker.</exception>
    public static async Task<PythonFunctionWorker> FindAsync(
        PythonFunction loss, PythonFunction? gradient, string? environment, string packageFolder, TimeSpan evaluationLimit, CancellationToken cancellationToken)
    {
        string executable = Locate(environment, Environment.GetEnvironmentVariable(ActiveVariable), out string given);
        (PythonInstallation? installation, string? problem) = await PythonProbe.ProbeAsync(executable, cancellationToken).ConfigureAwait(false);
        problem ??= installation!.Version < OldestVersion ? $"it is Python {installation.FullVersion}, and {OldestVersion} or later is needed" : null;
        if (problem is not null)
        {
            throw new InvalidInputException($"{given} cannot be used: {problem}; name the folder of a virtual environment, or an interpreter, with --python-env.");
        }

        return new PythonFunctionWorker(
            installation!,
            [
                // Not buffered: what it prints last is wanted when it crashes.
                "-u",
                Path.Combine(packageFolder, Script),
                .. gradient is null ? Array.Empty<string>() : ["--gradient", gradient.ToString()],
                "--limit",
                evaluationLimit.TotalSeconds.ToString(CultureInfo.InvariantCulture),
                loss.ToString(),
            ]);
    }

    /// <summary>Imports the functions in a process of their own, and tells whether they take the reduction.</summary>
    /// <param name="patience">How long the import may take.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Whether each of them has a parameter of that name.</returns>
    /// <exception cref="InvalidInputException">They cannot be imported.</exception>
    public async Task<bool> TakesReductionAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        using Process process = new()
        {
            StartInfo = new ProcessStartInfo(Installation.Executable, [.. Arguments, DescribeOption])
            {
                RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            },
        };
        process.Start();
        process.StandardInput.Close();
        Task<string> answer = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        Task<string> lines = process.StandardError.ReadToEndAsync(CancellationToken.None);
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(patience);
        try
        {
            // Not for the end of what it prints, which a process that the module has started may keep open for as long as it runs.
            await process.WaitForExitAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw new InvalidInputException(string.Create(
                CultureInfo.InvariantCulture, $"The import of '{Arguments[^1]}' did not end within {patience.TotalSeconds} s; mend it, or give it more with --timeout."));
        }
        finally
        {
            ProcessGroup.Kill(process.Id);
        }

        await Task.WhenAny(Task.WhenAll(answer, lines), Task.Delay(OutputPatience, cancellationToken)).ConfigureAwait(false);
        string last = lines.IsCompletedSuccessfully ? (await lines.ConfigureAwait(false)).Trim().Split('\n')[^1].Trim() : string.Empty;
        return (answer.IsCompletedSuccessfully ? Read(await answer.ConfigureAwait(false)) : null) is not { } description
            ? throw new InvalidInputException($"The import of '{Arguments[^1]}' gave no answer: Python {ProcessExit.Describe(process.ExitCode)} ({(last.Length == 0 ? "no message" : last)}); mend it.")
            : description is { Missing: { } missing }
                ? throw new InvalidInputException($"{missing} {description.Fix}")
                : description.TakesReduction;
    }

    // Null where it is no answer: the module may have written where the answer goes.
    private static PythonFunctionDescription? Read(string answer)
    {
        try
        {
            return JsonSerializer.Deserialize(answer, PythonFunctionJson.Default.PythonFunctionDescription);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The interpreter that is meant, and what to call it in a message.</summary>
    internal static string Locate(string? environment, string? active, out string given)
    {
        if (string.IsNullOrEmpty(environment))
        {
            bool isActive = !string.IsNullOrEmpty(active);
            string name = OperatingSystem.IsWindows() ? "python" : "python3";
            given = isActive ? $"{ActiveVariable} is '{active}', which" : $"The interpreter '{name}' on PATH";
            return isActive ? PythonEnvironment.InterpreterOf(active!) : name;
        }

        given = $"--python-env is '{environment}', which";
        if (Directory.Exists(environment))
        {
            string interpreter = Path.GetFullPath(PythonEnvironment.InterpreterOf(environment));
            return File.Exists(interpreter)
                ? interpreter
                : throw new InvalidInputException(
                    $"--python-env is '{environment}', a folder without '{Path.GetRelativePath(environment, interpreter)}'; name the folder of a virtual environment, or an interpreter.");
        }

        // With a separator it is a path, and one without is looked up on PATH.
        bool isPath = environment.IndexOfAny([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar]) >= 0;
        return isPath || File.Exists(environment)
            ? File.Exists(environment)
                ? Path.GetFullPath(environment)
                : throw new InvalidInputException($"--python-env is '{environment}', which is not there; name the folder of a virtual environment, or an interpreter.")
            : environment;
    }
}

/// <summary>What the worker's script says of functions that it imported.</summary>
/// <param name="TakesReduction">Whether each has a parameter of that name.</param>
/// <param name="Missing">Why they cannot be imported; null where they can.</param>
/// <param name="Fix">What to do about it.</param>
internal sealed record PythonFunctionDescription(bool TakesReduction = false, string? Missing = null, string? Fix = null);

[JsonSerializable(typeof(PythonFunctionDescription))]
internal sealed partial class PythonFunctionJson : JsonSerializerContext;
