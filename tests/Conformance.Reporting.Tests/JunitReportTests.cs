using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;
using Conformance.Core.Runs;
using Conformance.TestKit;

namespace Conformance.Reporting.Tests;

public sealed class JunitReportTests
{
    private static readonly XmlSchemaSet Schemas = ReadSchemas();

    public static TheoryData<string, string> Violations() => new()
    {
        { "<testcase classname=", "<test classname=" },
        { "<failure ", "<broken " },
        { "tests=\"", "tests=\"-" },
        { "<testsuite name=", "<testsuite title=" },
        { "<system-out>", "<skipped /><system-out>text</system-out><system-out>" },
    };

    [Fact]
    public void Write_EverySample_IsValid()
    {
        foreach (Run run in new[] { SampleRun.NotConformant(), SampleRun.Conformant(), SampleRun.Recorded(), SampleRun.Hostile() })
        {
            Assert.Empty(Validate(Write(run)));
        }
    }

    [Theory]
    [MemberData(nameof(Violations))]
    public void Schema_PlantedViolation_IsFound(string text, string replacement)
    {
        string junit = Write(SampleRun.NotConformant());
        Assert.Contains(text, junit, StringComparison.Ordinal);

        string planted = junit.Replace(text, replacement, StringComparison.Ordinal).Replace("</testcase>", text.StartsWith("<testcase", StringComparison.Ordinal) ? "</test>" : "</testcase>", StringComparison.Ordinal)
            .Replace("</failure>", text.StartsWith("<failure", StringComparison.Ordinal) ? "</broken>" : "</failure>", StringComparison.Ordinal);

        Assert.NotEmpty(Validate(planted));
    }

    [Fact]
    public void Write_Counts_AreThoseOfTheTests()
    {
        XElement root = XDocument.Parse(Write(SampleRun.Hostile())).Root!;

        AssertCounts(root);
        foreach (XElement suite in root.Elements("testsuite"))
        {
            AssertCounts(suite);
            Assert.Equal(suite.Descendants("skipped").Count(), (int)suite.Attribute("skipped")!);
        }
    }

    [Fact]
    public void Write_Verdicts_BecomeWhatCiSystemsKnow()
    {
        XElement[] tests = [.. XDocument.Parse(Write(SampleRun.NotConformant())).Descendants("testcase")];

        XElement lost = tests.Single(test => (string)test.Attribute("classname")! == "tensorflow/nn/eager" && !((string)test.Attribute("name")!).StartsWith("relation", StringComparison.Ordinal));
        Assert.Contains("signal 11", lost.Element("error")!.Value, StringComparison.Ordinal);
        Assert.Contains("330.25 ULP off", lost.Element("error")!.Value, StringComparison.Ordinal);
        Assert.NotNull(tests.Single(test => (string)test.Attribute("classname")! == "keras/fn").Element("skipped"));
        Assert.NotNull(tests.Single(test => (string)test.Attribute("name")! == "verdict").Element("failure"));
        Assert.NotNull(tests.First(test => (string)test.Attribute("classname")! == "native/sigmoid_cross_entropy").Element("failure"));
    }

    [Theory]
    [InlineData(25, "\nand 5 more findings")]
    [InlineData(3032, "\nand at least 5 more findings")]
    public void Write_ManyFindings_AreTwentyAndACountOfTheRest(long all, string expected)
    {
        Run run = SampleRun.NotConformant();
        run = run with { Findings = [.. Enumerable.Repeat(run.Findings[0], 25)], Summary = run.Summary with { Findings = all } };

        Assert.Contains(XDocument.Parse(Write(run)).Descendants("testcase"), test =>
            (string)test.Attribute("classname")! == run.Findings[0].Implementation && $"{test.Value}\n".Contains($"{expected}\n", StringComparison.Ordinal));
    }

    [Fact]
    public void Write_RecordedOnly_IsSkippedAndNotPassed()
    {
        XElement test = XDocument.Parse(Write(SampleRun.Recorded())).Descendants("testcase").Single(test =>
            (string)test.Attribute("classname")! == "tensorflow/nn/eager" && !((string)test.Attribute("name")!).StartsWith("relation", StringComparison.Ordinal));

        Assert.Contains("2.21.0", (string)test.Element("skipped")!.Attribute("message")!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public void Write_ExitCode_IsRedWhereItIsNotZero(int exitCode, bool isRed)
    {
        Run run = SampleRun.Conformant();

        XElement root = XDocument.Parse(Write(run with { Summary = run.Summary with { ExitCode = exitCode, Reasons = ["a reason"] } })).Root!;

        Assert.Equal(isRed ? "1" : "0", (string)root.Attribute("failures")!);
    }

    [Fact]
    public void Write_CharactersThatXmlHasNot_AreWrittenOut()
    {
        string junit = Write(SampleRun.Hostile());

        Assert.Contains("\\u001b[31m red \\u0000 \\ud800 \U0001F600 \\ufffe", XDocument.Parse(junit).Root!.Value, StringComparison.Ordinal);
    }

    private static void AssertCounts(XElement element)
    {
        Assert.Equal(element.Descendants("testcase").Count(), (int)element.Attribute("tests")!);
        Assert.Equal(element.Descendants("failure").Count(), (int)element.Attribute("failures")!);
        Assert.Equal(element.Descendants("error").Count(), (int)element.Attribute("errors")!);
    }

    private static string Write(Run run)
    {
        using StringWriter text = new(CultureInfo.InvariantCulture);
        new JunitReport().Write(run, text);
        return text.ToString();
    }

    private static List<string> Validate(string junit)
    {
        List<string> violations = [];
        XDocument.Parse(junit).Validate(Schemas, (_, error) => violations.Add(error.Message));
        return violations;
    }

    private static XmlSchemaSet ReadSchemas()
    {
        XmlSchemaSet schemas = new();
        using Stream stream = typeof(JunitReportTests).Assembly.GetManifestResourceStream("junit.xsd")!;
        using XmlReader reader = XmlReader.Create(stream);
        schemas.Add(null, reader);
        schemas.Compile();
        return schemas;
    }
}
