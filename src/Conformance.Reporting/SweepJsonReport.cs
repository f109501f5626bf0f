using System.Text;
using Conformance.Core.Sweeps;

namespace Conformance.Reporting;

/// <summary>The result of a sweep itself, as in its file.</summary>
public static class SweepJsonReport
{
    /// <summary>Writes a result.</summary>
    /// <param name="result">The result.</param>
    /// <param name="output">Receives text.</param>
    public static void Write(SweepResult result, TextWriter output)
    {
        using MemoryStream json = new();
        SweepJson.Write(result, json);
        output.WriteLine(Encoding.UTF8.GetString(json.GetBuffer(), 0, (int)json.Length));
    }
}
