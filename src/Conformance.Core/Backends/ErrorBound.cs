using System.Globalization;
using System.Text.Json.Serialization;
using Conformance.Core.Judging;
using Conformance.Core.Losses;

namespace Conformance.Core.Backends;

/// <summary>
/// A bound u·(a·relu(x) + m·|x| + b·|x·z| + n·linear + c·log1p(exp(−|x|)) + s·slope + p·probability + q·sigmoid(x) + k + r·|result|) + MaxUlps on the error of one
/// element, with u the unit roundoff. Coefficients count the rounding errors that the formula can make at that term's size.
/// </summary>
public readonly record struct ErrorBound
{
    /// <summary>The coefficient of relu(x).</summary>
    public double Relu { get; init; }

    /// <summary>The coefficient of |x|.</summary>
    public double Magnitude { get; init; }

    /// <summary>The coefficient of |x·z| where the product can round.</summary>
    public double Product { get; init; }

    /// <summary>The coefficient of |x|·|x ≥ 0 ? 1−z : z|.</summary>
    public double Linear { get; init; }

    /// <summary>The coefficient of log1p(exp(−|x|)).</summary>
    public double Tail { get; init; }

    /// <summary>The coefficient of <see cref="ErrorTerms.Slope"/>: 1 for a logit that is rounded before use.</summary>
    public double Slope { get; init; }

    /// <summary>The coefficient of <see cref="ErrorTerms.Probability"/>.</summary>
    public double Probability { get; init; }

    /// <summary>The coefficient of <see cref="ErrorTerms.Sigmoid"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double Sigmoid { get; init; }

    /// <summary>An absolute number of unit roundoffs.</summary>
    public double Constant { get; init; }

    /// <summary>The coefficient of the result's own magnitude, so that a gradient at labels of any size has a bound.</summary>
    public double Result { get; init; }

    /// <summary>
    /// A number of units in the last place of the truth on top of the coefficients: 0.5 for a formula that rounds once, so that 0.5 alone
    /// asks for the correctly rounded value. Where it is stated it holds for sums and means as it is, and adding up has no budget of its
    /// own. Null for none.
    /// </summary>
    public double? MaxUlps { get; init; }

    /// <summary>
    /// What is close to the truth by <c>isclose</c>, on top of the coefficients. Where it is stated it holds for sums and means as it is, and
    /// adding up has no budget of its own. Null for none.
    /// </summary>
    public Tolerance? Closeness { get; init; }

    // Somebody asked for a number; what a formula needs beside it does not count.
    private bool IsStated => MaxUlps is not null || Closeness is not null;

    /// <summary>The bound with every coefficient multiplied, as for a formula that is evaluated in another dtype than its result.</summary>
    /// <param name="factor">The factor.</param>
    /// <returns>The bound; <see cref="MaxUlps"/> and <see cref="Closeness"/> stay as they are.</returns>
    public ErrorBound Scaled(double factor) => this with
    {
        Relu = Relu * factor,
        Magnitude = Magnitude * factor,
        Product = Product * factor,
        Linear = Linear * factor,
        Tail = Tail * factor,
        Slope = Slope * factor,
        Probability = Probability * factor,
        Sigmoid = Sigmoid * factor,
        Constant = Constant * factor,
        Result = Result * factor,
    };

    /// <summary>What each part of the formula contributes, in absolute terms.</summary>
    /// <param name="unitRoundoff">The unit roundoff u.</param>
    /// <param name="terms">The scales of the output's errors.</param>
    /// <returns>The parts whose coefficient is not 0: what is rounded, its size, and what that can cost.</returns>
    public IEnumerable<(string What, double Size, double Cost)> Parts(double unitRoundoff, OutputTerms terms)
    {
        return Weights(terms).Where(part => part.Coefficient != 0)
            .Select(part => (part.What, part.Size, unitRoundoff * part.Coefficient * part.Size));
    }

    /// <summary>The bound in absolute terms, but for <see cref="MaxUlps"/>.</summary>
    /// <param name="unitRoundoff">The unit roundoff u.</param>
    /// <param name="terms">The scales of the output's errors.</param>
    /// <returns>
    /// The weighted sum, and the roundings of a reduction unless <see cref="MaxUlps"/> or <see cref="Closeness"/> is stated. A term whose coefficient is 0 does not count even where it is infinite.
    /// </returns>
    public double Evaluate(double unitRoundoff, in OutputTerms terms)
    {
        return Weighted(Relu, terms.Terms.Relu) + Weighted(Magnitude, terms.Terms.Magnitude) + Weighted(Product, terms.Terms.Product)
            + Weighted(Linear, terms.Terms.Linear) + Weighted(Tail, terms.Terms.Tail) + Weighted(Slope, terms.Terms.Slope)
            + Weighted(Probability, terms.Terms.Probability) + Weighted(Sigmoid, terms.Terms.Sigmoid) + Weighted(Constant, terms.Elements)
            + Weighted(Result + (IsStated ? 0 : terms.Roundings), terms.Magnitude);

        // u first: a coefficient times a term near the largest value overflows, where the bound is far from it.
        double Weighted(double coefficient, double term) => coefficient == 0 ? 0 : unitRoundoff * coefficient * term;
    }

    /// <summary>What is allowed beside the roundings of the formula, in absolute terms, but for <see cref="MaxUlps"/>.</summary>
    /// <param name="smallest">What rounding or flushing a subnormal result can cost.</param>
    /// <param name="truth">The truth.</param>
    /// <returns>That cost, or in its place what is close, where a number was asked for.</returns>
    internal double Allowance(double smallest, double truth) => Closeness is { } close ? close.Allowance(truth) : MaxUlps is null ? smallest : 0;

    /// <summary>The bound as a formula.</summary>
    /// <returns>For example <c>u*(|x*z| + 5.9*log1p(exp(-|x|)))</c>, or <c>0.5 ULP</c>.</returns>
    public override string ToString()
    {
        string weighted = string.Join(" + ", Weights(default).Where(part => part.Coefficient != 0).Select(part =>
            part.Name.Length == 0 ? Number(part.Coefficient) : part.Coefficient == 1 ? part.Name : $"{Number(part.Coefficient)}*{part.Name}"));
        string[] parts =
        [
            .. weighted.Length == 0 ? Array.Empty<string>() : [$"u*({weighted})"],
            .. MaxUlps is { } most ? [string.Create(CultureInfo.InvariantCulture, $"{most} ULP")] : Array.Empty<string>(),
            .. Closeness is { } close ? [string.Create(CultureInfo.InvariantCulture, $"{close.Absolute} + {close.Relative}*|truth|")] : Array.Empty<string>(),
        ];
        return parts.Length == 0 ? "0" : string.Join(" + ", parts);
    }

    private static string Number(double coefficient) => coefficient.ToString("G6", CultureInfo.InvariantCulture);

    private (string What, string Name, double Coefficient, double Size)[] Weights(OutputTerms terms) =>
    [
        ("relu(x)", "relu(x)", Relu, terms.Terms.Relu),
        ("|x|", "|x|", Magnitude, terms.Terms.Magnitude),
        ("x*z", "|x*z|", Product, terms.Terms.Product),
        ("|x|*(x >= 0 ? 1-z : z)", "|x|*|x >= 0 ? 1-z : z|", Linear, terms.Terms.Linear),
        ("log1p(exp(-|x|))", "log1p(exp(-|x|))", Tail, terms.Terms.Tail),
        ("x with the weight |x*(p-z)|", "|x*(p-z)|", Slope, terms.Terms.Slope),
        ("p with the weight |z| + |1-z|*exp(max(x, 0))", "(|z| + |1-z|*exp(max(x, 0)))", Probability, terms.Terms.Probability),
        ("sigmoid(x)", "sigmoid(x)", Sigmoid, terms.Terms.Sigmoid),
        ("intermediate results", string.Empty, Constant, terms.Elements),
        ("its result", "|result|", Result, terms.Magnitude),
    ];
}
