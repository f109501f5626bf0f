using System.Globalization;
using System.Text;
using Conformance.Core.Backends;
using Conformance.Core.Runs;

namespace Conformance.Benchmarks;

/// <summary>What a benchmark prints, and writes as a file where one is named: Markdown that says with what it was measured.</summary>
/// <param name="title">The heading.</param>
/// <param name="command">The verb and options that made it.</param>
internal sealed class Report(string title, string command)
{
    private readonly StringBuilder _text = new($"# {title}\n");

    /// <summary>How the command line named the file, relative to where it was given.</summary>
    public static string OutOption(FileInfo? file) =>
        file is null ? string.Empty : $" --out {Path.GetRelativePath(Environment.CurrentDirectory, file.FullName).Replace('\\', '/')}";

    public void Paragraph(string text) => _text.Append('\n').Append(text).Append('\n');

    public void Section(string heading) => Paragraph($"## {heading}");

    public void Table(MarkdownTable table) => _text.Append('\n').Append(table);

    public void Provenance(IEnumerable<BackendStatus> statuses, params (string What, string Value)[] more)
    {
        Provenance machine = ProvenanceProbe.Capture(statuses);
        _text.Append('\n');
        Item("command", $"`dotnet run -c Release --project tests/Conformance.Benchmarks -- {command}`");
        Item("when", machine.Started.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture));
        Item("conformance", machine.Tool + (machine.Commit is null ? string.Empty : $" ({machine.Commit})"));
        Item("processor", $"{machine.Processor}, {machine.Processors} logical, {machine.InstructionSet} in .NET");
        Item("system", machine.OperatingSystem);
        Item("runtime", $"{machine.Runtime}, SDK {machine.Sdk}");
        foreach ((string what, string value) in machine.Versions.Select(version => (version.Key, version.Value)).Concat(more))
        {
            Item(what, value);
        }
    }

    /// <summary>Prints it, and writes it to a file if one is named.</summary>
    public void Write(FileInfo? file)
    {
        Console.Out.Write(_text);
        if (file is not null)
        {
            file.Directory!.Create();
            File.WriteAllText(file.FullName, _text.ToString());
            Console.Error.WriteLine($"Written to {file.FullName}");
        }
    }

    private void Item(string what, string value) => _text.Append(CultureInfo.InvariantCulture, $"- {what}: {value}\n");
}
