using Conformance.Isolation;
using Conformance.Isolation.Tests;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

// Workers must be processes, so this program is also the worker of its tests, and the parent of one that is killed.
switch (args)
{
    case [MisbehavingBackend.WorkerVerb, var start, var input, var output]:
        WorkerHost.Serve(new MisbehavingBackend(start), input, output);
        return 0;
    case [DoomedParent.Verb, var entryPoint]:
        await DoomedParent.RunAsync(entryPoint);
        return 0;
    case [MisbehavingBackend.EaterVerb]:
        MisbehavingBackend.EatMemory();
        return 0;
    case var _ when args.Any(argument => argument is "-automated" or "@@"):
        return await ConsoleRunner.Run(args);
    default:
        return await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
}
