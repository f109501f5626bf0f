using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Conformance.Core.Backends;
using Conformance.Core.Losses;
using Conformance.Core.Recipes;
using Conformance.Core.Suites;
using Conformance.Isolation;

namespace Conformance.Cli;

/// <summary><c>list</c>: what there is.</summary>
internal static class ListVerb
{
    public static Command Create(BackendCatalog catalog)
    {
        Option<bool> json = new("--json") { Description = "As JSON." };
        Option<bool> contracts = new("--contracts") { Description = "Lists the implementations' contracts: how far from the truth each formula may be, and why." };
        Command command = new("list", "Lists losses, suites, recipes, backends and implementations.") { contracts, json };
        command.SetAction(async (result, cancellationToken) =>
        {
            if (result.GetValue(contracts))
            {
                PrintContracts(await catalog.DeclaredAsync().ConfigureAwait(false), result.GetValue(json));
                return ExitCode.Conformant;
            }

            List<Section> sections = [];
            sections.Add(new("losses", [.. Loss.All.Select(loss => new Item(loss.Name, loss.Formula))]));
            sections.Add(new("suites", [.. SuiteCatalog.All.Select(suite => new Item(suite.Name, suite.Description))]));
            sections.Add(new("recipes for logits", [.. LogitRecipe.All.Select(recipe => new Item(recipe.Name, recipe.Description))]));
            sections.Add(new("recipes for labels", [.. LabelRecipe.All.Select(recipe => new Item(recipe.Name, recipe.Description))]));
            foreach (string name in BackendCatalog.Names)
            {
                await using IBackend backend = catalog.Create(name, new IsolationLimits());
                sections.Add(new($"implementations of {name}", [.. backend.Implementations.Select(implementation => new Item(implementation.Id, implementation.Formula))]));
            }

            if (result.GetValue(json))
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(
                    sections.ToDictionary(section => section.Title, section => section.Items.ToDictionary(item => item.Name, item => item.Description)),
                    CliJson.Default.DictionaryStringDictionaryStringString));
                return ExitCode.Conformant;
            }

            foreach (Section section in sections)
            {
                Console.Out.WriteLine(section.Title);
                int width = section.Items.Max(item => item.Name.Length);
                foreach (Item item in section.Items)
                {
                    Console.Out.WriteLine($"  {item.Name.PadRight(width)}  {item.Description}");
                }
            }

            return ExitCode.Conformant;
        });
        return command;
    }

    private static void PrintContracts(IReadOnlyList<ImplementationInfo> implementations, bool json)
    {
        ContractListing[] listings = [.. implementations.SelectMany(implementation => implementation.Contracts.Select(contract => ContractListing.Of(implementation, contract)))];
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(listings, CliJson.Default.ContractListingArray));
            return;
        }

        Console.Out.WriteLine("The bounds are on one element's error; u is the unit roundoff of the dtype in which is computed, 2^-24 in float32, x the logit, z the label, p the sigmoid.");

        // Most implementations of a backend share their contracts.
        foreach (IGrouping<string, IGrouping<string, ContractListing>> alike in listings.GroupBy(listing => listing.Implementation).GroupBy(TextOf))
        {
            Console.Out.WriteLine();
            foreach (IGrouping<string, ContractListing> implementation in alike)
            {
                Console.Out.WriteLine(implementation.Key);
            }

            Console.Out.Write(alike.Key);
        }
    }

    private static string TextOf(IEnumerable<ContractListing> contracts) => string.Concat(contracts.Select(contract =>
    {
        string flushing = contract.FlushesSubnormals ? "; subnormal results may be 0" : string.Empty;
        return $"""
              {string.Join(", ", contract.DTypes)}{(contract.ComputesIn is null ? string.Empty : $", computed in {contract.ComputesIn}")}
                loss      {contract.Loss}{flushing}
                gradient  {contract.Gradient}{flushing}
                reason    {contract.Reason}
                source    {contract.Source}

            """;
    }));

    /// <summary>A contract as it is listed.</summary>
    internal sealed record ContractListing(
        string Implementation,
        [property: JsonPropertyName("dtypes")] string[] DTypes,
        string? ComputesIn,
        string Loss,
        string Gradient,
        bool FlushesSubnormals,
        string Reason,
        string Source)
    {
        public static ContractListing Of(ImplementationInfo implementation, Contract contract) => new(
            implementation.Id,
            [.. contract.DTypes.Select(dtype => dtype.Name)],
            contract.ComputesIn?.Name,
            contract.Loss.ToString(),
            contract.Gradient.ToString(),
            contract.FlushesSubnormals,
            contract.Reason,
            contract.Source);
    }

    private sealed record Section(string Title, Item[] Items);

    private sealed record Item(string Name, string Description);
}
