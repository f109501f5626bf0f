using Conformance.Core.Backends;

namespace Conformance.External.Tests;

public sealed class CommandStartTests
{
    [Fact]
    public async Task StartAsync_ProgramThatIsThere_ReportsTheCommand()
    {
        await using CommandRun run = new("dotnet {logits} {labels} {output}");

        BackendStatus status = await run.StartAsync();

        Assert.True(status.IsAvailable, status.Missing);
        Assert.Equal("dotnet {logits} {labels} {output}", status.Versions["command"]);
    }

    [Fact]
    public async Task StartAsync_NameThatPathDoesNotFind_SaysSo()
    {
        await using CommandRun run = new("no-such-program {logits} {labels} {output}");

        BackendStatus status = await run.StartAsync();

        Assert.Equal(
            BackendStatus.Unavailable("There is no program 'no-such-program' in the folders of PATH.", "Install it, or give its path, for example './mybin'."), status);
    }

    [Fact]
    public async Task StartAsync_FileThatIsNoProgram_SaysWhatItIs()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no executable bit.");
        await using CommandRun folder = new("true {logits} {labels} {output}");
        string file = Path.Combine(folder.Folder, "mybin");

        BackendStatus missing = await StatusAsync(file);
        await File.WriteAllTextAsync(file, "#!/bin/sh\n", TestContext.Current.CancellationToken);
        BackendStatus data = await StatusAsync(file);
        BackendStatus directory = await StatusAsync(folder.Folder);

        Assert.Equal(BackendStatus.Unavailable($"There is no program '{file}'.", "Build it first, or give another path; it is looked for from the working directory."), missing);
        Assert.Equal(BackendStatus.Unavailable($"'{file}' is not executable.", $"Run 'chmod +x {file}', or begin the command with the interpreter that reads it."), data);
        Assert.Equal(BackendStatus.Unavailable($"'{folder.Folder}' is a folder, not a program.", "Give the path of a program."), directory);
    }

    private static async Task<BackendStatus> StatusAsync(string program)
    {
        await using CommandRun run = new($"'{program}' {{logits}} {{labels}} {{output}}");
        return await run.StartAsync();
    }
}
