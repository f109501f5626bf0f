using Conformance.Kernels.Arithmetic;

namespace Conformance.Kernels.Drivers;

/// <summary>The vector widths that a kernel comes in.</summary>
internal enum LaneWidth
{
    /// <summary>One number at a time.</summary>
    Scalar = 64,

    /// <summary>128 bits.</summary>
    Vector128 = 128,

    /// <summary>256 bits.</summary>
    Vector256 = 256,

    /// <summary>512 bits.</summary>
    Vector512 = 512,
}

/// <summary>Which width this machine takes.</summary>
internal static class LaneWidths
{
    /// <summary>The widest for which there are instructions.</summary>
    public static LaneWidth Widest { get; } =
        Lanes512.IsAccelerated ? LaneWidth.Vector512
        : Lanes256.IsAccelerated ? LaneWidth.Vector256
        : Lanes128.IsAccelerated ? LaneWidth.Vector128
        : LaneWidth.Scalar;
}
