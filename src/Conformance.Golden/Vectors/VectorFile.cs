using System.Collections.Immutable;
using Conformance.Core;

namespace Conformance.Golden.Vectors;

/// <summary>Inputs of a loss, and what came or should come of them, as bits in a file.</summary>
public sealed record VectorFile
{
    /// <summary>The only format there is.</summary>
    public const string CurrentFormat = "conformance-vectors/1";

    /// <summary>The name of the vector file in the folder of a run.</summary>
    public const string RunFileName = "vectors.json";

    /// <summary>The format of the file.</summary>
    public required string Format { get; init; }

    /// <summary>The loss's name.</summary>
    public required string Loss { get; init; }

    /// <summary>What made the file; null where nobody said.</summary>
    public VectorSource? Source { get; init; }

    /// <summary>On what the recorded outputs were made, as names and values: operating system, processor, versions. Empty where nobody said.</summary>
    public ImmutableSortedDictionary<string, string> Provenance
    {
        get => field ?? ImmutableSortedDictionary<string, string>.Empty;
        init => field = value?.WithComparers(StringComparer.Ordinal);
    }

    /// <summary>The acts by which the file came to be as it is, the oldest first.</summary>
    public ImmutableArray<VectorAct> History
    {
        get => field.IsDefault ? [] : field;
        init;
    }

    /// <summary>The causes for which tests are there.</summary>
    public ImmutableSortedDictionary<string, VectorFlag> Flags
    {
        get => field ?? ImmutableSortedDictionary<string, VectorFlag>.Empty;
        init => field = value?.WithComparers(StringComparer.Ordinal);
    }

    /// <summary>The number of tests, stated so that a file that lost some is noticed.</summary>
    public required int Count { get; init; }

    /// <summary>The tests.</summary>
    public required ImmutableArray<VectorTest> Tests { get; init; }

    /// <summary>Reads a file strictly: whatever the format does not define is an error.</summary>
    /// <param name="path">Its path.</param>
    /// <returns>The file.</returns>
    /// <exception cref="InvalidInputException">It cannot be read or is not a valid vector file.</exception>
    public static VectorFile Read(string path)
    {
        byte[] json;
        try
        {
            json = File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InvalidInputException(
                $"The vector file '{path}' cannot be read ({exception.Message.TrimEnd('.')}); give a file in the format {CurrentFormat}.", exception);
        }

        return Parse(json, path);
    }

    /// <summary>Reads the content of a file, as strictly as <see cref="Read"/>.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="name">What messages call the file.</param>
    /// <returns>The file.</returns>
    /// <exception cref="InvalidInputException">It is not a valid vector file.</exception>
    public static VectorFile Parse(ReadOnlySpan<byte> json, string name) => VectorFileReader.Parse(json, name);

    /// <summary>Writes the file in the one way in which it is written: equal files have equal bytes.</summary>
    /// <param name="destination">Receives UTF-8.</param>
    public void Write(Stream destination) => VectorFileWriter.Write(this, destination);
}
