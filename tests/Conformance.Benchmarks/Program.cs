using System.CommandLine;
using System.Globalization;
using Conformance.Benchmarks;
using Conformance.Benchmarks.Harness;
using Conformance.Benchmarks.Kernels;
using Conformance.Benchmarks.Peers;
using Conformance.Benchmarks.Sweeps;
using Conformance.Core;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Command oracle = new("oracle", "Counts the truths per second that the oracle computes on one core.");
oracle.SetAction(_ => OracleSpeed.Run());
RootCommand root = new("Measures how fast Conformance is. Build it with -c Release, and leave the machine alone while it runs.")
{
    PeersVerb.Create(),
    SweepsVerb.Create(),
    KernelsVerb.Create(),
    HarnessVerb.Create(),
    oracle,
};
try
{
    ParseResult parsed = root.Parse(args);
    if (parsed.Errors.Count > 0)
    {
        string what = parsed.UnmatchedTokens.Count > 0 ? $"'{parsed.UnmatchedTokens[0]}' is neither a benchmark nor an option here." : parsed.Errors[0].Message;
        Console.Error.WriteLine($"{what} Use one of {string.Join(", ", root.Subcommands.Select(command => command.Name))}; --help says more.");
        return 2;
    }

    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (InvalidInputException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("Stopped; nothing was written.");
    return 130;
}
