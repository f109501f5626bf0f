using System.Diagnostics;
using Conformance.Golden.Storage;

namespace Conformance.Golden.Tests.Storage;

/// <summary>File operations of which the n-th does not happen as it should.</summary>
/// <param name="step">The number of the operation, from 1; a write counts twice, since it can end in the middle.</param>
/// <param name="fault">What happens in its place.</param>
/// <param name="isLasting">Whether every later operation fails likewise.</param>
internal sealed class FaultyFiles(int step, Action fault, bool isLasting = false) : ActFiles
{
    /// <summary>The operations so far.</summary>
    public int Steps { get; private set; }

    /// <summary>Ends this process as a kill from outside would, with nothing cleaned up.</summary>
    public static FaultyFiles Killing(int step) => new(step, () =>
    {
        using Process self = Process.GetCurrentProcess();
        self.Kill();
        Thread.Sleep(Timeout.Infinite);
    });

    public override void Write(string path, ReadOnlySpan<byte> content)
    {
        Reach();
        if (++Steps == step)
        {
            File.WriteAllBytes(path, content[..(content.Length / 2)]);
            fault();
        }

        base.Write(path, content);
    }

    public override void Move(string source, string destination)
    {
        Reach();
        base.Move(source, destination);
    }

    public override void Delete(string path)
    {
        Reach();
        base.Delete(path);
    }

    public override void DeleteFolder(string path)
    {
        Reach();
        base.DeleteFolder(path);
    }

    private void Reach()
    {
        Steps++;
        if (Steps == step || (isLasting && Steps > step))
        {
            fault();
        }
    }
}
