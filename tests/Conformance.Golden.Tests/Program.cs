using Conformance.Golden.Tests;
using Conformance.Golden.Tests.Storage;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

// A kill needs a process, so this program is also the one that is killed.
switch (args)
{
    case [DoomedAcceptance.Verb, var step, var folder, var candidates]:
        DoomedAcceptance.Run(step, folder, candidates);
        return 0;
    case var _ when args.Any(argument => argument is "-automated" or "@@"):
        return await ConsoleRunner.Run(args);
    default:
        return await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
}
