namespace Conformance.Benchmarks;

/// <summary>Median, least and largest of some measurements.</summary>
internal readonly record struct Spread(double Median, double Least, double Largest)
{
    public static Spread Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        double median = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        return new Spread(median, sorted[0], sorted[^1]);
    }
}
