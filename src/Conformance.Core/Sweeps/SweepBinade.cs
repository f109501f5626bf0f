namespace Conformance.Core.Sweeps;

/// <summary>The wrong outputs at the logits of one binade.</summary>
/// <param name="Logits">The binade, as "[2^3, 2^4)".</param>
/// <param name="Index">Its index: the sign and exponent bits of its logits.</param>
/// <param name="Misrounded">How many outputs are not the correctly rounded truth.</param>
/// <param name="Worst">The worst by its error; null where all are NaN, infinite or flushed.</param>
public sealed record SweepBinade(string Logits, int Index, long Misrounded, SweepExtreme? Worst);
