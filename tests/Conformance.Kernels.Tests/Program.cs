using Conformance.Kernels.Tests.Reference;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

// Only a process can show that touching a guard page ends it, so this program is also the child of its tests.
switch (args)
{
    case [GuardedChild.Verb, var place]:
        return GuardedChild.Run(place);
    case var _ when args.Any(argument => argument is "-automated" or "@@"):
        return await ConsoleRunner.Run(args);
    default:
        return await TestPlatformTestFramework.RunAsync(args, Conformance.Kernels.Tests.SelfRegisteredExtensions.AddSelfRegisteredExtensions);
}
