namespace Conformance.Benchmarks.Peers;

/// <summary>A peer said that it cannot do what was asked, or is gone.</summary>
internal sealed class PeerException(string message) : Exception(message);
