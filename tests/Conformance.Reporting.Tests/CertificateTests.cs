using Conformance.Core.Sweeps;
using Conformance.TestKit;

namespace Conformance.Reporting.Tests;

/// <summary>The committed sweeps over every float32, and the table of them in the README.</summary>
public sealed class CertificateTests
{
    private const string Native = "native/sigmoid_cross_entropy";

    public static TheoryData<string> Files => [.. Paths.Select(path => Path.GetFileName(path)!)];

    private static IEnumerable<string> Paths =>
        Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "golden", "certificates"), "*.json").Order(StringComparer.Ordinal);

    [Theory]
    [MemberData(nameof(Files))]
    public void Certificate_Committed_IsWholeAndExhaustive(string file)
    {
        SweepResult result = Read(file);
        Assert.True(result.IsWhole && result.IsExhaustive);

        // What formulas make of infinite logits has a waiver, which sweeps do not know.
        Assert.All(result.Measures, measure => Assert.Equal(measure.WrongAtInfiniteInputs, measure.BeyondContract));
        Assert.All(result.Measures, measure => Assert.Equal(1L << 32, measure.Elements));
        Assert.EndsWith($"--out golden/certificates/{file}", result.Command, StringComparison.Ordinal);
    }

    [Fact]
    public void Certificates_OfTheNativeKernel_HaveNoMisroundedOutput()
    {
        SweepMeasure[] measures = [.. Paths.Select(SweepJson.Read).Where(result => result.Options.Implementation == Native).SelectMany(result => result.Measures)];
        Assert.Equal(12, measures.Length);
        Assert.All(measures, measure => Assert.Equal((0, 0), (measure.Misrounded, measure.WrongAtInfiniteInputs)));
    }

    [Fact]
    public void Readme_Table_IsThatOfTheCertificates()
    {
        string readme = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "README.md"));
        SweepResult[] results = [.. Paths.Select(SweepJson.Read)];
        Assert.Contains(Table(results), readme, StringComparison.Ordinal);

        // One output less that is correctly rounded shows in the table.
        SweepResult native = results.First(result => result.Options.Implementation == Native);
        SweepResult planted = native with { Measures = [native.Measures[0] with { CorrectlyRounded = native.Measures[0].CorrectlyRounded - 1 }] };
        Assert.DoesNotContain(Table([planted]), readme, StringComparison.Ordinal);
    }

    private static SweepResult Read(string file) => SweepJson.Read(Path.Combine(RepositoryRoot.Path, "golden", "certificates", file));

    private static string Table(IEnumerable<SweepResult> results)
    {
        using StringWriter table = new();
        SweepMarkdownReport.Write(results, table);
        return table.ToString();
    }
}
