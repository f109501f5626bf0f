using System.Security.Cryptography;
using System.Text;

namespace Conformance.Python;

/// <summary>
/// A folder that whoever needs it first makes, under a file lock, elsewhere, and moves to its place when it is complete. What
/// a killed process leaves behind is never used, nor written to by another, even while its pip lives on.
/// </summary>
internal static class CompletedFolder
{
    private const string Mark = "conformance-complete";
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(250);

    /// <summary>A name that changes with a file's text, whatever its line ends.</summary>
    public static string HashOf(string file)
    {
        string content = File.ReadAllText(file).ReplaceLineEndings("\n");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)))[..16];
    }

    public static bool IsComplete(string folder) => File.Exists(Path.Combine(folder, Mark));

    /// <summary>Makes a folder unless it is complete.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="make">Makes it in the folder that it is given, and gives null or what went wrong.</param>
    /// <param name="progress">Receives lines about long work.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What went wrong, in a sentence; null where the folder is complete.</returns>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static async Task<string?> EnsureAsync(
        string folder, Func<string, Task<string?>> make, IProgress<string> progress, CancellationToken cancellationToken)
    {
        if (IsComplete(folder))
        {
            return null;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        await using FileStream exclusive = await LockAsync(folder + ".lock", progress, cancellationToken).ConfigureAwait(false);
        if (IsComplete(folder))
        {
            return null;
        }

        string parent = Path.GetDirectoryName(folder)!;
        string partialPrefix = Path.GetFileName(folder) + ".partial-";
        foreach (string leftover in Directory.EnumerateDirectories(parent, partialPrefix + "*").Append(folder).Where(Directory.Exists))
        {
            progress.Report("Removing an interrupted set-up of the Python environment.");
            Remove(leftover);
        }

        string attempt = Path.Combine(parent, $"{partialPrefix}{Guid.NewGuid():N}");
        try
        {
            if (await make(attempt).ConfigureAwait(false) is { } problem)
            {
                return problem;
            }

            await File.WriteAllTextAsync(Path.Combine(attempt, Mark), string.Empty, cancellationToken).ConfigureAwait(false);
            Directory.Move(attempt, folder);
            return null;
        }
        finally
        {
            Remove(attempt);
        }
    }

    private static void Remove(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (IOException)
        {
            // The pip of a killed process may still write there; the next set-up tries again.
        }
    }

    private static async Task<FileStream> LockAsync(string path, IProgress<string> progress, CancellationToken cancellationToken)
    {
        for (bool isFirst = true; ; isFirst = false)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                if (isFirst)
                {
                    progress.Report("Waiting for another process that sets up the Python environment.");
                }

                await Task.Delay(LockPoll, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
