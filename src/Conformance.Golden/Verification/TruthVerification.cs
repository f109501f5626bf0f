namespace Conformance.Golden.Verification;

/// <summary>How the expected outputs of a file compare with what the oracle derives from the inputs.</summary>
/// <param name="Tests">The tests that have expected outputs.</param>
/// <param name="Elements">The elements of their losses and gradients.</param>
/// <param name="Moved">The elements of which a bit differs.</param>
public sealed record TruthVerification(int Tests, long Elements, long Moved);
