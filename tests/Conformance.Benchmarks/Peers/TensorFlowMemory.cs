namespace Conformance.Benchmarks.Peers;

/// <summary>Where TensorFlow gets the memory of its results from, which decides more about its speed than its kernels.</summary>
/// <param name="Suffix">What the rows' names end with.</param>
/// <param name="Variables">What the process's environment says.</param>
internal sealed record TensorFlowMemory(string Suffix, IReadOnlyList<KeyValuePair<string, string>> Variables)
{
    /// <summary>As it is by default: with oneDNN, an allocator of its own keeps memory; without, the C library's decides.</summary>
    public static readonly TensorFlowMemory AsItIs = new(string.Empty, []);

    private static readonly KeyValuePair<string, string> WithoutOneDnn = new("TF_ENABLE_ONEDNN_OPTS", "0");

    /// <summary>glibc gives arrays of this size back to the system with every free; what comes new is paid for by page faults.</summary>
    public static readonly TensorFlowMemory ByTheSystem = new(", oneDNN off", [WithoutOneDnn]);

    /// <summary>The same with glibc told to keep what it has.</summary>
    public static readonly TensorFlowMemory HeapKept = new(
        ", oneDNN off, heap kept",
        [
            WithoutOneDnn,
            new("MALLOC_MMAP_THRESHOLD_", "8589934592"),
            new("MALLOC_TRIM_THRESHOLD_", "8589934592"),
            new("MALLOC_TOP_PAD_", "268435456"),
        ]);

    public static readonly IReadOnlyList<TensorFlowMemory> All = [AsItIs, ByTheSystem, HeapKept];
}
