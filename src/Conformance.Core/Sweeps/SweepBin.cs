namespace Conformance.Core.Sweeps;

/// <summary>The wrong outputs within a power of two of ULP.</summary>
/// <param name="UpTo">The largest |error| in ULP, a power of two from 1 on; the smallest is more than half of it.</param>
/// <param name="Count">How many.</param>
public sealed record SweepBin(double UpTo, long Count);
