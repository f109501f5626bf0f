using Conformance.Core;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Runs;
using Conformance.Core.Suites;
using Conformance.Core.Tensors;
using Conformance.Core.UnderTest;
using Xunit;

namespace Conformance.Xunit;

/// <summary>
/// Gates a loss function in a test project: a class that derives from this has a test for each dtype, layout, recipe of inputs and relation. The dtypes, and
/// whether there is a gradient, follow from the interfaces of the loss.
/// </summary>
/// <typeparam name="TLoss">
/// Implements <see cref="ILossFunction{T}"/> and perhaps <see cref="ILossGradient{T}"/>. Every test makes an instance of its own and uses it on one thread, in this process.
/// </typeparam>
public abstract class LossConformanceTests<TLoss> : ILossConformance
    where TLoss : class, new()
{
    /// <summary>What the loss is asked to compute.</summary>
    protected internal virtual Loss Loss => Core.Losses.Loss.All[0];

    /// <summary>How far from the truth it may be: by default what the first formula of the loss can keep.</summary>
    protected internal virtual ContractChoice Contract => ContractChoice.Of(Loss.Formulas[0]);

    /// <summary>The reductions that it computes: by default all.</summary>
    protected internal virtual IReadOnlyList<Reduction> Reductions => Reduction.All;

    /// <summary>The draws: by default those by which <c>conformance check</c> gates.</summary>
    protected internal virtual Suite Suite => SuiteCatalog.Gate;

    /// <summary>[batch, classes, length] in place of the suite's shapes, for a loss that takes no other; null for the suite's.</summary>
    protected internal virtual Shape? Shape => null;

    /// <summary>The key of the generator of inputs.</summary>
    protected internal virtual ulong Seed => RunOptions.DefaultSeed;

    /// <summary>What is close, where a relation compares two outputs.</summary>
    protected internal virtual Tolerance Tolerance => Tolerance.Default;

    /// <summary>Judges one group of cases.</summary>
    /// <param name="dtype">The dtype.</param>
    /// <param name="layout">The layout, or both.</param>
    /// <param name="recipe">How logits and labels are drawn.</param>
    /// <param name="relation">What must hold.</param>
    /// <returns>When it is judged.</returns>
    [Theory]
    [ConformanceData]
    public async Task Conforms(string dtype, string layout, string recipe, string relation)
    {
        ConformanceRow row = new(dtype, layout, recipe, relation);
        string? failure;
        try
        {
            failure = await ConformanceDataAttribute.GateOf(GetType()).FailureAsync(row, GetType(), TestContext.Current.CancellationToken).ConfigureAwait(false);
        }
        catch (InvalidInputException exception)
        {
            failure = exception.Message;
        }

        if (failure is not null)
        {
            Assert.Fail(failure);
        }
    }

    LossGate ILossConformance.CreateGate() => new(typeof(TLoss), Loss, Contract, Reductions, Suite, Shape, Seed, Tolerance);
}
