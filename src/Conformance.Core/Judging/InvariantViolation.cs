namespace Conformance.Core.Judging;

/// <summary>One element of an output that breaks what holds for the loss whatever its truth is there.</summary>
/// <param name="Check"><see cref="Check.Range"/> or <see cref="Check.Monotone"/>.</param>
/// <param name="Index">The element's position in memory; 0 for a loss that is one number for all elements.</param>
/// <param name="Other">The position of the element beside which it cannot stand; null where it is wrong by itself.</param>
/// <param name="Size">How far out of its range the value is, or how far on the wrong side of the other's, in the unit of <see cref="InvariantChecks.MaxStepBack"/>.</param>
internal readonly record struct InvariantViolation(Check Check, int Index, int? Other, double Size);
