using System.Runtime.CompilerServices;
using Conformance.TestKit;

namespace Conformance.Cli.Tests;

/// <summary>What a CI job sets for its own runs, and what is no part of a test: gone before the first of them, whatever their order.</summary>
internal static class JobVariables
{
    [ModuleInitializer]
    internal static void Take()
    {
        Requirement.TakeFromProcess();
        foreach (string variable in ShardOption.Variables)
        {
            Environment.SetEnvironmentVariable(variable, null);
        }
    }
}
