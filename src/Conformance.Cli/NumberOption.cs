using Conformance.Core;

namespace Conformance.Cli;

/// <summary>Numbers from the command line, of which one that makes no sense is refused.</summary>
internal static class NumberOption
{
    public static TimeSpan Seconds(double seconds, string option) => seconds is > 0 and < 1e6
        ? TimeSpan.FromSeconds(seconds)
        : throw new InvalidInputException(FormattableString.Invariant($"{option} is {seconds}; give a positive number of seconds below a million."));

    // Half a unit is what rounding the truth itself takes.
    public static double? AtLeastHalf(double? ulps) => ulps is null or (>= 0.5 and < double.PositiveInfinity)
        ? ulps
        : throw new InvalidInputException(FormattableString.Invariant($"--max-ulp is {ulps}; give a number of at least 0.5, which asks for the correctly rounded value, for example 4."));

    public static double NotNegative(double value, string option) => value >= 0 && double.IsFinite(value)
        ? value
        : throw new InvalidInputException(FormattableString.Invariant($"{option} is {value}; give a number that is not negative, for example 1e-5."));

    public static long Bytes(double gibibytes, string option) => gibibytes is > 0 and < 1e6
        ? (long)(gibibytes * (1L << 30))
        : throw new InvalidInputException(FormattableString.Invariant($"{option} is {gibibytes}; give a positive number of GiB below a million, for example 4."));
}
