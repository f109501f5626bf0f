using System.Collections.Immutable;
using System.Globalization;
using Conformance.Core.Backends;
using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Tensors;
using Conformance.Core.Waivers;

namespace Conformance.Core.UnderTest;

/// <summary>What somebody asks of an implementation under test: a bound, and the rulings that go with it.</summary>
public sealed record ContractChoice
{
    private readonly LossFormula? _formula;
    private readonly ErrorBound _bound;

    private ContractChoice(string name, string text, LossFormula? formula, ErrorBound bound)
    {
        Name = name;
        Text = text;
        _formula = formula;
        _bound = bound;
    }

    /// <summary>The name that <c>--contract</c> takes.</summary>
    public string Name { get; }

    /// <summary>What is asked, in a few words.</summary>
    public string Text { get; }

    /// <summary>Whether subnormal results may be zero.</summary>
    public bool FlushesSubnormals { get; init; }

    /// <summary>At most one unit in the last place from the truth, sums and means included, and NaN and infinities where the truth has them.</summary>
    /// <returns>The choice.</returns>
    public static ContractChoice Strict() => WithinUlps(1);

    /// <summary>What a formula of the loss can keep.</summary>
    /// <param name="formula">The formula that the implementation computes.</param>
    /// <returns>The choice.</returns>
    public static ContractChoice Of(LossFormula formula) => new("formula", formula.Text, formula, default);

    /// <summary>Close to the truth by <c>isclose</c>.</summary>
    /// <param name="tolerance">What is close.</param>
    /// <returns>The choice.</returns>
    public static ContractChoice Close(Tolerance tolerance) => Within(null, tolerance);

    /// <summary>At most a number of units in the last place from the truth.</summary>
    /// <param name="ulps">The number, at least 0.5.</param>
    /// <returns>The choice.</returns>
    public static ContractChoice WithinUlps(double ulps) => Within(ulps, null);

    /// <summary>At most a number of units in the last place and what is close beside that.</summary>
    /// <param name="ulps">The number, at least 0.5; null for none.</param>
    /// <param name="tolerance">What is close; null for nothing.</param>
    /// <returns>The choice.</returns>
    /// <exception cref="InvalidInputException">The number is not one, or both are null.</exception>
    public static ContractChoice Within(double? ulps, Tolerance? tolerance)
    {
        if (ulps is not (null or (>= 0.5 and < double.PositiveInfinity)))
        {
            throw new InvalidInputException(string.Create(
                CultureInfo.InvariantCulture, $"The number of ULP is {ulps}; give a number of at least 0.5, which asks for the correctly rounded value, for example 4."));
        }

        if (ulps is null && tolerance is null)
        {
            throw new InvalidInputException("A contract needs a number of ULP or a tolerance.");
        }

        ErrorBound bound = new() { MaxUlps = ulps, Closeness = tolerance };
        string name = ulps == 1 && tolerance is null ? "strict" : ulps is null ? "isclose" : "explicit";
        return new ContractChoice(name, bound.ToString(), null, bound);
    }

    /// <summary>The contract in some dtypes.</summary>
    /// <param name="dtypes">The dtypes.</param>
    /// <returns>The contract.</returns>
    public Contract ContractFor(ImmutableArray<DType> dtypes) => _formula is { } formula
        ? formula.ContractFor(dtypes, FlushesSubnormals)
        : new Contract(dtypes, _bound, _bound, string.Empty, "The command or the test that asked") { FlushesSubnormals = FlushesSubnormals };

    /// <summary>What the contract allows where parts of a formula are not finite.</summary>
    /// <param name="implementation">The implementation's id.</param>
    /// <param name="dtypes">The dtypes.</param>
    /// <returns>Rulings; none where no formula was stated.</returns>
    public IEnumerable<Waiver> RulingsFor(string implementation, ImmutableArray<DType> dtypes) => _formula?.RulingsFor(implementation, dtypes) ?? [];

    /// <summary>The arguments of <c>check</c> that ask for this.</summary>
    /// <param name="relations">What is close to a relation that they are to repeat, for <c>check</c> has one tolerance for that and for the truth; null for none.</param>
    /// <returns>Options and their values.</returns>
    public IEnumerable<string> ToArguments(Tolerance? relations = null)
    {
        Tolerance? closeness = relations is not null && (_bound.Closeness is not null || relations != Tolerance.Default) ? relations : _bound.Closeness;
        if (_formula is { } formula)
        {
            yield return "--formula";
            yield return formula.Name;
        }

        if (_bound.MaxUlps is { } ulps)
        {
            yield return "--max-ulp";
            yield return ulps.ToString("R", CultureInfo.InvariantCulture);
        }

        if (closeness is { } close)
        {
            yield return "--rtol";
            yield return close.Relative.ToString("R", CultureInfo.InvariantCulture);
            yield return "--atol";
            yield return close.Absolute.ToString("R", CultureInfo.InvariantCulture);
        }

        if (FlushesSubnormals)
        {
            yield return "--flush-subnormals";
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Text}";
}
