namespace Conformance.Core.Judging;

/// <summary>
/// Bins of the logit, fine where losses bend and coarse where only the binade matters: for each sign four in a binade from 1/8 to 128, one from
/// 2^-32 to 2^32, and one for eight binades beyond; zero, the infinities and NaN apart.
/// </summary>
public static class LogitBins
{
    /// <summary>The bin of +∞; that of −∞ is its negative.</summary>
    public const int Infinity = LastFinite + 1;

    /// <summary>The bin of NaN.</summary>
    public const int NaN = Infinity + 1;

    /// <summary>How many there are: numbers from -<see cref="Infinity"/> to <see cref="NaN"/>.</summary>
    public const int Count = Infinity + NaN + 1;

    private const int LowestExponent = -1080;
    private const int FirstSingle = -32;
    private const int FirstQuarter = -3;
    private const int SecondSingle = 7;
    private const int LastGroup = 32;

    private const int SingleStart = 1 + ((FirstSingle - LowestExponent) / 8);
    private const int QuarterStart = SingleStart + FirstQuarter - FirstSingle;
    private const int SecondSingleStart = QuarterStart + ((SecondSingle - FirstQuarter) * 4);
    private const int LastGroupStart = SecondSingleStart + LastGroup - SecondSingle;
    private const int LastFinite = LastGroupStart + ((1023 - LastGroup) / 8);

    /// <summary>The bin of a logit: 0 for zero, and for the nth bin from zero n or -n.</summary>
    /// <param name="logit">The logit.</param>
    /// <returns>The bin.</returns>
    public static int IndexOf(double logit)
    {
        double magnitude = Math.Abs(logit);
        if (!(magnitude > 0 && magnitude < double.PositiveInfinity))
        {
            return double.IsNaN(logit) ? NaN : logit == 0 ? 0 : logit < 0 ? -Infinity : Infinity;
        }

        ulong bits = BitConverter.DoubleToUInt64Bits(magnitude);
        int exponent = (int)(bits >> 52) is var biased and > 0 ? biased - 1023 : Math.ILogB(magnitude);
        int bin = exponent switch
        {
            < FirstSingle => 1 + ((exponent - LowestExponent) >> 3),
            < FirstQuarter => SingleStart + exponent - FirstSingle,
            < SecondSingle => QuarterStart + ((exponent - FirstQuarter) << 2) + (int)((bits >> 50) & 3),
            < LastGroup => SecondSingleStart + exponent - SecondSingle,
            _ => LastGroupStart + ((exponent - LastGroup) >> 3),
        };
        return logit < 0 ? -bin : bin;
    }

    /// <summary>The least magnitude of a bin of numbers that are not zero.</summary>
    /// <param name="bin">The bin.</param>
    /// <returns>The magnitude, which is in the bin; that of the next bin is not.</returns>
    public static double LeastMagnitude(int bin) => Math.Abs(bin) switch
    {
        0 or > LastFinite => throw new ArgumentOutOfRangeException(nameof(bin), bin, "The bin has no magnitude."),
        < SingleStart and var group => Math.Max(Math.ScaleB(1, LowestExponent + ((group - 1) * 8)), double.Epsilon),
        < QuarterStart and var single => Math.ScaleB(1, FirstSingle + single - SingleStart),
        < SecondSingleStart and var quarter => Math.ScaleB(1 + ((quarter - QuarterStart) % 4 / 4.0), FirstQuarter + ((quarter - QuarterStart) / 4)),
        < LastGroupStart and var single => Math.ScaleB(1, SecondSingle + single - SecondSingleStart),
        var group => Math.ScaleB(1, LastGroup + ((group - LastGroupStart) * 8)),
    };
}
