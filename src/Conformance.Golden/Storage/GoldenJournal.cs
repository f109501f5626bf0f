using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Conformance.Core;

namespace Conformance.Golden.Storage;

/// <summary>
/// The folder in which an act over several files is prepared. Until its marker is there the act has not happened; from then on it has, and
/// whoever finds it carries it out. Every step may be repeated, so that it does not matter where a process ended.
/// </summary>
/// <param name="folder">The golden folder.</param>
/// <param name="files">The file operations.</param>
internal sealed class GoldenJournal(string folder, ActFiles files)
{
    private readonly string _journal = Path.Combine(folder, GoldenStore.JournalFolder);

    /// <summary>Whether the files are to be brought to one of the two states: what is there may be between.</summary>
    public bool IsDecided => File.Exists(CommitMarker) || File.Exists(RollbackMarker);

    private string CommitMarker => Path.Combine(_journal, "commit.json");

    private string RollbackMarker => Path.Combine(_journal, "rollback.json");

    /// <summary>Writes old and new contents beside the files, and the marker last.</summary>
    /// <param name="changes">The changes.</param>
    public void Prepare(IReadOnlyList<GoldenChange> changes)
    {
        Directory.CreateDirectory(_journal);
        JournalRecord.Entry[] entries = new JournalRecord.Entry[changes.Count];
        for (int i = 0; i < changes.Count; i++)
        {
            GoldenChange change = changes[i];
            string target = TargetOf(change.Path);
            bool wasThere = File.Exists(target);
            if (wasThere)
            {
                files.Write(Old(i), File.ReadAllBytes(target));
            }

            if (change.Content is { } content)
            {
                files.Write(New(i), content.Span);
            }

            entries[i] = new JournalRecord.Entry(change.Path, change.Content is { } written ? HashOf(written.Span) : null, wasThere);
        }

        string partial = Path.Combine(_journal, "commit.partial");
        files.Write(partial, JsonSerializer.SerializeToUtf8Bytes(new JournalRecord([.. entries]), JournalJson.Default.JournalRecord));
        files.Move(partial, CommitMarker);
    }

    /// <summary>Brings every file to its new state, and ends the journal.</summary>
    public void RollForward()
    {
        JournalRecord record = ReadMarker(CommitMarker);
        for (int i = 0; i < record.Entries.Length; i++)
        {
            JournalRecord.Entry entry = record.Entries[i];
            string target = TargetOf(entry.Path);
            if (entry.NewSha256 is null)
            {
                files.Delete(target);
            }
            else if (File.Exists(New(i)))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                files.Move(New(i), target);
            }
            else if (!File.Exists(target) || HashOf(File.ReadAllBytes(target)) != entry.NewSha256)
            {
                throw Damaged($"'{entry.Path}' is neither prepared nor written");
            }
        }

        files.DeleteFolder(_journal);
    }

    /// <summary>Brings every file to its old state, and ends the journal.</summary>
    public void RollBack()
    {
        if (File.Exists(CommitMarker))
        {
            files.Move(CommitMarker, RollbackMarker);
        }

        JournalRecord record = ReadMarker(RollbackMarker);
        for (int i = 0; i < record.Entries.Length; i++)
        {
            string target = TargetOf(record.Entries[i].Path);
            if (!record.Entries[i].WasThere)
            {
                files.Delete(target);
            }
            else if (File.Exists(Old(i)))
            {
                files.Move(Old(i), target);
            }
        }

        files.DeleteFolder(_journal);
    }

    /// <summary>Ends what an act left that did not come to its end: carried out where it was decided, discarded otherwise.</summary>
    public void Settle()
    {
        if (File.Exists(RollbackMarker))
        {
            RollBack();
        }
        else if (File.Exists(CommitMarker))
        {
            RollForward();
        }
        else
        {
            Discard();
        }
    }

    /// <summary>Deletes what was prepared and is not decided.</summary>
    public void Discard()
    {
        if (Directory.Exists(_journal))
        {
            files.DeleteFolder(_journal);
        }
    }

    private static string HashOf(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private string TargetOf(string path) => Path.Combine(folder, path);

    private string New(int index) => Path.Combine(_journal, string.Create(CultureInfo.InvariantCulture, $"{index}.new"));

    private string Old(int index) => Path.Combine(_journal, string.Create(CultureInfo.InvariantCulture, $"{index}.old"));

    private JournalRecord ReadMarker(string path)
    {
        JournalRecord record;
        try
        {
            record = JsonSerializer.Deserialize(File.ReadAllBytes(path), JournalJson.Default.JournalRecord) ?? throw Damaged("its marker is null");
        }
        catch (JsonException exception)
        {
            throw Damaged(exception.Message.TrimEnd('.'));
        }

        // Who brought the marker in from elsewhere must not reach beyond the files that acts change.
        return record.Entries.FirstOrDefault(entry => entry.Path != GoldenManifest.FileName && !GoldenManifestEntry.IsListed(entry.Path)) is { } foreign
            ? throw Damaged($"it is to change '{foreign.Path}', where only {GoldenManifest.FileName}, {GoldenManifest.ListedFiles} are allowed")
            : record;
    }

    private InvalidInputException Damaged(string what) => new(
        $"The unfinished act in '{_journal}' cannot be carried out: {what}; bring the golden folder back from version control, and delete that folder.");
}
