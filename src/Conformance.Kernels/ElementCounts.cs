namespace Conformance.Kernels;

/// <summary>How many elements needed more than the first evaluation in double, over all calls that were given this object. May be shared by threads.</summary>
public sealed class ElementCounts
{
    private long _wide;
    private long _exact;

    /// <summary>Results that double-double arithmetic was asked for; in float64 every one.</summary>
    public long Wide => Interlocked.Read(ref _wide);

    /// <summary>Results that arbitrary precision was asked for.</summary>
    public long Exact => Interlocked.Read(ref _exact);

    internal void AddWide(int count) => Interlocked.Add(ref _wide, count);

    internal void AddExact(int count) => Interlocked.Add(ref _exact, count);
}
