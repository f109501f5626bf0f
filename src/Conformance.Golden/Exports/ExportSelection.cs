using System.Collections.Immutable;
using System.Globalization;
using Conformance.Core;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Exports;

/// <summary>The tests that leave, and what is common to them.</summary>
/// <param name="Loss">The loss's name.</param>
/// <param name="Flags">The causes for which tests are there.</param>
/// <param name="Tests">The tests, in the order of their files.</param>
public sealed record ExportSelection(string Loss, ImmutableSortedDictionary<string, VectorFlag> Flags, ImmutableArray<ExportedTest> Tests)
{
    /// <summary>Takes the wanted tests out of files.</summary>
    /// <param name="files">The files with their paths; at least one.</param>
    /// <param name="flags">The flags of which a test must have one; empty for any.</param>
    /// <param name="dtypes">The dtypes; empty for all.</param>
    /// <param name="layouts">The layouts; empty for all.</param>
    /// <param name="toTruth">Gives a file whose tests have the truth in place of one in which it is not stated.</param>
    /// <returns>The tests; none is possible.</returns>
    /// <exception cref="InvalidInputException">
    /// No file has such a flag, the files are of several losses, or two tests have the same name.
    /// </exception>
    public static ExportSelection Of(
        IReadOnlyList<(string Path, VectorFile File)> files,
        IReadOnlyCollection<string> flags,
        IReadOnlyCollection<string> dtypes,
        IReadOnlyCollection<string> layouts,
        Func<string, VectorFile, VectorFile> toTruth)
    {
        if (files.FirstOrDefault(file => file.File.Loss != files[0].File.Loss) is { File: not null } other)
        {
            throw new InvalidInputException(
                $"'{files[0].Path}' is of the loss '{files[0].File.Loss}' and '{other.Path}' of '{other.File.Loss}'; export the files of one loss at a time.");
        }

        var declared = files.SelectMany(file => file.File.Flags).DistinctBy(flag => flag.Key).ToImmutableSortedDictionary(StringComparer.Ordinal);
        if (flags.FirstOrDefault(flag => !declared.ContainsKey(flag)) is { } unknown)
        {
            throw new InvalidInputException(
                $"There is no flag '{unknown}' in {string.Join(", ", files.Select(file => $"'{file.Path}'"))}; "
                + (declared.IsEmpty ? "these files have no flags, so leave --flag out." : $"use one or more of {string.Join(", ", declared.Keys)}, separated by commas."));
        }

        List<ExportedTest> selected = [];
        Dictionary<string, string> pathOf = new(StringComparer.Ordinal);
        foreach ((string path, VectorFile file) in files)
        {
            (string Name, VectorTest Test)[] wanted =
            [
                .. file.Tests.Select((test, i) => (Name: test.Id ?? string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileNameWithoutExtension(path)}/{i + 1}"), Test: test))
                    .Where(entry => (flags.Count == 0 || entry.Test.Flags.Any(flags.Contains))
                        && (dtypes.Count == 0 || dtypes.Contains(entry.Test.DType))
                        && (layouts.Count == 0 || (entry.Test.Layout is { } layout && layouts.Contains(layout)))),
            ];
            Queue<VectorTest> computed = new(toTruth(path, file with { Tests = [.. wanted.Where(entry => entry.Test.Expected is null).Select(entry => entry.Test)] }).Tests);
            foreach ((string name, VectorTest test) in wanted)
            {
                if (!pathOf.TryAdd(name, path))
                {
                    throw new InvalidInputException($"'{path}' has a test '{name}', and so has '{pathOf[name]}'; export them one at a time, or give each file once.");
                }

                selected.Add(new ExportedTest(name, test.Expected is null ? computed.Dequeue() : test));
            }
        }

        HashSet<string> used = [.. selected.SelectMany(test => test.Test.Flags)];
        return new ExportSelection(
            files[0].File.Loss, declared.Where(flag => used.Contains(flag.Key)).ToImmutableSortedDictionary(StringComparer.Ordinal), [.. selected]);
    }
}
