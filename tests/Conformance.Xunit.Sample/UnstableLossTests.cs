using Conformance.Core.Cases;
using Conformance.Core.Suites;
using Conformance.Xunit;

namespace Sample;

/// <summary>Fails, as it should: the loss is not right.</summary>
public sealed class UnstableLossTests : LossConformanceTests<UnstableLoss>
{
    protected override IReadOnlyList<Reduction> Reductions => [Reduction.None];

    protected override Suite Suite => SuiteCatalog.Smoke;
}
