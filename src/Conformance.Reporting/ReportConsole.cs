using Spectre.Console;

namespace Conformance.Reporting;

/// <summary>The console that reports are written to: colours at a terminal, and elsewhere plain text of a fixed width.</summary>
internal static class ReportConsole
{
    private const int RedirectedWidth = 150;

    public static IAnsiConsole Create(TextWriter output)
    {
        bool isTerminal = output == Console.Out && !Console.IsOutputRedirected;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        if (!isTerminal)
        {
            console.Profile.Width = RedirectedWidth;
        }

        return console;
    }
}
