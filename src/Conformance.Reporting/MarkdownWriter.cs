using System.Globalization;

namespace Conformance.Reporting;

/// <summary>Writes the parts of a Markdown document. Cells and items are Markdown already.</summary>
internal sealed class MarkdownWriter(TextWriter output)
{
    public void Line(string text = "") => output.Write(text + "\n");

    /// <summary>Items, the first of them where there are many.</summary>
    public void List(string[] items, int most)
    {
        foreach (string item in items.Take(most))
        {
            Line($"- {item}");
        }

        if (items.Length > most)
        {
            Line(string.Create(CultureInfo.InvariantCulture, $"- and {items.Length - most} more"));
        }

        if (items.Length > 0)
        {
            Line();
        }
    }

    /// <summary>A table whose first columns are names and whose last are numbers; the first rows where there are many.</summary>
    public void Table(string[] names, string[] numbers, string[][] rows, int most)
    {
        Line($"| {string.Join(" | ", [.. names, .. numbers])} |");
        Line($"| {string.Join(" | ", [.. names.Select(_ => "---"), .. numbers.Select(_ => "---:")])} |");
        foreach (string[] row in rows.Take(most))
        {
            Line($"| {string.Join(" | ", row)} |");
        }

        Line();
        if (rows.Length > most)
        {
            Line(string.Create(CultureInfo.InvariantCulture, $"and {rows.Length - most} more rows"));
            Line();
        }
    }

    /// <summary>A part that is folded away.</summary>
    public void Details(string title, Action write)
    {
        Line($"<details><summary>{title}</summary>");
        Line();
        write();
        Line("</details>");
        Line();
    }
}
