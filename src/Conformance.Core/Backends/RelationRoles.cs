namespace Conformance.Core.Backends;

/// <summary>What relations ask of an implementation on each draw; a call of a framework costs up to milliseconds.</summary>
[Flags]
public enum RelationRoles
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The loss of each single example.</summary>
    Singles = 1,

    /// <summary>The loss of the batch.</summary>
    Batch = 2,

    /// <summary>The gradient of the batch.</summary>
    Gradient = 4,

    /// <summary>Everything.</summary>
    All = Singles | Batch | Gradient,
}
