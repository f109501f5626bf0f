using Conformance.Core.Sweeps;

namespace Conformance.Core.Tests.Sweeps;

/// <summary>Results as files.</summary>
internal static class SweepFiles
{
    public static SweepResult Reread(SweepResult result) => ReadText(Sweep.Content(result));

    public static SweepResult ReadText(string json)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, json);
            return SweepJson.Read(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
