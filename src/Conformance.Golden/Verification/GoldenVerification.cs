using System.Collections.Immutable;
using System.Globalization;
using Conformance.Core.Judging;
using Conformance.Core.Runs;

namespace Conformance.Golden.Verification;

/// <summary>A verification as data. What is printed is made from it and from nothing else.</summary>
public sealed record GoldenVerification
{
    /// <summary>The format of the JSON that holds it.</summary>
    public const string CurrentFormat = "conformance-verification/1";

    /// <summary>The format.</summary>
    public string Format { get; init; } = CurrentFormat;

    /// <summary>What the process returns.</summary>
    public required int ExitCode { get; init; }

    /// <summary>Why it is not 0.</summary>
    public required ImmutableArray<string> Reasons { get; init; }

    /// <summary>What is close.</summary>
    public required Tolerance Tolerance { get; init; }

    /// <summary>Whether a difference in bits alone was a failure for every implementation.</summary>
    public required bool RequiresBits { get; init; }

    /// <summary>The backends that were asked for.</summary>
    public required ImmutableArray<BackendReport> Backends { get; init; }

    /// <summary>The files.</summary>
    public required ImmutableArray<FileVerification> Files { get; init; }

    /// <summary>A verification and what it comes to: failures outweigh a missing backend, which outweighs that nothing was compared.</summary>
    /// <param name="tolerance">What was close.</param>
    /// <param name="requiresBits">Whether a difference in bits alone was a failure.</param>
    /// <param name="required">The backends that had to be available.</param>
    /// <param name="backends">The backends that were asked for.</param>
    /// <param name="files">The files.</param>
    /// <param name="mismatches">Where the golden folder is not as its manifest says, each a failure.</param>
    /// <returns>The verification.</returns>
    public static GoldenVerification Of(
        Tolerance tolerance,
        bool requiresBits,
        IReadOnlyCollection<string> required,
        ImmutableArray<BackendReport> backends,
        ImmutableArray<FileVerification> files,
        ImmutableArray<string> mismatches = default)
    {
        ImmutableArray<string> failures =
        [
            .. mismatches.IsDefault ? [] : mismatches,
            .. from file in files
               where file.Failures > 0
               select string.Create(CultureInfo.InvariantCulture, $"{file.Failures} {(file.Failures == 1 ? "failure" : "failures")} in {file.Path}"),
        ];
        ImmutableArray<string> missing =
        [
            .. from name in required
               let backend = backends.FirstOrDefault(backend => backend.Name == name)
               where backend is not { IsAvailable: true }
               select $"{name} is required and not available: {backend?.Missing ?? "it is not among --backends"}",
        ];

        // A file may have truths alone. Where it has recorded outputs, truths do not stand in for them.
        bool isNothing = files.All(file => file.Implementations.IsEmpty
            ? file.Expected.Tests == 0
            : file.Implementations.All(implementation => implementation.State != VerificationState.Verified || implementation.Tests == 0));
        ImmutableArray<string> nothing = isNothing ? ["no recorded output could be compared"] : [];
        return new GoldenVerification
        {
            ExitCode = !failures.IsEmpty ? 1 : !missing.IsEmpty ? 3 : isNothing ? 4 : 0,
            Reasons = [.. failures, .. missing, .. nothing],
            Tolerance = tolerance,
            RequiresBits = requiresBits,
            Backends = backends,
            Files = files,
        };
    }
}
