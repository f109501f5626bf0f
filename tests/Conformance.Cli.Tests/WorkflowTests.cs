using System.CommandLine;
using System.Text.RegularExpressions;
using Conformance.Core.Suites;
using Conformance.Reporting;
using Conformance.TestKit;
using YamlDotNet.RepresentationModel;

namespace Conformance.Cli.Tests;

/// <summary>The workflows and the action, whose commands must be of the command line that there is.</summary>
public sealed partial class WorkflowTests
{
    private static readonly string GitHub = Path.Combine(RepositoryRoot.Path, ".github");

    public static TheoryData<string> Files() =>
    [
        .. Directory.EnumerateFiles(GitHub, "*.yml", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(GitHub, path).Replace('\\', '/')),
    ];

    [Fact]
    public void Files_OfGitHub_AreTheFourAndTheExamples() =>
        Assert.Subset(
            Files().Select(row => row.Data).ToHashSet(),
            new HashSet<string> { "actions/conformance/action.yml", "workflows/ci.yml", "workflows/nightly.yml", "workflows/upgrade.yml" });

    [Theory]
    [MemberData(nameof(Files))]
    public void Commands_OfEveryFile_AreOfTheCommandLine(string file)
    {
        string[][] commands = [.. ScriptsOf(Load(file)).SelectMany(CommandsOf)];

        Assert.NotEmpty(commands);
        Assert.All(commands, command => Assert.Null(Mistake(command)));
    }

    [Theory]
    [InlineData("dotnet run -c Release --project src/Conformance.Cli -- run --sweet ci", "--sweet")]
    [InlineData("conformance rum", "rum")]
    [InlineData("conformance run --suite sooty", "sooty")]
    [InlineData("$TOOLS/conformance merge a b --report pdf=x.pdf", "pdf")]
    [InlineData("true && dotnet artifacts/conformance.dll diff one", "diff")]
    [InlineData("conformance run --format html5", "html5")]
    public void Mistake_InACommand_IsFound(string script, string named) =>
        Assert.Contains(named, Mistake(Assert.Single(CommandsOf(script))), StringComparison.Ordinal);

    [Fact]
    public void Commands_OfAScript_AreThoseOfTheToolAndNoOther() => Assert.Equal(
        [["run", "--out", "a b"], ["diff", "x", "y"]],
        CommandsOf("dotnet build src/Conformance.Cli\nconformance run \\\n  --out 'a b' || [ $? -eq 1 ]\ncat x; dotnet run --no-build --project src/Conformance.Cli -- diff x y\n"));

    [Fact]
    public void Nightly_Shards_AreAllOfTheMatrixAndMerged()
    {
        YamlNode jobs = Load("workflows/nightly.yml")["jobs"];

        Assert.Equal("${{ strategy.job-index }}", Text(jobs["deep"]["env"][ShardOption.IndexVariable]));
        Assert.Equal("${{ strategy.job-total }}", Text(jobs["deep"]["env"][ShardOption.CountVariable]));
        Assert.Equal("false", Text(jobs["deep"]["strategy"]["fail-fast"]));
        Assert.Equal("deep", Text(jobs["whole"]["needs"]));
        Assert.Equal("${{ !cancelled() }}", Text(jobs["whole"]["if"]));
    }

    /// <summary>What is not of the command line in a command; null where all is.</summary>
    private static string? Mistake(string[] arguments)
    {
        ParseResult parsed = CommandLine.Create().Parse(arguments);
        return parsed.Errors.Count > 0 ? $"{string.Join(' ', arguments)}: {parsed.Errors[0].Message}"
            : ValuesOf("--suite").FirstOrDefault(suite => SuiteCatalog.Find(suite) is null)
            ?? ValuesOf("--report").Select(report => report.Split('=')[0]).Concat(ValuesOf("--format")).FirstOrDefault(format => RunReports.All.All(report => report.Name != format));

        IEnumerable<string> ValuesOf(string option) => arguments.Zip(arguments.Skip(1)).Where(pair => pair.First == option).Select(pair => pair.Second);
    }

    // The tool's own arguments in every command of a script that starts it. Of a shell's language there is here what the files use.
    private static IEnumerable<string[]> CommandsOf(string script)
    {
        foreach (string line in script.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n'))
        {
            List<string> words = [];
            foreach (string word in Words().Matches(line).Select(match => match.Value).Append(";"))
            {
                if (word is not (";" or "&&" or "||" or "|"))
                {
                    words.Add(word.Replace("'", string.Empty, StringComparison.Ordinal).Replace("\"", string.Empty, StringComparison.Ordinal));
                    continue;
                }

                // What somebody gives the action is in place of this.
                string[] command = [.. words.SelectMany(given => given == "${arguments[@]}" ? (string[])["check", "--onnx", "model.onnx"] : [given])];
                words.Clear();
                int start = command switch
                {
                    ["dotnet", "run", ..] when Array.IndexOf(command, "src/Conformance.Cli") > 0 => Array.IndexOf(command, "--") + 1,
                    ["dotnet", var file, ..] when file.EndsWith("/conformance.dll", StringComparison.Ordinal) => 2,
                    [var file, ..] when file == "conformance" || file.EndsWith("/conformance", StringComparison.Ordinal) => 1,
                    _ => 0,
                };
                if (start > 0)
                {
                    yield return command[start..];
                }
            }
        }
    }

    private static IEnumerable<string> ScriptsOf(YamlNode node) => node switch
    {
        YamlMappingNode mapping => mapping.Children.SelectMany(child =>
            Text(child.Key) is "run" && child.Value is YamlScalarNode script ? [script.Value!]
            : Text(child.Key) is "arguments" && child.Value is YamlScalarNode given ? ["conformance " + given.Value]
            : Text(child.Key) is "script" && child.Value is YamlSequenceNode lines ? lines.OfType<YamlScalarNode>().Select(line => line.Value!)
            : ScriptsOf(child.Value)),
        YamlSequenceNode sequence => sequence.SelectMany(ScriptsOf),
        _ => [],
    };

    private static YamlNode Load(string file)
    {
        YamlStream stream = [];
        using StreamReader reader = File.OpenText(Path.Combine(GitHub, file));
        stream.Load(reader);
        return Assert.Single(stream.Documents).RootNode;
    }

    private static string Text(YamlNode node) => Assert.IsType<YamlScalarNode>(node).Value!;

    // Operators, and words in which quotes hide spaces.
    [GeneratedRegex(@"&&|\|\||[;|]|(?:""[^""]*""|'[^']*'|[^\s;|&""'])+")]
    private static partial Regex Words();
}
