using System.CommandLine;
using System.Globalization;
using Conformance.Cli;
using Conformance.Core;
using Conformance.Python;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
try
{
    if (args is [WorkerVerb.Name, ..])
    {
        return WorkerVerb.Run(args);
    }

    ParseResult parsed = CommandLine.Create().Parse(args);
    if (parsed.Errors.Count > 0)
    {
        string verb = parsed.CommandResult.Command is RootCommand ? string.Empty : $" {parsed.CommandResult.Command.Name}";
        string what = parsed.UnmatchedTokens.Count > 0 ? $"'{parsed.UnmatchedTokens[0]}' is neither a verb nor an option here." : parsed.Errors[0].Message;
        Console.Error.WriteLine($"{what} Run 'conformance{verb} --help' to see what is allowed.");
        return ExitCode.Usage;
    }

    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }).ConfigureAwait(false);
}
catch (InvalidInputException exception)
{
    Console.Error.WriteLine(exception.Message);
    return ExitCode.Usage;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("Stopped; nothing was written.");
    return ExitCode.Cancelled;
}
#pragma warning disable CA1031 // The last line of defence: whatever is left is a defect of the tool, and says so.
catch (Exception exception)
#pragma warning restore CA1031
{
    Console.Error.WriteLine($"Internal error, please report it: {exception}");
    return ExitCode.Internal;
}
