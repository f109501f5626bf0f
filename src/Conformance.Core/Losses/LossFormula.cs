using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Judging;
using Conformance.Core.Tensors;
using Conformance.Core.Waivers;

namespace Conformance.Core.Losses;

/// <summary>A way to compute a loss, by which somebody may state what their own implementation does, and what that way can keep.</summary>
/// <param name="Name">The name that <c>--formula</c> takes.</param>
/// <param name="Text">The formula.</param>
/// <param name="Loss">The bound on one element's loss.</param>
/// <param name="Gradient">The bound on one element's gradient.</param>
/// <param name="Reason">Why these bounds.</param>
/// <param name="Rulings">What the formula gives where its own parts are not finite, for any implementation.</param>
public sealed record LossFormula(
    string Name, string Text, ErrorBound Loss, ErrorBound Gradient, string Reason, ImmutableArray<FormulaRuling> Rulings)
{
    private const string Source = "Counted from the formula, with elementary functions that are within 4 ULP";

    /// <summary>Whether a subnormal gradient may be zero.</summary>
    public bool FlushesSubnormalGradients { get; init; }

    /// <summary>The contract of an implementation that computes this formula.</summary>
    /// <param name="dtypes">The dtypes that it takes.</param>
    /// <param name="flushesSubnormals">Whether its subnormal results may be zero.</param>
    /// <returns>The contract.</returns>
    public Contract ContractFor(ImmutableArray<DType> dtypes, bool flushesSubnormals) =>
        new(dtypes, Loss, Gradient, Reason, Source) { FlushesSubnormals = flushesSubnormals, FlushesSubnormalGradients = FlushesSubnormalGradients };

    /// <summary>The rulings for one implementation.</summary>
    /// <param name="implementation">The implementation.</param>
    /// <param name="dtypes">The dtypes that it takes.</param>
    /// <returns>What is allowed, which is never stale.</returns>
    public IEnumerable<Waiver> RulingsFor(string implementation, ImmutableArray<DType> dtypes) =>
        from ruling in Rulings
        from dtype in dtypes
        select new Waiver
        {
            Id = $"{Name}-{ruling.Name}-{dtype.Name}",
            Implementations = [implementation],
            DTypes = [dtype.Name],
            Outputs = [ruling.Output],
            Checks = [Check.NonFinite],
            When = ruling.When(dtype),
            Reason = ruling.Reason,
            Source = $"The formula {Text} itself",
            IsRuling = true,
            AllowedOutput = ruling.Gives,
        };

    /// <inheritdoc/>
    public override string ToString() => Name;
}
