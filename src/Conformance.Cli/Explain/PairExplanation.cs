using Conformance.Core.Judging;

namespace Conformance.Cli.Explain;

/// <summary>Two outputs that are not equal, and the clause that decides whether they agree.</summary>
/// <param name="Implementation">The implementation.</param>
/// <param name="Other">The one that scales the tolerance.</param>
/// <param name="Difference">|a − b|.</param>
/// <param name="Allowance">atol + rtol·|b|.</param>
/// <param name="Bounds">What the two contracts allow together.</param>
/// <param name="Clause">Which clause decides.</param>
internal sealed record PairExplanation(
    string Implementation, string Other, double Difference, double Allowance, double Bounds, PairClause Clause)
{
    /// <summary>The comparison; null where the two are equal.</summary>
    public static PairExplanation? Of(string implementation, in Standing one, string otherImplementation, in Standing other, Tolerance tolerance)
    {
        double a = one.Output;
        double b = other.Output;
        if (a == b || (double.IsNaN(a) && double.IsNaN(b)))
        {
            return null;
        }

        double difference = Math.Abs(a - b);
        double bounds = (one.Bound + other.Bound) * one.Truth.Ulp;
        PairClause clause = tolerance.IsClose(a, b) ? PairClause.IsClose
            : double.IsFinite(bounds) && difference <= bounds ? PairClause.Contracts
            : PairClause.None;
        return new PairExplanation(implementation, otherImplementation, difference, tolerance.Allowance(b), bounds, clause);
    }
}
