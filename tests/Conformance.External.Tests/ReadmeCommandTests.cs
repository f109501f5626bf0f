using Conformance.Core.Cases;
using Conformance.Core.Losses.SigmoidCrossEntropy;
using Conformance.Core.Runs;
using Conformance.Core.Tensors;
using Conformance.Core.UnderTest;
using Conformance.TestKit;

namespace Conformance.External.Tests;

/// <summary>The README's program in C, compiled and put through a suite: it is right, and what is planted in it is found.</summary>
public sealed class ReadmeCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("conformance external tests-").FullName;

    [Fact]
    public async Task Program_AsItIsPrinted_IsConformant()
    {
        Run run = await CheckAsync(source => source);

        Assert.True(run.Summary.ExitCode == 0, string.Join('\n', [.. run.Summary.Reasons, .. run.Findings.Select(finding => finding.ToString())]));
        Assert.InRange(run.Summary.Cases, 12, int.MaxValue);
    }

    [Theory]
    [InlineData("log1p(t)", "(float)log(1 + exp(x)) - (x > 0 ? x : 0)")]
    [InlineData("t / (1 + t) - z", "t / (1 + t)")]
    [InlineData("read_array(argv[1]), *labels = read_array(argv[2])", "read_array(argv[2]), *labels = read_array(argv[1])")]
    public async Task Program_WithAFault_Fails(string right, string wrong)
    {
        Run run = await CheckAsync(source => source.Contains(right, StringComparison.Ordinal)
            ? source.Replace(right, wrong, StringComparison.Ordinal)
            : throw new InvalidOperationException($"The program has no '{right}'."));

        Assert.Equal(1, run.Summary.ExitCode);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string SourceOfReadme()
    {
        const string indent = "    ";
        string[] lines = File.ReadAllLines(Path.Combine(RepositoryRoot.Path, "README.md"));
        return string.Join('\n', lines
            .SkipWhile(line => !line.StartsWith(indent + "// loss.c", StringComparison.Ordinal))
            .TakeWhile(line => line != indent + "EOF")
            .Select(line => line.Length == 0 ? line : line[indent.Length..])) + "\n";
    }

    private async Task<Run> CheckAsync(Func<string, string> change)
    {
        Assert.SkipUnless(NativeCompiler.Exists, "There is no C compiler.");
        string program = Path.Combine(_folder, "loss");
        await NativeCompiler.CompileAsync(change(SourceOfReadme()), program);
        ImplementationUnderTest underTest = new()
        {
            Backend = "command",
            EntryPoint = "loss",
            DTypes = [DType.Float32],
            Reductions = [Reduction.None],
            Contract = ContractChoice.Of(SigmoidCrossEntropyLoss.Instance.Formulas[0]),
            HasGradient = true,
        };
        await using CommandBackend backend = new(
            underTest.Declare(), CommandTemplate.Parse($"'{program}' {{logits}} {{labels}} {{output}} {{gradient}}"), new CommandLimits());
        return await SmokeRun.OfAsync(backend, underTest);
    }
}
