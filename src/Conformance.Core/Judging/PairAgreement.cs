using Conformance.Core.Backends;

namespace Conformance.Core.Judging;

/// <summary>How one output of two implementations compared over a run, in one dtype; counts are of elements.</summary>
/// <param name="implementation">The implementation.</param>
/// <param name="other">The one that it is compared with, whose value scales the tolerance.</param>
/// <param name="dtype">The dtype's name.</param>
/// <param name="output">The output's name.</param>
public sealed class PairAgreement(ImplementationInfo implementation, ImplementationInfo other, string dtype, string output)
{
    /// <summary>The implementation.</summary>
    public ImplementationInfo Implementation { get; } = implementation;

    /// <summary>The one that it is compared with.</summary>
    public ImplementationInfo Other { get; } = other;

    /// <summary>The dtype's name.</summary>
    public string DType { get; } = dtype;

    /// <summary>The output's name.</summary>
    public string Output { get; } = output;

    /// <summary>Elements compared.</summary>
    public long Elements { get; set; }

    /// <summary>Elements that are <c>==</c>, NaN counted as equal to NaN.</summary>
    public long Equal { get; set; }

    /// <summary>Elements that differ and are close.</summary>
    public long Close { get; set; }

    /// <summary>Elements that are not close, and no farther apart than the two contracts allow.</summary>
    public long WithinContract { get; set; }

    /// <summary>Elements whose deviation a waiver covers.</summary>
    public long Waived { get; set; }

    /// <summary>Elements that deviate.</summary>
    public long Failed { get; set; }

    /// <summary>The largest |a − b| / (atol + rtol·|b|) over elements that are finite in both and not waived.</summary>
    public double WorstRatio { get; set; }

    /// <summary>The case where it is; null where all elements are equal.</summary>
    public string? WorstCaseId { get; set; }

    /// <summary>The element's position there.</summary>
    public int WorstIndex { get; set; }

    /// <summary>The representable values between the two there.</summary>
    public ulong WorstUlps { get; set; }
}
