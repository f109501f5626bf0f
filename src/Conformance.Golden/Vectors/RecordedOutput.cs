using Conformance.Core.Backends;
using Conformance.Core.Judging;
using Conformance.Core.Tensors;

namespace Conformance.Golden.Vectors;

/// <summary>What one implementation made of one test: a loss with or without a gradient, or an error.</summary>
public sealed record RecordedOutput
{
    // Ids of implementations have none.
    private const char VersionMark = '@';

    /// <summary>The version of the implementation's backend.</summary>
    public required string Version { get; init; }

    /// <summary>The loss in the test's dtype, to which a result of another dtype was converted; null where there is an error.</summary>
    public VectorTensor? Loss { get; init; }

    /// <summary>The gradient, likewise; null also where none was asked for.</summary>
    public VectorTensor? Gradient { get; init; }

    /// <summary>How it ended, where it returned nothing usable.</summary>
    public RecordedError? Error { get; init; }

    /// <summary>An output as a file has it.</summary>
    /// <param name="version">The version of the implementation's backend.</param>
    /// <param name="output">The output; its tensors are copied.</param>
    /// <returns>The record. An output of another shape than the case asks for is an error.</returns>
    public static RecordedOutput Of(string version, CaseOutput output)
    {
        Evaluation evaluation = output.Evaluation;
        RecordedError? error = evaluation.Outcome != Outcome.Completed
            ? new RecordedError { Type = evaluation.Outcome.ToString(), Message = evaluation.Message ?? "No message." }
            : FindMisfit("loss", output.Loss, evaluation.Loss)
                ?? (output.Gradient is null ? null : FindMisfit("gradient", output.Gradient, evaluation.Gradient));
        return error is null
            ? new RecordedOutput
            {
                Version = version,
                Loss = VectorTensor.Of(output.Loss),
                Gradient = output.Gradient is null ? null : VectorTensor.Of(output.Gradient),
            }
            : new RecordedOutput { Version = version, Error = error };
    }

    /// <summary>The version that is recorded for the implementations of a backend: that of the component of its name.</summary>
    /// <param name="backend">The backend's name.</param>
    /// <param name="status">What it reported.</param>
    /// <returns>The version, or <c>unknown</c>.</returns>
    public static string VersionOf(string backend, BackendStatus status) => status.Versions.GetValueOrDefault(backend, "unknown");

    /// <summary>The key of a further version of an implementation.</summary>
    internal static string KeyOf(string implementation, string version) => $"{implementation}{VersionMark}{version}";

    /// <summary>The id of an implementation, and the version that may stand behind it in a key.</summary>
    internal static (string Implementation, string? Version) Split(string key)
    {
        int mark = key.IndexOf(VersionMark, StringComparison.Ordinal);
        return mark < 0 ? (key, null) : (key[..mark], key[(mark + 1)..]);
    }

    private static RecordedError? FindMisfit(string name, Tensor wanted, OutputSignature? returned) =>
        returned is null ? new RecordedError { Type = nameof(Outcome.Error), Message = $"It returned no {name}." }
        : returned.Shape.Equals(wanted.Shape) ? null
        : new RecordedError
        {
            Type = nameof(Outcome.Error),
            Message = $"It returned a {name} of shape [{returned.Shape}], where the case asks for [{wanted.Shape}].",
        };
}
