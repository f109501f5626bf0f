using Conformance.Core.Backends;
using Conformance.TestKit;

namespace Conformance.Python.Tests;

/// <summary>The functions that the README shows for Python do what it says.</summary>
public sealed class PythonReadmeTests : IDisposable
{
    private const string Section = "\n## Gate your own loss\n";
    private const string Indent = "    ";

    private readonly string _folder = Directory.CreateTempSubdirectory("readme-").FullName;

    [Fact]
    public async Task Readme_FunctionInNumPy_IsRightInEveryReduction()
    {
        await using PythonFunctionRun run = await StartAsync("import numpy as np\n");
        EvaluationRequest[] requests =
        [
            run.Request(withGradient: true), run.Request(reduction: "mean", withGradient: true), run.Request(dtype: "float64", reduction: "sum", withGradient: true),
        ];

        IReadOnlyList<Evaluation> evaluations = await run.EvaluateAsync(requests);

        Assert.All(requests.Zip(evaluations), pair => PythonFunctionRun.AssertRight(pair.First, pair.Second));
    }

    [Fact]
    public async Task Readme_FunctionInTensorFlow_IsRight()
    {
        await using PythonFunctionRun run = await StartAsync("import tensorflow as tf\n");
        EvaluationRequest[] requests = [run.Request(withGradient: true), run.Request(dtype: "float64", withGradient: true)];

        IReadOnlyList<Evaluation> evaluations = await run.EvaluateAsync(requests);

        Assert.All(requests.Zip(evaluations), pair => PythonFunctionRun.AssertRight(pair.First, pair.Second));
    }

    [Theory]
    [InlineData("import torch\n")]
    [InlineData("import jax\n")]
    public async Task Readme_FunctionInAFrameworkThatIsNotHere_CanBeReadAsPython(string start)
    {
        (int exitCode, string _, string error) = await LivePython.RunAsync(
            ["-c", "import ast, sys; ast.parse(sys.argv[1])", Block(start)], string.Empty, TestContext.Current.CancellationToken);

        Assert.True(exitCode == 0, error);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // The lines of code from the one that they start with to the next line of prose, or the end of the file that they are written to.
    private static string Block(string start)
    {
        string text = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "README.md")).ReplaceLineEndings("\n");
        string section = text[text.IndexOf(Section, StringComparison.Ordinal)..];
        IEnumerable<string> lines = section[section.IndexOf(Indent + start, StringComparison.Ordinal)..].Split('\n')
            .TakeWhile(line => line.Length == 0 || (line.StartsWith(Indent, StringComparison.Ordinal) && line != Indent + "EOF"));
        return string.Join('\n', lines.Select(line => line.Length == 0 ? line : line[Indent.Length..]));
    }

    private async Task<PythonFunctionRun> StartAsync(string start)
    {
        string file = Path.Combine(_folder, "losses.py");
        await File.WriteAllTextAsync(file, Block(start), TestContext.Current.CancellationToken);
        return await PythonFunctionRun.StartedAsync(file + ":loss", file + ":gradient");
    }
}
