using System.Collections.Immutable;
using System.Text.Json;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Tensors;

namespace Conformance.Core.Waivers;

/// <summary>The file of waivers. Read strictly: an unknown field or name, a missing reason or a doubled id is an error.</summary>
public sealed record WaiverFile
{
    /// <summary>The only format there is.</summary>
    public const string CurrentFormat = "conformance-waivers/1";

    /// <summary>The format of the file.</summary>
    public required string Format { get; init; }

    /// <summary>The waivers.</summary>
    public required ImmutableArray<Waiver> Waivers { get; init; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">Its path.</param>
    /// <returns>The waivers.</returns>
    /// <exception cref="InvalidInputException">It cannot be read or is not a valid waiver file.</exception>
    public static ImmutableArray<Waiver> Read(string path)
    {
        try
        {
            return Parse(File.ReadAllBytes(path), path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InvalidInputException(
                $"The waiver file '{path}' cannot be read ({exception.Message.TrimEnd('.')}); give a file in the format {CurrentFormat} with --waivers.", exception);
        }
    }

    /// <summary>Reads the content of a file, as strictly as <see cref="Read"/>.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="path">What messages call the file.</param>
    /// <returns>The waivers.</returns>
    /// <exception cref="InvalidInputException">It is not a valid waiver file.</exception>
    public static ImmutableArray<Waiver> Parse(ReadOnlySpan<byte> json, string path)
    {
        WaiverFile file;
        try
        {
            file = JsonSerializer.Deserialize(json, WaiverJsonContext.Default.WaiverFile)
                ?? throw new JsonException("the file is the JSON value null");
        }
        catch (JsonException exception)
        {
            throw Invalid(path, exception.Message, exception);
        }

        if (file.Format != CurrentFormat)
        {
            throw Invalid(path, $"its format is '{file.Format}'");
        }

        foreach (Waiver waiver in file.Waivers)
        {
            if (string.IsNullOrWhiteSpace(waiver?.Id))
            {
                throw Invalid(path, waiver is null ? "a waiver is null" : "a waiver has no id");
            }

            if (string.IsNullOrWhiteSpace(waiver.Reason) || string.IsNullOrWhiteSpace(waiver.Source))
            {
                throw Invalid(path, $"the waiver '{waiver.Id}' has no reason or no source");
            }

            if (waiver.Implementations.IsDefaultOrEmpty || waiver.Checks.IsDefaultOrEmpty)
            {
                throw Invalid(path, $"the waiver '{waiver.Id}' names no implementations or no checks");
            }

            if (UnknownName(waiver) is { } unknown)
            {
                throw Invalid(path, $"the waiver '{waiver.Id}' names the {unknown}, which does not exist");
            }
        }

        return file.Waivers.GroupBy(waiver => waiver.Id).FirstOrDefault(group => group.Count() > 1) is { } doubled
            ? throw Invalid(path, $"two waivers have the id '{doubled.Key}'")
            : file.Waivers;
    }

    private static string? UnknownName(Waiver waiver) =>
        waiver.DTypes.Any(name => DType.Find(name) is null) ? $"dtype '{waiver.DTypes.First(name => DType.Find(name) is null)}'"
        : waiver.Reductions.Any(name => Reduction.Find(name) is null) ? $"reduction '{waiver.Reductions.First(name => Reduction.Find(name) is null)}'"
        : waiver.Outputs.Any(name => name is not (Judge.LossName or Judge.GradientName)) ? $"output '{waiver.Outputs.First(name => name is not (Judge.LossName or Judge.GradientName))}'"
        : waiver.Checks.Any(check => !Enum.IsDefined(check)) ? $"check '{waiver.Checks.First(check => !Enum.IsDefined(check))}'"
        : null;

    private static InvalidInputException Invalid(string path, string what, Exception? inner = null)
    {
        string message = $"The waiver file '{path}' is not valid: {what.TrimEnd('.')}; correct it by the format {CurrentFormat} that golden/README.md describes.";
        return inner is null ? new InvalidInputException(message) : new InvalidInputException(message, inner);
    }
}
