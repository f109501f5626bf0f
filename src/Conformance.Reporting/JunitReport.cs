using System.Globalization;
using System.Xml;
using Conformance.Core.Judging;
using Conformance.Core.Runs;

namespace Conformance.Reporting;

/// <summary>
/// JUnit XML, which CI systems read: a test case for each implementation and group of cases, one for each relation, and one for the verdict of
/// the run, so that the file is red exactly where the exit code is not 0.
/// </summary>
public sealed class JunitReport : IRunReport
{
    private const int MaxFindingsPerGroup = 20;
    private const int MaxTextLength = 4000;

    /// <inheritdoc/>
    public string Name => "junit";

    /// <inheritdoc/>
    public void Write(Run run, TextWriter output)
    {
        TestSuite[] suites =
        [
            new TestSuite("conformance", [OutcomeOf(run)]),
            .. run.Implementations.Select(implementation => SuiteOf(run, implementation)).Where(suite => suite.Tests.Count > 0),
        ];

        // The declaration would name the encoding of the text writer, which is not that of the file.
        output.Write("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
        using XmlWriter xml = XmlWriter.Create(output, new XmlWriterSettings { OmitXmlDeclaration = true, Indent = true, NewLineChars = "\n", NewLineHandling = NewLineHandling.Replace });
        xml.WriteStartElement("testsuites");
        WriteAttribute(xml, "name", "conformance");
        WriteCounts(xml, [.. suites.SelectMany(suite => suite.Tests)], withSkipped: false);
        xml.WriteAttributeString("time", run.Summary.Seconds.ToString("0.000", CultureInfo.InvariantCulture));
        foreach (TestSuite suite in suites)
        {
            xml.WriteStartElement("testsuite");
            WriteAttribute(xml, "name", suite.Name);
            WriteCounts(xml, suite.Tests, withSkipped: true);
            xml.WriteAttributeString("timestamp", run.Provenance.Started.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture));
            if (suite == suites[0])
            {
                WriteProperties(xml, run);
            }

            foreach (TestCase test in suite.Tests)
            {
                WriteTest(xml, test);
            }

            xml.WriteEndElement();
        }

        xml.WriteEndElement();
        xml.Flush();
        output.Write("\n");
    }

    private static TestCase OutcomeOf(Run run)
    {
        string verdict = RunText.Verdict(run);
        string body = string.Join('\n', [RunText.Request(run), RunText.Counts(run.Summary), .. run.Summary.Reasons]);
        return run.Summary.ExitCode == 0
            ? new TestCase("conformance", "verdict", TestResult.Passed, verdict, body)
            : new TestCase("conformance", "verdict", TestResult.Failure, verdict, body);
    }

    private static TestSuite SuiteOf(Run run, ImplementationReport implementation)
    {
        string name = implementation.Id;
        ILookup<string, Finding> findings = run.Findings.Where(finding => finding.Implementation == name).ToLookup(finding => GroupOf(finding.CaseId));
        IEnumerable<TestCase> groups =
            from report in run.Cases
            let verdicts = report.Verdicts.Where(verdict => verdict.Value.Contains(name)).Select(verdict => verdict.Key).ToArray()
            where verdicts.Length > 0
            group (Report: report, Verdict: verdicts[0]) by GroupOf(report.Id) into cases
            select OfGroup(run, implementation, cases.Key, [.. cases], [.. findings[cases.Key]]);
        IEnumerable<TestCase> relations = run.Relations.Where(relation => relation.Implementation == name).Select(OfRelation);
        return new TestSuite(name, [.. groups, .. relations]);
    }

    private static TestCase OfGroup(Run run, ImplementationReport implementation, string group, (CaseReport Report, Verdict Verdict)[] cases, Finding[] findings)
    {
        string counts = string.Join(", ", cases.GroupBy(one => one.Verdict).OrderBy(same => same.Key).Select(same =>
            string.Create(CultureInfo.InvariantCulture, $"{same.Count()} {same.Key}")));
        LostEvaluations[] lost = [.. LostEvaluations.Of(cases.Select(one => one.Report)).Where(one => one.Implementation == implementation.Id)];
        List<string> body = [counts];
        foreach (Finding finding in findings.Take(MaxFindingsPerGroup))
        {
            body.Add(string.Empty);
            body.Add(FindingText.Headline(finding));
            body.AddRange(FindingText.Lines(run, finding).Select(line => "  " + line));
        }

        if (findings.Length > MaxFindingsPerGroup)
        {
            body.Add(FindingText.More(run, findings.Length - MaxFindingsPerGroup));
        }

        foreach (LostEvaluations one in lost)
        {
            body.Add(string.Empty);
            body.Add($"{one.Verdict} on {one.Describe()}");
            body.Add("  " + RunText.Shorten(one.Message, MaxTextLength));
        }

        Verdict[] verdicts = [.. cases.Select(one => one.Verdict)];
        string headline = findings.Length > 0 ? $"{counts}; {FindingText.Headline(findings[0])}" : counts;
        (TestResult result, string message) = verdicts switch
        {
            _ when lost.Length > 0 => (TestResult.Error, $"{counts}; {lost[0].Verdict}: {RunText.Shorten(lost[0].Message, 200)}"),
            _ when verdicts.Contains(Verdict.Fail) => (TestResult.Failure, headline),
            _ when verdicts.Any(verdict => verdict is Verdict.Pass or Verdict.Waived) => (TestResult.Passed, counts),
            _ when verdicts.Contains(Verdict.Recorded) => (TestResult.Skipped, $"{counts}: recorded outputs of {implementation.Recorded} were judged; nothing was evaluated"),
            _ => (TestResult.Skipped, counts),
        };
        return new TestCase(implementation.Id, group, result, message, string.Join('\n', body));
    }

    private static TestCase OfRelation(RelationReport relation)
    {
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"of {relation.Draws} draws {relation.Equal} are == and {relation.Close} close by isclose; the largest relative difference is {relation.WorstRelative:G3}");
        return new TestCase(
            relation.Implementation,
            $"relation: {relation.Group} ({relation.Scope}){(relation.EqualTo is null ? string.Empty : $" {relation.EqualTo}")}/{relation.DType}",
            relation.Holds ? TestResult.Passed : TestResult.Failure,
            text,
            text);
    }

    // loss/dtype/layout/reduction, of an id that goes on with shape, recipes, seed and draw.
    private static string GroupOf(string caseId) => string.Join('/', caseId.Split('/').Take(4));

    private static void WriteProperties(XmlWriter xml, Run run)
    {
        xml.WriteStartElement("properties");
        foreach ((string name, string value) in RunText.Provenance(run))
        {
            xml.WriteStartElement("property");
            WriteAttribute(xml, "name", name);
            WriteAttribute(xml, "value", value);
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void WriteCounts(XmlWriter xml, IReadOnlyCollection<TestCase> tests, bool withSkipped)
    {
        Write("tests", tests.Count);
        Write("failures", tests.Count(test => test.Result == TestResult.Failure));
        Write("errors", tests.Count(test => test.Result == TestResult.Error));
        if (withSkipped)
        {
            Write("skipped", tests.Count(test => test.Result == TestResult.Skipped));
        }

        void Write(string name, int count) => xml.WriteAttributeString(name, count.ToString(CultureInfo.InvariantCulture));
    }

    private static void WriteTest(XmlWriter xml, TestCase test)
    {
        xml.WriteStartElement("testcase");
        WriteAttribute(xml, "classname", test.ClassName);
        WriteAttribute(xml, "name", test.Name);
        switch (test.Result)
        {
            case TestResult.Skipped:
                xml.WriteStartElement("skipped");
                WriteAttribute(xml, "message", test.Message);
                xml.WriteEndElement();
                break;
            case TestResult.Failure or TestResult.Error:
                xml.WriteStartElement(test.Result == TestResult.Failure ? "failure" : "error");
                WriteAttribute(xml, "message", test.Message);
                WriteAttribute(xml, "type", test.Result.ToString());
                xml.WriteString(PlainText.Clean(test.Body));
                xml.WriteEndElement();
                break;
            default:
                xml.WriteStartElement("system-out");
                xml.WriteString(PlainText.Clean(test.Body));
                xml.WriteEndElement();
                break;
        }

        xml.WriteEndElement();
    }

    private static void WriteAttribute(XmlWriter xml, string name, string value) => xml.WriteAttributeString(name, PlainText.Clean(value));

    private enum TestResult
    {
        Passed,
        Skipped,
        Failure,
        Error,
    }

    private sealed record TestSuite(string Name, IReadOnlyCollection<TestCase> Tests);

    private sealed record TestCase(string ClassName, string Name, TestResult Result, string Message, string Body);
}
