namespace Conformance.External;

/// <summary>What ended the process of a command.</summary>
internal enum CommandEnd
{
    /// <summary>It ended by itself, well or not.</summary>
    Exit,

    /// <summary>It did not end in time.</summary>
    Deadline,

    /// <summary>It used more memory than all may together.</summary>
    OwnMemory,

    /// <summary>It used the most of those that used too much together, and may well do by itself.</summary>
    SharedMemory,
}
