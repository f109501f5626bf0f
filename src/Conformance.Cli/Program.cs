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
        Console.Error.WriteLine($"{parsed.Errors[0].Message} Run 'conformance --help' to see what is allowed.");
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
