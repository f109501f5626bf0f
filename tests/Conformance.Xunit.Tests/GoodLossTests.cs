namespace Conformance.Xunit.Tests;

/// <summary>A right loss, gated as a user would.</summary>
public sealed class GoodLossTests : LossConformanceTests<SampleLoss>;
