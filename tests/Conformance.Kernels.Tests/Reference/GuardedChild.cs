namespace Conformance.Kernels.Tests.Reference;

/// <summary>A process that touches bounded memory inside or outside of its bounds.</summary>
internal static class GuardedChild
{
    /// <summary>The first argument of such a process.</summary>
    public const string Verb = "touch-bounded-memory";

    /// <summary>Says so, touches the place, and says so.</summary>
    public static int Run(string place)
    {
        using BoundedMemory memory = new(1000);
        Console.WriteLine("before");
        byte read = place switch
        {
            "inside" => (byte)(memory.AtStart<byte>(1)[0] + memory.AtEnd<byte>(1)[0]),
            "before" => memory.ReadBeforeStart(),
            "behind" => memory.ReadBehindEnd(),
            _ => throw new ArgumentException(place, nameof(place)),
        };
        Console.WriteLine($"after {read}");
        return 0;
    }
}
