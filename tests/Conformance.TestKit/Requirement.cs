namespace Conformance.TestKit;

/// <summary>What may not be skipped where tests run: the variable CONFORMANCE_REQUIRE, as the process was started with it.</summary>
public static class Requirement
{
    /// <summary>The variable that lists, separated by commas, what must not be skipped.</summary>
    public const string Variable = "CONFORMANCE_REQUIRE";

    /// <summary>The list; null for nothing.</summary>
    public static string? Value { get; } = Environment.GetEnvironmentVariable(Variable);

    /// <summary>
    /// Takes the variable from this process, for tests that call verbs or start the tool: it would be a requirement of their runs too.
    /// What tests themselves may not skip stays.
    /// </summary>
    public static void TakeFromProcess()
    {
        _ = Value;
        Environment.SetEnvironmentVariable(Variable, null);
    }
}
