using System.Text;
using Conformance.Core.Runs;

namespace Conformance.Reporting;

/// <summary>The run itself, as in run.json.</summary>
public sealed class JsonReport : IRunReport
{
    /// <inheritdoc/>
    public string Name => "json";

    /// <inheritdoc/>
    public void Write(Run run, TextWriter output)
    {
        using MemoryStream json = new();
        RunJson.Write(run, json);
        output.WriteLine(Encoding.UTF8.GetString(json.GetBuffer(), 0, (int)json.Length));
    }
}
