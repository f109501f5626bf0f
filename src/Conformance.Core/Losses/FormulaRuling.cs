using Conformance.Core.Tensors;
using Conformance.Core.Waivers;

namespace Conformance.Core.Losses;

/// <summary>Where a formula gives NaN or an infinity although the truth is not that, since its own parts are not finite.</summary>
/// <param name="Name">A name, in kebab case.</param>
/// <param name="Output">The output's name.</param>
/// <param name="When">On which inputs, by dtype.</param>
/// <param name="Gives">Whether an output is what the formula gives there.</param>
/// <param name="Reason">Why.</param>
public sealed record FormulaRuling(string Name, string Output, Func<DType, WaiverCondition> When, Func<double, bool> Gives, string Reason);
