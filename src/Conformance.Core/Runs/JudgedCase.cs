using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Tensors;

namespace Conformance.Core.Runs;

/// <summary>A case with its inputs and outputs, while their tensors live.</summary>
/// <param name="Case">The case.</param>
/// <param name="Logits">Its logits.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Outputs">What the implementations made of it.</param>
public sealed record JudgedCase(Case Case, Tensor Logits, Tensor Labels, IReadOnlyList<CaseOutput> Outputs);
