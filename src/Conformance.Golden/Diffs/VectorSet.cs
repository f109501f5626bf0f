using System.Collections.Immutable;
using System.Globalization;
using Conformance.Core;
using Conformance.Core.Losses;
using Conformance.Golden.Storage;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Diffs;

/// <summary>One side of a comparison: tests with what implementations returned, of one file or of several, in one version where one is selected.</summary>
public sealed class VectorSet
{
    private readonly Dictionary<(string Loss, string Id), VectorTest> _tests = [];
    private readonly Dictionary<(string Loss, string Id), string> _paths = [];
    private readonly SortedDictionary<string, SortedSet<string>> _provenance = new(StringComparer.Ordinal);
    private readonly string? _version;

    private VectorSet(string name, string? version)
    {
        Name = name;
        _version = version;
    }

    /// <summary>What the side is called: what the user gave.</summary>
    public string Name { get; }

    /// <summary>The tests with their losses' names, in the order of the files.</summary>
    public IEnumerable<(Loss Loss, VectorTest Test)> Tests => _tests.Select(test => (Loss.Find(test.Key.Loss)!, test.Value));

    /// <summary>The implementations that are recorded in this version.</summary>
    public IEnumerable<string> Implementations => _tests.Values
        .SelectMany(test => test.Recorded.Keys.Select(IdOf).Distinct().Where(id => FindOutput(test, id) is not null))
        .Distinct();

    /// <summary>On what the outputs were made: names, and the values of all files.</summary>
    public IReadOnlyDictionary<string, string> Provenance =>
        _provenance.ToDictionary(entry => entry.Key, entry => string.Join(", ", entry.Value), StringComparer.Ordinal);

    /// <summary>Reads a side.</summary>
    /// <param name="argument">A run's folder, a golden folder or a vector file, each with or without <c>@VERSION</c>.</param>
    /// <returns>The side.</returns>
    /// <exception cref="InvalidInputException">It is none of these, cannot be read, or has no output of that version.</exception>
    public static VectorSet Read(string argument)
    {
        (string path, string? version) = Split(argument);
        return Of(argument, version, FilesOf(path).Select(file => (file, VectorFile.Read(file))));
    }

    /// <summary>A side of files that were read.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="version">The version to select; null for what stands under the implementations' own ids.</param>
    /// <param name="files">The files with their paths.</param>
    /// <returns>The side.</returns>
    /// <exception cref="InvalidInputException">A test has no id or is there twice, or no output is of that version.</exception>
    public static VectorSet Of(string name, string? version, IEnumerable<(string Path, VectorFile File)> files)
    {
        VectorSet set = new(name, version);
        foreach ((string path, VectorFile file) in files)
        {
            set.Add(path, file);
        }

        if (version is not null && !set.Implementations.Any())
        {
            string[] versions = [.. set._tests.Values.SelectMany(test => test.Recorded.Values).Select(output => output.Version).Distinct().Order(StringComparer.Ordinal)];
            throw new InvalidInputException(versions.Length == 0
                ? $"'{name}' selects the version '{version}', and no output is recorded there at all; name a file that 'conformance run --vectors' or 'golden record' wrote."
                : $"'{name}' selects the version '{version}', of which nothing is recorded there; select one of {string.Join(", ", versions)}.");
        }

        return set;
    }

    /// <summary>The test of that id.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="id">The id.</param>
    /// <returns>The test; null where there is none.</returns>
    public VectorTest? FindTest(Loss loss, string id) => _tests.GetValueOrDefault((loss.Name, id));

    /// <summary>The file that a test is in.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="id">The id of a test that is there.</param>
    /// <returns>Its path.</returns>
    public string PathOf(Loss loss, string id) => _paths[(loss.Name, id)];

    /// <summary>What an implementation returned for a test, in the selected version.</summary>
    /// <param name="test">A test of this side.</param>
    /// <param name="implementation">The implementation's id.</param>
    /// <returns>The output; null where none is recorded.</returns>
    public RecordedOutput? FindOutput(VectorTest test, string implementation) =>
        test.Recorded.TryGetValue(implementation, out RecordedOutput? output) && (_version is null || output.Version == _version) ? output
        : _version is not null ? test.Recorded.GetValueOrDefault(RecordedOutput.KeyOf(implementation, _version))
        : null;

    private static (string Path, string? Version) Split(string argument)
    {
        int at = argument.LastIndexOf('@');
        return at > 0 && !File.Exists(argument) && !Directory.Exists(argument) && (File.Exists(argument[..at]) || Directory.Exists(argument[..at]))
            ? (argument[..at], argument[(at + 1)..])
            : (argument, null);
    }

    private static string[] FilesOf(string path)
    {
        if (File.Exists(path))
        {
            return [path];
        }

        const string what = "name the folder of a run with --vectors, a golden folder, or a vector file, with @VERSION behind it for one recorded version";
        if (!Directory.Exists(path))
        {
            throw new InvalidInputException($"There is no '{path}'; {what}.");
        }

        string run = Path.Combine(path, VectorFile.RunFileName);
        string golden = Path.Combine(path, GoldenManifest.VectorFolder);
        string[] files = File.Exists(run) ? [run]
            : Directory.Exists(golden) ? [.. Directory.EnumerateFiles(golden, "*.json").Order(StringComparer.Ordinal)]
            : [];
        return files.Length > 0
            ? files
            : throw new InvalidInputException($"In the folder '{path}' there is neither {VectorFile.RunFileName} nor a vector file in the folder {GoldenManifest.VectorFolder}; {what}.");
    }

    private static string IdOf(string key) => RecordedOutput.Split(key).Implementation;

    private void Add(string path, VectorFile file)
    {
        for (int i = 0; i < file.Tests.Length; i++)
        {
            VectorTest test = file.Tests[i];
            if (test.Id is null)
            {
                throw new InvalidInputException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Test number {i + 1} of '{path}' has no id, by which it could be found on the other side; give every test an id."));
            }

            (string Loss, string Id) key = (file.Loss, test.Id);
            if (!_tests.TryAdd(key, test))
            {
                throw new InvalidInputException($"The test '{test.Id}' is both in '{_paths[key]}' and in '{path}'; compare a set in which every id is there once.");
            }

            _paths.Add(key, path);
            foreach (string implementation in test.Recorded.Keys.Select(IdOf).Distinct())
            {
                if (FindOutput(test, implementation) is { } output)
                {
                    NoteProvenance(VectorProvenance.VersionPrefix + implementation.Split('/')[0], output.Version);
                }
            }
        }

        // What a file says of itself need not be true of every version that it holds.
        if (_version is null)
        {
            foreach ((string name, string value) in file.Provenance)
            {
                NoteProvenance(name, value);
            }
        }
    }

    private void NoteProvenance(string name, string value)
    {
        if (!_provenance.TryGetValue(name, out SortedSet<string>? values))
        {
            _provenance.Add(name, values = new SortedSet<string>(StringComparer.Ordinal));
        }

        values.Add(value);
    }
}
