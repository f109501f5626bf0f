namespace Conformance.Core.Judging;

/// <summary>What is checked of an output.</summary>
public enum Check
{
    /// <summary>The output's shape is the one that the case asks for.</summary>
    Shape,

    /// <summary>The output's dtype is the case's.</summary>
    DType,

    /// <summary>NaN and infinities are where the truth has them.</summary>
    NonFinite,

    /// <summary>Finite values are within the contract of the truth.</summary>
    Value,

    /// <summary>The loss is not negative and the gradient within [−1, 1], over N in a mean, where labels are in [0, 1].</summary>
    Range,

    /// <summary>Over elements of one hard label, loss and gradient follow the logit without going back.</summary>
    Monotone,

    /// <summary>Evaluated a second time on the same inputs, it returns the same bits.</summary>
    Repeat,
}
