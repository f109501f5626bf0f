using Conformance.External.Tests;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

// Commands must be programs, so this one is also the command of its tests, and a process in which nothing of an assembly has run yet.
switch (args)
{
    case [SampleCommand.Verb, .. var arguments]:
        return SampleCommand.Run(arguments);
    case [FreshProcess.Verb, var assembly]:
        return FreshProcess.Describe(assembly);
    case var _ when args.Any(argument => argument is "-automated" or "@@"):
        return await ConsoleRunner.Run(args);
    default:
        return await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
}
