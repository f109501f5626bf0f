namespace Conformance.Core.Backends;

/// <summary>What became of one request.</summary>
/// <param name="Outcome">Whether outputs were written, or why not.</param>
/// <param name="Loss">What the implementation returned as loss; null unless completed.</param>
/// <param name="Gradient">What it returned as gradient; null unless completed and asked for.</param>
/// <param name="Message">The reason, where it did not complete.</param>
public sealed record Evaluation(Outcome Outcome, OutputSignature? Loss = null, OutputSignature? Gradient = null, string? Message = null)
{
    /// <summary>The version of the backend that returned this when it was recorded; null where it was evaluated now.</summary>
    public string? Recorded { get; init; }

    /// <summary>Whether the implementation was not asked, since too many evaluations before ended as <see cref="Outcome"/> says.</summary>
    public bool IsGivenUp { get; init; }

    /// <summary>The completed evaluation of a request whose outputs have the requested shapes and dtypes.</summary>
    /// <param name="request">The request.</param>
    /// <returns>A completed evaluation.</returns>
    public static Evaluation Completed(EvaluationRequest request) => new(
        Outcome.Completed,
        OutputSignature.Of(request.Loss),
        request.Gradient is null ? null : OutputSignature.Of(request.Gradient));
}
