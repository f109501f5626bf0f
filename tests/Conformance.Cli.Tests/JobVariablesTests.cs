using Conformance.TestKit;

namespace Conformance.Cli.Tests;

public sealed class JobVariablesTests
{
    [Fact]
    public void Take_VariablesOfTheJob_AreNotThereWhenTestsRun() =>
        Assert.All([Requirement.Variable, .. ShardOption.Variables], variable => Assert.Null(Environment.GetEnvironmentVariable(variable)));
}
