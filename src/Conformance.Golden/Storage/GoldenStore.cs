using System.Diagnostics;
using System.Globalization;
using Conformance.Core;

namespace Conformance.Golden.Storage;

/// <summary>
/// The golden folder, open for an act: several files change together or not at all, whatever happens in between, and by one process at a
/// time.
/// </summary>
/// <remarks>
/// The new contents are written beside the old ones and then renamed over them, see <see cref="GoldenJournal"/>. Who opens the folder
/// first ends what a process left that was killed.
/// </remarks>
public sealed class GoldenStore : IDisposable
{
    /// <summary>The file whose being open means that somebody is at work. It stays, since to delete it would let two in.</summary>
    public const string LockFile = ".lock";

    /// <summary>The folder in which an act is prepared, below the golden folder.</summary>
    public const string JournalFolder = ".act";

    /// <summary>What is added to a file's name for what was to be written and could not be.</summary>
    public const string RejectedExtension = ".rej";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly string _folder;
    private readonly ActFiles _files;
    private readonly GoldenJournal _journal;
    private readonly FileStream _lock;

    private GoldenStore(string folder, ActFiles files, FileStream opened)
    {
        _folder = folder;
        _files = files;
        _journal = new GoldenJournal(folder, files);
        _lock = opened;
    }

    /// <summary>Reads files of a golden folder as one state: never some from before an act and some from after it.</summary>
    /// <typeparam name="T">What is read.</typeparam>
    /// <param name="folder">The golden folder.</param>
    /// <param name="read">Reads; called again if an act came between.</param>
    /// <returns>What was read.</returns>
    /// <exception cref="InvalidInputException">An act that somebody left unfinished cannot be ended, or reading failed.</exception>
    public static T Read<T>(string folder, Func<T> read)
    {
        GoldenJournal journal = new(folder, new ActFiles());
        Stopwatch elapsed = Stopwatch.StartNew();
        while (true)
        {
            WaitForDecided(folder, journal, elapsed);
            byte[] before = StampOf(folder);
            try
            {
                T value = read();
                if (IsUnmoved())
                {
                    return value;
                }
            }
            catch (InvalidInputException) when (!IsUnmoved() && elapsed.Elapsed < Patience)
            {
                // What could not be read is no longer what is there.
            }

            if (elapsed.Elapsed >= Patience)
            {
                throw Busy(folder, null);
            }

            bool IsUnmoved() => !journal.IsDecided && before.AsSpan().SequenceEqual(StampOf(folder));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    /// <summary>Opens a golden folder for an act, and ends what was left unfinished there.</summary>
    /// <param name="folder">The golden folder.</param>
    /// <returns>The store; disposing it lets the next one in.</returns>
    /// <exception cref="InvalidInputException">Somebody else is at work, or the folder cannot be written.</exception>
    internal static GoldenStore Open(string folder) => Open(folder, new ActFiles());

    /// <summary>Opens a folder with other file operations.</summary>
    /// <param name="folder">The golden folder.</param>
    /// <param name="files">The file operations.</param>
    /// <returns>The store.</returns>
    internal static GoldenStore Open(string folder, ActFiles files)
    {
        FileStream opened;
        try
        {
            opened = OpenLock(folder);
        }
        catch (IOException exception) when (IsInUse(exception))
        {
            throw Busy(folder, exception);
        }
        catch (Exception exception) when (IsFileFault(exception))
        {
            throw Unwritable(folder, exception);
        }

        GoldenStore store = new(folder, files, opened);
        try
        {
            store._journal.Settle();
            return store;
        }
        catch (Exception exception)
        {
            store.Dispose();
            if (IsFileFault(exception))
            {
                throw Unwritable(folder, exception);
            }

            throw;
        }
    }

    /// <summary>Carries out an act.</summary>
    /// <param name="changes">What each file is to be; the manifest with them.</param>
    /// <exception cref="InvalidInputException">
    /// A file could not be written. The old files are there, and beside them, where that was possible, the new contents with
    /// <see cref="RejectedExtension"/>.
    /// </exception>
    internal void Write(IReadOnlyList<GoldenChange> changes)
    {
        try
        {
            _journal.Prepare(changes);
        }
        catch (Exception exception) when (IsFileFault(exception))
        {
            TryQuietly(_journal.Discard);
            throw Rejected(changes, exception);
        }

        try
        {
            _journal.RollForward();
        }
        catch (Exception exception) when (IsFileFault(exception))
        {
            RollBack(exception);
            throw Rejected(changes, exception);
        }

        foreach (GoldenChange change in changes)
        {
            TryQuietly(() => _files.Delete(RejectedPath(change)));
        }
    }

    // A decided act is carried out by whoever is at work, or by nobody any more, and then here.
    private static void WaitForDecided(string folder, GoldenJournal journal, Stopwatch elapsed)
    {
        while (journal.IsDecided)
        {
            try
            {
                using FileStream opened = OpenLock(folder);
                if (journal.IsDecided)
                {
                    journal.Settle();
                }
            }
            catch (IOException exception) when (IsInUse(exception))
            {
                if (elapsed.Elapsed >= Patience)
                {
                    throw Busy(folder, exception);
                }

                Thread.Sleep(Pause);
            }
            catch (Exception exception) when (IsFileFault(exception))
            {
                throw new InvalidInputException(
                    $"An act on '{folder}' was left unfinished and cannot be ended here ({exception.Message.TrimEnd('.')}); run 'conformance golden verify' as somebody who may write there.", exception);
            }
        }
    }

    private static FileStream OpenLock(string folder) =>
        new(Path.Combine(folder, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);

    // Every act writes the manifest anew.
    private static byte[] StampOf(string folder)
    {
        try
        {
            return File.ReadAllBytes(Path.Combine(folder, GoldenManifest.FileName));
        }
        catch (Exception exception) when (IsFileFault(exception))
        {
            return [];
        }
    }

    private static bool IsFileFault(Exception exception) => exception is IOException or UnauthorizedAccessException;

    // EAGAIN of Linux and of macOS, sharing and lock violation of Windows.
    private static bool IsInUse(IOException exception) => exception.HResult is 11 or 35 or unchecked((int)0x80070020) or unchecked((int)0x80070021);

    private static void TryQuietly(Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception) when (IsFileFault(exception))
        {
            // What is left over does no harm: the next act deletes it.
        }
    }

    private static InvalidInputException Busy(string folder, Exception? inner)
    {
        string message = $"Another process is changing '{folder}'; wait until it has ended, and do this again.";
        return inner is null ? new InvalidInputException(message) : new InvalidInputException(message, inner);
    }

    private static InvalidInputException Unwritable(string folder, Exception exception) => new(
        $"The golden folder '{folder}' cannot be written ({exception.Message.TrimEnd('.')}); make room or permissions there, and do this again.", exception);

    private void RollBack(Exception cause)
    {
        try
        {
            _journal.RollBack();
        }
        catch (Exception exception) when (IsFileFault(exception))
        {
            throw new InvalidInputException(
                $"The act on '{_folder}' could be neither carried out ({cause.Message.TrimEnd('.')}) nor taken back ({exception.Message.TrimEnd('.')}); make room or permissions there, and the next golden verb ends it.", exception);
        }
    }

    private string RejectedPath(GoldenChange change) => Path.Combine(_folder, change.Path + RejectedExtension);

    private InvalidInputException Rejected(IReadOnlyList<GoldenChange> changes, Exception exception)
    {
        List<string> kept = [];
        string? failure = null;
        foreach (GoldenChange change in changes.Where(change => change.Content is not null && change.Path != GoldenManifest.FileName))
        {
            string path = RejectedPath(change);
            try
            {
                _files.Write(path, change.Content!.Value.Span);
                kept.Add($"'{path}'");
            }
            catch (Exception rejected) when (IsFileFault(rejected))
            {
                failure ??= rejected.Message.TrimEnd('.');
                TryQuietly(() => File.Delete(path));
            }
        }

        string where = failure is null
            ? $"what was to be written lies in {string.Join(", ", kept)}"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"what was to be written could not be kept either ({failure}){(kept.Count == 0 ? string.Empty : $", but for {string.Join(", ", kept)}")}");
        return new InvalidInputException(
            $"No golden file was changed, since one could not be written ({exception.Message.TrimEnd('.')}), and {where}; make room or permissions in '{_folder}', and do this again.", exception);
    }
}
