using Conformance.Xunit;

namespace Sample;

public sealed class MyLossTests : LossConformanceTests<MyLoss>;
