using Conformance.Core.Cases;
using Conformance.Core.Losses.SigmoidCrossEntropy;
using Conformance.Core.Runs;
using Conformance.Core.UnderTest;
using Conformance.TestKit;

namespace Conformance.External.Tests;

/// <summary>The README's class, which is one of the samples: it is right, and the textbook's formula beside it is not.</summary>
public sealed class ReadmeClassTests
{
    [Fact]
    public void Class_OfTheReadme_IsTheSample()
    {
        string sample = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "tests", "Conformance.External.Tests", "Samples", "MyLoss.cs"));
        string indented = string.Join('\n', sample.TrimEnd().Split('\n').Select(line => line.Length == 0 ? line : "    " + line));

        Assert.Contains(indented, File.ReadAllText(Path.Combine(RepositoryRoot.Path, "README.md")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MyLosses.MyLoss", 0)]
    [InlineData("TextbookLoss", 1)]
    public async Task Class_ThroughASuite_EndsWithItsExitCode(string type, int exitCode)
    {
        LossAssemblyName name = new(SampleAssembly.Path, type);
        LossAssemblyDescription loss = LossAssembly.Describe(name);
        ImplementationUnderTest underTest = new()
        {
            Backend = "assembly",
            EntryPoint = type,
            DTypes = loss.DTypes,
            Reductions = type == "TextbookLoss" ? [Reduction.None] : [.. Reduction.All],
            Contract = ContractChoice.Of(SigmoidCrossEntropyLoss.Instance.Formulas[0]),
            HasGradient = loss.HasGradient,
        };
        await using LossFunctionBackend backend = new(underTest.Declare(), () => LossAssembly.Create(name));

        Run run = await SmokeRun.OfAsync(backend, underTest);

        Assert.True(run.Summary.ExitCode == exitCode, string.Join('\n', [.. run.Summary.Reasons, .. run.Findings.Select(finding => finding.ToString())]));
        Assert.InRange(run.Summary.Cases, 12, int.MaxValue);
    }
}
