using System.Globalization;
using Conformance.Core.Backends;
using Conformance.Core.Losses;
using Conformance.Core.Oracles;

namespace Conformance.Core.Judging;

/// <summary>How one output value of one implementation stands to its truth, under the implementation's contract.</summary>
public readonly record struct Standing
{
    private readonly ImplementationInfo _implementation;
    private readonly OutputTerms _terms;
    private readonly bool _isGradient;

    private readonly double _hugeRatio;

    private Standing(
        ImplementationInfo implementation, bool isGradient, in Truth truth, double output, double bound, double hugeRatio, in OutputTerms terms)
    {
        _hugeRatio = hugeRatio;
        _implementation = implementation;
        _isGradient = isGradient;
        _terms = terms;
        Truth = truth;
        Output = output;
        Bound = bound;
        Error = truth.ErrorOf(output);
        IsCorrectlyRounded = truth.IsCorrectlyRounded(output);
    }

    /// <summary>The truth.</summary>
    public Truth Truth { get; }

    /// <summary>The output.</summary>
    public double Output { get; }

    /// <summary>(output − truth)/ulp: see <see cref="Truth.ErrorOf"/>.</summary>
    public double Error { get; }

    /// <summary>How large the error may be, in the same unit.</summary>
    public double Bound { get; }

    /// <summary>Whether the output is the correctly rounded truth.</summary>
    public bool IsCorrectlyRounded { get; }

    /// <summary>
    /// Whether the output is within the contract: correctly rounded, less far from the truth than the bound, or flushed to zero under a contract
    /// that says so.
    /// </summary>
    public bool IsWithin => IsCorrectlyRounded || IsFlushedAsTheContractSays || (double.IsInfinity(Bound) ? Ratio < 1 : Math.Abs(Error) < Bound);

    /// <summary>
    /// |error|/bound: at most 1 within the contract; where the contract claims nothing, 0 for the correctly rounded truth and an infinity
    /// for anything else; 0 where not the bound but its permission to flush decides.
    /// </summary>
    public double Ratio
    {
        get
        {
            double error = Math.Abs(Error);
            double ratio = double.IsInfinity(Bound) ? _hugeRatio
                : double.IsInfinity(error) || Bound == 0 ? double.PositiveInfinity
                : error / Bound;
            if (IsFlushedAsTheContractSays && ratio >= 1)
            {
                return 0;
            }

            return !IsCorrectlyRounded ? ratio : Bound == 0 ? 0 : Math.Min(ratio, 1);
        }
    }

    /// <summary>Whether the output is zero, or finite with the wrong sign, where the truth rounds to a normal number.</summary>
    public bool HasLostEverything => double.IsFinite(Output) && double.IsFinite(Truth.Value)
        && Math.Abs(Truth.Value) >= Truth.DType.SmallestNormal && Math.Sign(Output) != Math.Sign(Truth.Value);

    /// <summary>Whether the output is zero where the truth rounds to a subnormal number.</summary>
    public bool IsFlushed => Output == 0 && Truth.Value != 0 && Truth.IsSubnormal;

    private bool IsFlushedAsTheContractSays =>
        IsFlushed && _implementation.ContractFor(Truth.DType) is var contract && (contract.FlushesSubnormals || (_isGradient && contract.FlushesSubnormalGradients));

    /// <summary>Whether one of output and truth is NaN or an infinity and the other is not that.</summary>
    public bool IsNonFiniteMismatch => !IsCorrectlyRounded && (!double.IsFinite(Output) || !double.IsFinite(Truth.Value));

    /// <summary>The check that the output fails; null where it is within the contract.</summary>
    public Check? Failure => IsWithin ? null : IsNonFiniteMismatch ? Check.NonFinite : Check.Value;

    /// <summary>The implementation.</summary>
    public ImplementationInfo Implementation => _implementation;

    /// <summary>By what the output's rounding errors scale.</summary>
    public OutputTerms Terms => _terms;

    /// <summary>How well this input suits the implementation's own formula.</summary>
    public Conditioning Conditioning => Conditioning.Of(_implementation.ContractFor(Truth.DType), _isGradient, _terms, Truth);

    /// <summary>Says of an error within the contract that it is the formula's, where the input does not suit the formula.</summary>
    /// <returns>
    /// One sentence without a full stop, as "inherent to relu(x) - x*z + log1p(exp(-|x|)) here: it rounds x*z of size 9.9899 while the
    /// loss is 0.0100454, so up to 2.0e3 ULP"; null where the input is not ill-conditioned.
    /// </returns>
    public string? DescribeConditioning()
    {
        Conditioning conditioning = Conditioning;
        return conditioning.IsIll
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"inherent to {_implementation.Formula} here: it {conditioning.Cause} while the {(_isGradient ? "gradient" : "loss")} is {Truth.Value:G6}, so up to {FormatUlps(conditioning.Ulps)} ULP")
            : null;
    }

    /// <summary>The standing of an output.</summary>
    /// <param name="implementation">The implementation; it must have a contract for the truth's dtype.</param>
    /// <param name="isGradient">Whether the output is a gradient.</param>
    /// <param name="truth">The truth.</param>
    /// <param name="output">The output, a value of the truth's dtype.</param>
    /// <param name="terms">The scales of its errors.</param>
    /// <param name="maxUlps">A number of ULP that takes the place of the contract's bound; null for none.</param>
    /// <returns>The standing.</returns>
    public static Standing Of(
        ImplementationInfo implementation, bool isGradient, in Truth truth, double output, in OutputTerms terms, double? maxUlps = null)
    {
        Contract contract = implementation.ContractFor(truth.DType);
        ErrorBound bound = maxUlps is null ? contract.BoundOf(isGradient) : new ErrorBound { MaxUlps = maxUlps };
        double ulps = contract.Evaluate(bound, terms, truth);

        // Beside a truth near zero both may be more ULP than a double can count; then what rounding the truth left is nothing to either.
        double hugeRatio = double.IsInfinity(ulps) && truth.IsReal && double.IsFinite(output)
            ? Math.Abs(output - truth.Value) / contract.EvaluateAbsolute(bound, terms, truth.DType, truth.Value)
            : double.PositiveInfinity;
        return new Standing(implementation, isGradient, truth, output, ulps, hugeRatio, terms);
    }

    /// <summary>A number of ULP for people, in the invariant culture.</summary>
    /// <param name="ulps">The number.</param>
    /// <returns>Two decimals below 1000, two significant digits from there on.</returns>
    public static string FormatUlps(double ulps) => Math.Abs(ulps) < 999.995
        ? ulps.ToString("0.##", CultureInfo.InvariantCulture)
        : double.IsInfinity(ulps) ? (ulps < 0 ? "-inf" : "inf")
        : ulps.ToString("0.0e0", CultureInfo.InvariantCulture);
}
