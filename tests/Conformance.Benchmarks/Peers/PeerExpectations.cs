namespace Conformance.Benchmarks.Peers;

/// <summary>What each kind of output of some arrays adds up to, by the formula in double with the runtime's own exp and log.</summary>
internal sealed unsafe class PeerExpectations
{
    public PeerExpectations(PeerArrays arrays)
    {
        float* x = (float*)arrays.Logits.Address;
        float* z = (float*)arrays.Labels.Address;
        float* soft = (float*)arrays.SoftLabels.Address;
        int count = arrays.Count;
        Copy = Expectation.Of(count, i => x[i]);
        Triad = Expectation.Of(count, i => x[i] + Yardsticks.TriadFactor * z[i]);
        Loss = Expectation.Of(count, i => LossOf(x[i], z[i]));
        SoftLoss = Expectation.Of(count, i => LossOf(x[i], soft[i]));
        Gradient = Expectation.Of(count, i => 1 / (1 + Math.Exp(-(double)x[i])) - z[i]);
        Sum = Loss.Reduced(1);
        Mean = Loss.Reduced(1.0 / count);
    }

    public Expectation Copy { get; }

    public Expectation Triad { get; }

    public Expectation Loss { get; }

    public Expectation SoftLoss { get; }

    public Expectation Gradient { get; }

    public Expectation Sum { get; }

    public Expectation Mean { get; }

    private static double LossOf(double x, double z) => Math.Max(x, 0) - x * z + Math.Log(1 + Math.Exp(-Math.Abs(x)));
}
