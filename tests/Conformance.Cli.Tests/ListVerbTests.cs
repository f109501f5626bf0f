using System.Text.Json.Nodes;
using Conformance.TestKit;

namespace Conformance.Cli.Tests;

public sealed class ListVerbTests
{
    [Fact]
    public async Task List_Everything_IsTheApprovedText() => await Snapshot.Verify(await ListAsync());

    [Fact]
    public async Task List_Contracts_AreTheApprovedOnes() => await Snapshot.Verify(await ListAsync("--contracts"));

    [Fact]
    public async Task List_ContractsAsJson_NameTheImplementationsThatTheTextNames()
    {
        string text = await ListAsync("--contracts");
        JsonArray contracts = JsonNode.Parse(await ListAsync("--contracts", "--json"))!.AsArray();

        Assert.Equal(
            text.Split('\n').Where(line => line.Contains('/', StringComparison.Ordinal) && !line.StartsWith(' ')).Select(line => line.TrimEnd()).Order(StringComparer.Ordinal),
            contracts.Select(contract => contract!["implementation"]!.GetValue<string>()).Distinct().Order(StringComparer.Ordinal));
        Assert.All(contracts, contract => Assert.Contains(contract!["loss"]!.GetValue<string>(), text, StringComparison.Ordinal));
    }

    [Fact]
    public void ApprovedFiles_OfTheseTests_HaveATestBehindThem() => ApprovedFiles.AssertNoneDangles(typeof(ListVerbTests).Assembly);

    private static async Task<string> ListAsync(params string[] options)
    {
        (int exitCode, string output, string error) = await ConformanceProcess.RunAsync(["list", .. options]);
        Assert.True(exitCode == 0, error);
        return output;
    }
}
