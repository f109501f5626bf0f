using System.Globalization;
using System.Text.RegularExpressions;
using Conformance.TestKit;

namespace Conformance.Python.Tests.Truths;

/// <summary>
/// The proof that the oracle is right: mpmath computes the same real numbers to 60 digits and more, and exact fractions say where they
/// round to. See python/tests/oracle_truths.py.
/// </summary>
public sealed partial class OracleProofTests
{
    [Fact]
    public async Task Oracle_EveryRecipeAndHardPlaces_MisroundsNothing()
    {
        TruthInputs[] tests = [.. TruthInputs.OfRecipes(), .. TruthInputs.OfHardPlaces()];
        Assert.True(Inputs(tests) >= 40_000);
        await AssertProvenAsync(tests);
    }

    [Fact]
    [Trait("proof", "exhaustive")]
    public async Task Oracle_EveryFloat16WithHardLabels_MisroundsNothing()
    {
        TruthInputs[] tests = [.. TruthInputs.OfEveryFloat16()];
        Assert.Equal((2 * 63_488, 4 * 63_488), (Inputs(tests), Truths(tests)));
        await AssertProvenAsync(tests);
    }

    [Theory]
    [InlineData("positive")]
    [InlineData("beyond 5")]
    [InlineData("one in a thousand")]
    public async Task Proof_OneUnitInTheLastPlacePlanted_FindsEachOfThem(string where)
    {
        // The recipes' first test of each dtype whose logits are normal, and a part of the float16 values.
        TruthInputs[] tests =
        [
            .. TruthInputs.OfRecipes().Where(test => test.Id.Contains("/normal/soft/", StringComparison.Ordinal)),
            .. TruthInputs.OfEveryFloat16().Where((_, i) => i % 16 == 8),
        ];
        int seen = 0;
        TruthFile file = new((logit, bits) => (where switch
        {
            "positive" => logit > 0,
            "beyond 5" => Math.Abs(logit) > 5,
            _ => seen++ % 1000 == 999,
        }) ? bits ^ 1 : bits);
        Proof proof = await ProveAsync(file, tests);

        Assert.Equal(1, proof.ExitCode);
        Assert.Equal((Inputs(tests), Truths(tests), file.Planted), (proof.Inputs, proof.Truths, proof.Faults));
        Assert.True(file.Planted > 0 && proof.Failed > 0);
        Assert.Contains("is not the value nearest to", proof.Tail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proof_NoFile_IsDeselectedAndSaysSo()
    {
        string packages = await LivePython.RequireTestPackagesAsync(TestContext.Current.CancellationToken);
        (int exitCode, string output, _) =
            await LivePython.RunAsync(["-m", "pytest", "tests/test_oracle.py"], packages, TestContext.Current.CancellationToken);

        // 5 is pytest's code for no test at all.
        Assert.Equal(5, exitCode);
        Assert.Contains("1 deselected", output, StringComparison.Ordinal);
        Assert.DoesNotContain("passed", output, StringComparison.Ordinal);
    }

    private static int Inputs(IEnumerable<TruthInputs> tests) => tests.Sum(test => test.Logits.Length);

    private static int Truths(IEnumerable<TruthInputs> tests) =>
        tests.Sum(test => test.IsReduced ? (3 * test.Logits.Length) + 2 : 2 * test.Logits.Length);

    private static async Task AssertProvenAsync(TruthInputs[] tests)
    {
        Proof proof = await ProveAsync(new TruthFile(), tests);
        Assert.True(proof.ExitCode == 0, proof.Tail);
        Assert.Equal((tests.Length, 0, Inputs(tests), Truths(tests), 0), (proof.Passed, proof.Failed, proof.Inputs, proof.Truths, proof.Faults));
    }

    private static async Task<Proof> ProveAsync(TruthFile file, TruthInputs[] tests)
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        string packages = await LivePython.RequireTestPackagesAsync(cancellationToken);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("conformance-truths-");
        try
        {
            string path = Path.Combine(folder.FullName, "truths.json");
            file.Write(path, tests);
            (int exitCode, string output, string error) = await LivePython.RunAsync(
                ["-m", "pytest", "-q", "--tb=line", "tests/test_oracle.py", "--oracle-truths", path], packages, cancellationToken);
            return new Proof(exitCode, output + error);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>What pytest said.</summary>
    private sealed partial record Proof(int ExitCode, string Text)
    {
        public string Tail => string.Join('\n', Text.Split('\n').TakeLast(60));

        public int Passed => Number(PassedPattern());

        public int Failed => Number(FailedPattern());

        public int Inputs => Number(InputsPattern());

        public int Truths => Number(TruthsPattern());

        public int Faults => Number(FaultsPattern());

        private int Number(Regex pattern) => pattern.Match(Text) is { Success: true } match ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;

        [GeneratedRegex(@"\b(\d+) passed")]
        private static partial Regex PassedPattern();

        [GeneratedRegex(@"\b(\d+) failed")]
        private static partial Regex FailedPattern();

        [GeneratedRegex(@"oracle: (\d+) inputs")]
        private static partial Regex InputsPattern();

        [GeneratedRegex(@"oracle: .* (\d+) truths")]
        private static partial Regex TruthsPattern();

        [GeneratedRegex(@"oracle: .* (\d+) faults")]
        private static partial Regex FaultsPattern();
    }
}
