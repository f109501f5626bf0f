namespace Conformance.External;

/// <summary>The memory that all processes of a command may have together.</summary>
/// <param name="bytes">The resident bytes.</param>
internal sealed class MemoryBudget(long bytes)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<CommandProcess, long> _held = [];
    private volatile bool _isShort;

    /// <summary>Whether it was once too little for those that ran at a time.</summary>
    public bool IsShort => _isShort;

    /// <summary>Notes what a process holds now.</summary>
    /// <returns>Why it has to be ended; null where it may go on.</returns>
    public CommandEnd? Hold(CommandProcess process, long held)
    {
        lock (_lock)
        {
            _held[process] = held;
            if (held > bytes)
            {
                return CommandEnd.OwnMemory;
            }

            // The one that holds the most, so that the others come to their end.
            if (_held.Values.Sum() <= bytes || held < _held.Values.Max())
            {
                return null;
            }

            _isShort = true;
            return CommandEnd.SharedMemory;
        }
    }

    /// <summary>Notes that a process has ended.</summary>
    public void Release(CommandProcess process)
    {
        lock (_lock)
        {
            _held.Remove(process);
        }
    }
}
