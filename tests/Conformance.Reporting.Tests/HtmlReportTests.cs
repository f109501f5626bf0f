using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Conformance.Core.Judging;
using Conformance.Core.Runs;
using Conformance.TestKit;

namespace Conformance.Reporting.Tests;

/// <summary>The HTML file, as text and as Chromium shows it.</summary>
public sealed partial class HtmlReportTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("conformance-html");

    public static TheoryData<string> Samples => ["NotConformant", "Conformant", "Recorded", "Hostile"];

    public static TheoryData<string> Fetches =>
    [
        "<img src=\"https://example.invalid/a.png\">", "<script src='//example.invalid/a.js'></script>", "<link rel=stylesheet href=http://example.invalid/a.css>",
        "<style>@import 'a.css';</style>", "<style>p { background: url(a.png); }</style>", "<script>fetch('a.json')</script>",
    ];

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData("de-DE")]
    [InlineData("tr-TR")]
    public async Task Data_RunWithOneOfEverything_IsTheSameInEveryCulture(string culture)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
        try
        {
            string html = Write(SampleRun.NotConformant());
            string data = Between(html, "<script type=\"application/json\" id=\"data\">", "</script>");
            string indented = JsonNode.Parse(data)!.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
            await Snapshot.Verify($"{Between(html, "<main", "<noscript>")}\n{indented}");
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Write_File_FetchesNothing(string sample) => Assert.Empty(FetchesOf(Write(Sample(sample))));

    [Theory]
    [MemberData(nameof(Fetches))]
    public void FetchesOf_PlantedFetch_IsFound(string planted) =>
        Assert.NotEmpty(FetchesOf(Write(SampleRun.Conformant()).Replace("<main", planted + "<main", StringComparison.Ordinal)));

    [Fact]
    public void Write_MoreThanAPageCanShow_IsCutAndSaysSo()
    {
        Run run = SampleRun.Hostile();
        string log = new('<', 100_000);
        run = run with
        {
            Summary = run.Summary with { Findings = 5_000, Reasons = [.. Enumerable.Repeat(log, 1_000)] },
            Findings = [.. Enumerable.Repeat(run.Findings[0] with { Message = log }, Judge.MaxFindings)],
            Cases = [.. Enumerable.Range(0, 5_000).Select(number => run.Cases[1] with { Messages = run.Cases[1].Messages!.SetItem("tensorflow/nn/eager", number + log) })],
        };

        JsonNode data = JsonNode.Parse(HtmlReport.Data(run))!;

        Assert.Equal(300, data["run"]!["findings"]!.AsArray().Count);
        Assert.Equal(100, data["lost"]!.AsArray().Count);
        Assert.Equal(4_900, (int)data["lostMore"]!);
        Assert.InRange(Write(run).Length, 1_000_000, 16_000_000);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task Page_OpenedInChromium_IsFilledWithoutAConsoleMessage(string sample)
    {
        (string document, string[] console) = await OpenAsync(Write(Sample(sample)));

        Assert.Empty(console);
        string[] headings = [.. Heading().Matches(document).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value))];
        Assert.Equal("Implementations", headings[0]);
        Assert.Equal("Provenance", headings[^1]);
        Assert.Contains("Findings", headings);
        Assert.Equal(Sample(sample).Profiles.Length > 0, headings.Contains("Error over the logit"));
    }

    [Fact]
    public async Task Page_WithAFaultInItsScript_IsFound()
    {
        string html = Write(SampleRun.NotConformant()).Replace("  relations();\n", "  nonsense();\n", StringComparison.Ordinal);

        // As it stands the page's policy refuses a script that is not the report's, and without the policy the script fails.
        (_, string[] refused) = await OpenAsync(html);
        (_, string[] failed) = await OpenAsync(Policy().Replace(html, string.Empty));

        Assert.Contains(refused, line => line.Contains("Content Security Policy", StringComparison.Ordinal));
        Assert.Contains(failed, line => line.Contains("nonsense", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Page_TextsThatAreMarkup_StayText(bool hasPolicy)
    {
        string html = Write(SampleRun.Hostile());

        (string document, string[] console) = await OpenAsync(hasPolicy ? html : Policy().Replace(html, string.Empty));

        Assert.Empty(console);
        Assert.Contains("<title>NOT CONFORMANT - conformance</title>", document, StringComparison.Ordinal);
        Assert.Equal(3, document.Split("<script").Length - 1);
        Assert.Contains("&lt;/script&gt;&lt;script&gt;document.title = 'taken'&lt;/script&gt;", document, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_Used_DoesWhatItSays()
    {
        JsonNode results = await UseAsync(Write(SampleRun.Hostile()));

        Assert.Equal([], Strings(results["problems"]!));
        Assert.Equal([], Strings(results["errors"]!));
    }

    [Theory]
    [InlineData("w: () => ({ profile", "v: () => ({ profile", "the keyboard finds no worst element")]
    [InlineData("cursor: { points: { show: false }, drag", "cursor: { show: false, points: { show: false }, drag", "hovering shows nothing")]
    [InlineData("words.every((word)", "words.some((word)", "the search keeps what lacks a word")]
    [InlineData("element(\"caption\", null, caption),", "", "a table has no caption")]
    [InlineData("() => zoom(0.5, 0)", "() => zoom(1, 0)", "zooming in changes nothing")]
    [InlineData("document.documentElement.dataset.theme = theme.value", "document.documentElement.dataset.other = theme.value", "the theme does not change")]
    [InlineData("--mark-7: #e0608f", "--mark-7: #b03060", "the dark colour 7 is hard to see")]
    [InlineData("--mark-3: #c06a9b", "--mark-3: #cc79a7", "the light colour 3 is hard to see")]
    [InlineData("border: 1px solid var(--control)", "border: 1px solid var(--line)", "the border of a light control is hard to see")]
    [InlineData("tabindex: 0, role: \"group\"", "tabindex: 0", "a text that scrolls has no name or cannot be reached by the keyboard")]
    [InlineData("place, asTable.node);\n    rebuild();\n  }\n\n  function findings", "place);\n    document.body.append(element(\"details\", { id: \"agreement-table\" }, element(\"table\", null, element(\"caption\", null, \"none\"))));\n    rebuild();\n  }\n\n  function findings", "the numbers of the pairs need a mouse")]
    public async Task Page_WithAPlantedFault_IsCaught(string original, string fault, string problem)
    {
        string html = Write(SampleRun.Hostile());
        Assert.Contains(original, html, StringComparison.Ordinal);

        JsonNode results = await UseAsync(html.Replace(original, fault, StringComparison.Ordinal));

        Assert.Contains(problem, Strings(results["problems"]!));
    }

    [Fact]
    public async Task Page_WrongGradientsAndMeans_AreRedThoughTheLossesAreRight()
    {
        Run run = SampleRun.NotConformant();
        AccuracyReport loss = run.Accuracy[0];
        AccuracyReport gradient = loss with { Output = Judge.GradientName, LostEverything = 2394, WorstRatio = loss.WorstRatio! with { Ratio = double.PositiveInfinity } };
        AccuracyReport mean = run.Accuracy[1] with { WorstRatio = loss.WorstRatio with { Ratio = 4.6e7 } };

        (string wrong, _) = await OpenAsync(Write(run with { Accuracy = [loss, gradient, mean] }));
        (string right, _) = await OpenAsync(Write(run with { Accuracy = [loss, gradient with { LostEverything = 0, WorstRatio = loss.WorstRatio }, run.Accuracy[1]] }));

        string table = Between(wrong, "id=\"implementations-table\"", "</table>");
        Assert.Contains("<span class=\"bad-text\">inf</span></td><td class=\"number\"><span class=\"bad-text\">2,394</span></td><td class=\"number\"><span class=\"bad-text\">4.6e7</span></td>", table, StringComparison.Ordinal);
        Assert.Contains("<span>1.000</span></td><td class=\"number\"><span>0</span></td><td class=\"number\"><span>0.750</span></td>", Between(right, "id=\"implementations-table\"", "</table>"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a reason", "a source", "<div>a reason (a source)</div>")]
    [InlineData("", "a source", "<div>a source</div>")]
    [InlineData("a reason", "", "<div>a reason</div>")]
    public async Task Page_Contract_SaysItsBoundsAndWhy(string reason, string source, string expected)
    {
        Run run = SampleRun.Conformant();
        ImplementationReport first = run.Implementations[0];
        run = run with { Implementations = [first with { Contracts = [first.Contracts[0] with { Reason = reason, Source = source }] }] };

        string contracts = Between((await OpenAsync(Write(run))).Document, "id=\"contracts\"", "</details>");

        Assert.Contains("loss: u*(|x*z| + 2*|x|*|x &gt;= 0 ? 1-z : z| + 5*log1p(exp(-|x|)))</span>", contracts, StringComparison.Ordinal);
        Assert.Contains("gradient: 4 ULP</span>", contracts, StringComparison.Ordinal);
        Assert.Contains("<div>subnormal results may be zero</div>", contracts, StringComparison.Ordinal);
        Assert.Contains(expected, contracts, StringComparison.Ordinal);
        Assert.DoesNotContain(" ()", contracts, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_FindingThatIsMoreThanInherent_SaysSo()
    {
        Run run = SampleRun.NotConformant();

        Assert.EndsWith("so up to 20.25 ULP, and this is beyond that", InherentOf(run), StringComparison.Ordinal);
        Assert.EndsWith("so up to 20.25 ULP", InherentOf(run with { Options = run.Options with { MaxUlps = 4 } }), StringComparison.Ordinal);

        static string InherentOf(Run run) => (string)JsonNode.Parse(HtmlReport.Data(run))!["run"]!["findings"]![0]!["inherent"]!;
    }

    [Theory]
    [InlineData(1, "tensorflow/nn/eager: findings of Value; at logit 1 and label 0 the loss of tensorflow/nn/eager is 1.3133011 where the truth is 1.3132617, 330.25 ULP off; 1 evaluations ended as Crash.")]
    [InlineData(0, "Every output is within its implementation's contract, or deviates as a waiver says.")]
    public void Sentence_OfARun_SaysWhatFailed(int exitCode, string expected)
    {
        Run run = SampleRun.NotConformant();

        Assert.Equal(expected, HtmlReport.Sentence(run with { Summary = run.Summary with { ExitCode = exitCode } }));
    }

    [Fact]
    public void Sentence_WithoutAFinding_IsTheReason()
    {
        Run run = SampleRun.Conformant();

        Assert.Equal("one; two; three; and more", HtmlReport.Sentence(run with { Summary = run.Summary with { ExitCode = 4, Reasons = ["one", "two", "three", "four"] } }));
    }

    private static IEnumerable<string> FetchesOf(string html) => Fetch().Matches(html).Select(match => match.Value);

    private static string[] Strings(JsonNode array) => [.. array.AsArray().Select(item => (string)item!)];

    private static Run Sample(string name) => name switch
    {
        "NotConformant" => SampleRun.NotConformant(),
        "Conformant" => SampleRun.Conformant(),
        "Recorded" => SampleRun.Recorded(),
        _ => SampleRun.Hostile(),
    };

    private static string Write(Run run)
    {
        using StringWriter text = new(CultureInfo.CurrentCulture);
        new HtmlReport().Write(run, text);
        return text.ToString();
    }

    private static string Between(string text, string before, string after)
    {
        int start = text.IndexOf(before, StringComparison.Ordinal) + before.Length;
        return text[start..text.IndexOf(after, start, StringComparison.Ordinal)];
    }

    // A user who is a script; the page's own policy would keep it out.
    private async Task<JsonNode> UseAsync(string html)
    {
        using StreamReader reader = new(typeof(HtmlReportTests).Assembly.GetManifestResourceStream("user.js")!);
        string script = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        string used = Policy().Replace(html, string.Empty)
            .Replace("<head>", "<head><script>window.errors = []; addEventListener('error', (event) => errors.push(event.message));</script>", StringComparison.Ordinal)
            .Replace("</body>", $"<script>{script}</script></body>", StringComparison.Ordinal);
        (string document, _) = await OpenAsync(used);
        return JsonNode.Parse(WebUtility.HtmlDecode(Between(document, "<pre id=\"results\">", "</pre>")))!;
    }

    private async Task<(string Document, string[] Console)> OpenAsync(string html)
    {
        string page = Path.Combine(_folder.FullName, $"{Guid.NewGuid():N}.html");
        await File.WriteAllTextAsync(page, html, TestContext.Current.CancellationToken);
        return await LiveChromium.OpenAsync(page, ["--window-size=1200,900"], TestContext.Current.CancellationToken);
    }

    [GeneratedRegex("""(?i)(src|href)\s*=\s*["']?\s*(https?:)?//|@import|url\(|\bfetch\(|XMLHttpRequest|\bimport\(|WebSocket|sendBeacon""")]
    private static partial Regex Fetch();

    [GeneratedRegex("<meta http-equiv=\"Content-Security-Policy\"[^>]*>")]
    private static partial Regex Policy();

    [GeneratedRegex("<h2[^>]*>([^<]*)</h2>")]
    private static partial Regex Heading();
}
