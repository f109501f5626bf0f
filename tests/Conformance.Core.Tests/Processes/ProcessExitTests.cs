using Conformance.Core.Processes;

namespace Conformance.Core.Tests.Processes;

public sealed class ProcessExitTests
{
    [Theory]
    [InlineData(0, false, "ended with exit code 0")]
    [InlineData(3, false, "ended with exit code 3")]
    [InlineData(128, false, "ended with exit code 128")]
    [InlineData(139, true, "was ended by signal 11 (SIGSEGV)")]
    [InlineData(192, true, "was ended by signal 64")]
    [InlineData(193, false, "ended with exit code 193")]
    [InlineData(255, false, "ended with exit code 255")]
    public void Describe_ExitCodeOfUnix_TellsSignalsFromCodes(int exitCode, bool isCrash, string text) =>
        Assert.Equal((isCrash, text), (ProcessExit.IsCrash(exitCode, isWindows: false), ProcessExit.Describe(exitCode, isWindows: false)));

    [Theory]
    [InlineData(139, false, "ended with exit code 139")]
    [InlineData(unchecked((int)0xC0000005), true, "was ended by exception 0xC0000005")]
    public void Describe_ExitCodeOfWindows_TellsExceptionsFromCodes(int exitCode, bool isCrash, string text) =>
        Assert.Equal((isCrash, text), (ProcessExit.IsCrash(exitCode, isWindows: true), ProcessExit.Describe(exitCode, isWindows: true)));
}
