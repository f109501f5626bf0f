namespace Conformance.Xunit;

/// <summary>What the list of tests is made from, whatever the loss.</summary>
internal interface ILossConformance
{
    /// <summary>What the class asks.</summary>
    /// <returns>The gate.</returns>
    /// <exception cref="Core.InvalidInputException">The class asks for what there is not.</exception>
    LossGate CreateGate();
}
