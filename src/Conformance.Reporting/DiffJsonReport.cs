using System.Text;
using Conformance.Core.Diffs;

namespace Conformance.Reporting;

/// <summary>The comparison itself, as in its file.</summary>
public static class DiffJsonReport
{
    /// <summary>Writes a comparison.</summary>
    /// <param name="report">The comparison.</param>
    /// <param name="output">Receives text.</param>
    public static void Write(DiffReport report, TextWriter output)
    {
        using MemoryStream json = new();
        DiffJson.Write(report, json);
        output.WriteLine(Encoding.UTF8.GetString(json.GetBuffer(), 0, (int)json.Length));
    }
}
