namespace Conformance.Benchmarks.Peers;

/// <summary>
/// What a contestant's outputs must add up to, so that nobody is timed for computing something else. It is no judgement of
/// accuracy, which is what the tool itself is for.
/// </summary>
/// <param name="Sum">The sum of the outputs in real numbers, nearly.</param>
/// <param name="Magnitude">The sum of their magnitudes.</param>
/// <param name="Share">How far off the sum may be, as a share of the magnitude.</param>
internal sealed record Expectation(double Sum, double Magnitude, double Share)
{
    // Formulas that round a few times are a few times 2^-24 off, and errors of many elements cancel rather than add.
    private const double ElementwiseShare = 1e-5;

    // Adding 2^25 float32 numbers naively is up to 1e-2 off.
    private const double ReducedShare = 3e-2;

    public static Expectation Of(int count, Func<int, double> output)
    {
        double sum = 0;
        double magnitude = 0;
        for (int i = 0; i < count; i++)
        {
            double value = output(i);
            sum += value;
            magnitude += Math.Abs(value);
        }

        return new Expectation(sum, magnitude, ElementwiseShare);
    }

    /// <summary>Of one number, the sum of these outputs times a factor.</summary>
    public Expectation Reduced(double factor) => new(Sum * factor, Magnitude * factor, ReducedShare);

    public void Check(double sum)
    {
        if (!(Math.Abs(sum - Sum) <= Share * Magnitude))
        {
            throw new InvalidDataException(FormattableString.Invariant($"its results add up to {sum:G6} where {Sum:G6} is right"));
        }
    }
}
