using System.Text.Json;
using Conformance.Core;
using Conformance.Core.Runs;

namespace Conformance.Cli;

/// <summary>The file that holds a run.</summary>
internal static class RunFile
{
    /// <summary>Its name in the folder of <c>--out</c>.</summary>
    public const string Name = "run.json";

    /// <summary>The file that a user means.</summary>
    /// <param name="path">The file, or the folder that holds it.</param>
    public static string PathOf(string path) => Directory.Exists(path) ? Path.Combine(path, Name) : path;

    /// <summary>Reads a run.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidInputException">It cannot be read or is not a run.</exception>
    public static Run Read(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            Run run = RunJson.Read(stream);
            return run.Format != Run.CurrentFormat
                ? throw new InvalidInputException($"'{path}' has the format '{run.Format}', and this version reads {Run.CurrentFormat}; give what 'conformance run' of this version wrote.")
                : RunFault.Find(run) is { } fault ? throw new InvalidInputException($"'{path}' is damaged: {fault}; give the {Name} as 'conformance run' wrote it.")
                : run;
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            throw new InvalidInputException($"'{path}' is not a run ({exception.Message.TrimEnd('.')}); give the {Name} that 'conformance run' wrote.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InvalidInputException($"The run '{path}' cannot be read ({exception.Message.TrimEnd('.')}); give the {Name} that 'conformance run' wrote, or its folder.", exception);
        }
    }
}
