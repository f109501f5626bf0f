namespace Conformance.Kernels.Drivers;

/// <summary>One dimension of operands that share a shape.</summary>
internal struct StridedDimension
{
    /// <summary>How many elements.</summary>
    public nint Length;

    /// <summary>How many of them are in a tile; fewer in the last one, perhaps.</summary>
    public nint Tile;

    /// <summary>How many tiles.</summary>
    public nint Tiles;

    /// <summary>How many elements it is from one to the next.</summary>
    public PerOperand Strides;

    /// <summary>All strides together: the smaller, the further in the dimension belongs.</summary>
    public readonly nint Reach => Strides[0] + Strides[1] + Strides[2] + Strides[3];
}
