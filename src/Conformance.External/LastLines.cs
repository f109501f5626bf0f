using System.Text;

namespace Conformance.External;

/// <summary>The last lines that a process printed to one stream, however much that was.</summary>
internal sealed class LastLines
{
    private const int KeptCharacters = 2000;
    private const int KeptLines = 10;

    private readonly StringBuilder _text = new();

    /// <summary>Reads until the stream ends or is closed.</summary>
    public async Task ReadAsync(TextReader reader)
    {
        char[] buffer = new char[4096];
        try
        {
            for (int read; (read = await reader.ReadAsync(buffer).ConfigureAwait(false)) > 0;)
            {
                lock (_text)
                {
                    _text.Append(buffer, 0, read);
                    _text.Remove(0, Math.Max(0, _text.Length - KeptCharacters));
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Closed from this side: the process has ended, and a child that it left behind still holds the other.
        }
    }

    public IEnumerable<string> Lines
    {
        get
        {
            lock (_text)
            {
                return _text.ToString().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).TakeLast(KeptLines);
            }
        }
    }
}
