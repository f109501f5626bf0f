using Conformance.Kernels.Tests;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

// Some tests need a process of their own, which this program is as well.
switch (args)
{
    case [ChildProcess.Verb, var task]:
        return ChildProcess.Run(task);
    case var _ when args.Any(argument => argument is "-automated" or "@@"):
        return await ConsoleRunner.Run(args);
    default:
        return await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
}
