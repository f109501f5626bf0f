namespace Conformance.Benchmarks.Peers;

/// <summary>A contestant in a Python process, which takes its own time.</summary>
/// <param name="name">The row's name.</param>
/// <param name="threads">How many threads it computes with.</param>
/// <param name="ownsOutput">Whether every call makes new memory for its result.</param>
/// <param name="expected">What its outputs add up to, one by one.</param>
/// <param name="peer">The process; null with the reason where there is none.</param>
/// <param name="missing">Why there is no process.</param>
/// <param name="call">The call's name there.</param>
/// <param name="elements">How many of the elements it takes.</param>
internal sealed class RemoteContestant(
    string name, int threads, bool ownsOutput, IReadOnlyList<Expectation> expected, PythonPeer? peer, string? missing, string call, int elements)
    : Contestant(name, threads, ownsOutput, expected)
{
    public override Task<double> SecondsAsync(int calls, CancellationToken cancellationToken) =>
        Peer.SecondsAsync(call, elements, calls, cancellationToken);

    protected override Task<IReadOnlyList<double>> SumsAsync(CancellationToken cancellationToken) =>
        Peer.SumsAsync(call, elements, cancellationToken);

    private PythonPeer Peer => peer ?? throw new PeerException(missing!);
}
