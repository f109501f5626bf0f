using System.Globalization;
using System.Text;

namespace Conformance.Benchmarks;

/// <summary>A table that reads well in a terminal and is Markdown: columns whose title ends with a colon are numbers, to the right.</summary>
internal sealed class MarkdownTable(params string[] titles)
{
    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add(cells);

    public override string ToString()
    {
        bool[] isNumber = [.. titles.Select(title => title.EndsWith(':'))];
        string[] heads = [.. titles.Select(title => title.TrimEnd(':'))];
        int[] widths = [.. heads.Select((head, i) => Math.Max(3, _rows.Select(row => row[i].Length).Append(head.Length).Max()))];
        StringBuilder text = new();
        Append(heads);
        text.Append('|').AppendJoin('|', widths.Select((width, i) =>
            isNumber[i] ? $" {new string('-', width - 1)}: " : $" {new string('-', width)} ")).Append("|\n");
        _rows.ForEach(Append);
        return text.ToString();

        void Append(string[] cells) => text.Append("| ").AppendJoin(" | ", cells.Select((cell, i) =>
            isNumber[i] ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]))).Append(" |\n");
    }

    /// <summary>Three significant digits without an exponent.</summary>
    public static string Digits(double value) => value switch
    {
        0 => "0",
        >= 100 => value.ToString("F0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("F1", CultureInfo.InvariantCulture),
        >= 1 => value.ToString("F2", CultureInfo.InvariantCulture),
        _ => value.ToString("F3", CultureInfo.InvariantCulture),
    };
}
