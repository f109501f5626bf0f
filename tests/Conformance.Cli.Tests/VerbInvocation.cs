using System.CommandLine;

namespace Conformance.Cli.Tests;

/// <summary>A verb in this process; its workers are processes as ever.</summary>
internal static class VerbInvocation
{
    /// <summary>Runs a command line that can be read.</summary>
    /// <returns>The exit code; a mistake of the user is thrown.</returns>
    public static Task<int> RunAsync(params IEnumerable<string> arguments)
    {
        ParseResult parsed = CommandLine.Create().Parse([.. arguments]);
        Assert.Empty(parsed.Errors);
        return parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, TestContext.Current.CancellationToken);
    }
}
