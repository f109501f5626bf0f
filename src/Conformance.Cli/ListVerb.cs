using System.CommandLine;
using System.Text.Json;
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
        Command command = new("list", "Lists losses, suites, recipes, backends and implementations.") { json };
        command.SetAction(async (result, cancellationToken) =>
        {
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

    private sealed record Section(string Title, Item[] Items);

    private sealed record Item(string Name, string Description);
}
