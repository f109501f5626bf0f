using Conformance.Core.Judging;

namespace Conformance.Cli.Explain;

/// <summary>Two outputs that are not equal, and the clause by which they agree.</summary>
/// <param name="Implementation">The implementation.</param>
/// <param name="Other">The one that scales the tolerance.</param>
/// <param name="Difference">|a − b|.</param>
/// <param name="Allowance">atol + rtol·|b|.</param>
/// <param name="Clause">Which clause it is.</param>
internal sealed record PairExplanation(string Implementation, string Other, double Difference, double Allowance, PairClause Clause)
{
    /// <summary>The comparison; null where the two are equal.</summary>
    public static PairExplanation? Of(
        (StandingExplanation Explanation, double Output) one, (StandingExplanation Explanation, double Output) other, Tolerance tolerance)
    {
        double a = one.Output;
        double b = other.Output;
        if (a == b || (double.IsNaN(a) && double.IsNaN(b)))
        {
            return null;
        }

        PairClause clause = tolerance.IsClose(a, b) ? PairClause.IsClose
            : one.Explanation.IsWithin is true && other.Explanation.IsWithin is true ? PairClause.Contracts
            : IsAccountedFor(one.Explanation) && IsAccountedFor(other.Explanation) ? PairClause.Waived
            : PairClause.None;
        return new PairExplanation(one.Explanation.Implementation, other.Explanation.Implementation, Math.Abs(a - b), tolerance.Allowance(b), clause);
    }

    private static bool IsAccountedFor(StandingExplanation standing) => standing.IsWithin is true || standing.Waiver is not null;
}
