namespace Conformance.Kernels.Arithmetic;

/// <summary>
/// Some doubles that are worked on together: what a kernel needs of a vector width, so that its mathematics is written once.
/// </summary>
/// <remarks>
/// Every operation is the IEEE 754 one in each lane, rounded to nearest, except <see cref="MultiplyAdd"/>. Masks have all bits of a lane
/// set, or none.
/// </remarks>
/// <typeparam name="TSelf">The implementation.</typeparam>
internal interface ILanes<TSelf>
    where TSelf : struct, ILanes<TSelf>
{
    /// <summary>How many.</summary>
    static abstract int Count { get; }

    /// <summary>Whether this machine has the instructions.</summary>
    static abstract bool IsAccelerated { get; }

    /// <summary>Lane by lane.</summary>
    static abstract TSelf operator +(TSelf left, TSelf right);

    /// <summary>Lane by lane.</summary>
    static abstract TSelf operator -(TSelf left, TSelf right);

    /// <summary>Lane by lane.</summary>
    static abstract TSelf operator *(TSelf left, TSelf right);

    /// <summary>Lane by lane.</summary>
    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary>Of the bits.</summary>
    static abstract TSelf operator &(TSelf left, TSelf right);

    /// <summary>Of the bits.</summary>
    static abstract TSelf operator |(TSelf left, TSelf right);

    /// <summary>Of the bits.</summary>
    static abstract TSelf operator ^(TSelf left, TSelf right);

    /// <summary>The same value in every lane.</summary>
    static abstract TSelf Of(double value);

    /// <summary>left · right + addend with one rounding or with two, whichever the machine does faster: error bounds must hold for both.</summary>
    static abstract TSelf MultiplyAdd(TSelf left, TSelf right, TSelf addend);

    /// <summary>left · right + addend with one rounding; only where the machine has the instruction.</summary>
    static abstract TSelf FusedMultiplyAdd(TSelf left, TSelf right, TSelf addend);

    /// <summary>Without the sign bit.</summary>
    static abstract TSelf Abs(TSelf value);

    /// <summary>The smaller; either where one is NaN.</summary>
    static abstract TSelf Min(TSelf left, TSelf right);

    /// <summary>The larger; either where one is NaN.</summary>
    static abstract TSelf Max(TSelf left, TSelf right);

    /// <summary>The mask of a set sign bit.</summary>
    static abstract TSelf IsNegative(TSelf value);

    /// <summary>The mask of left &lt; right; unset where one is NaN.</summary>
    static abstract TSelf LessThan(TSelf left, TSelf right);

    /// <summary>The mask of left = right; unset where one is NaN.</summary>
    static abstract TSelf AreEqual(TSelf left, TSelf right);

    /// <summary>mask ? ifSet : otherwise.</summary>
    static abstract TSelf Select(TSelf mask, TSelf ifSet, TSelf otherwise);

    /// <summary>The sum of the bits as whole numbers of 64 bits.</summary>
    static abstract TSelf AddBits(TSelf left, TSelf right);

    /// <summary>The bits moved towards the most significant.</summary>
    static abstract TSelf ShiftBitsLeft(TSelf value, int count);

    /// <summary>The bits moved towards the least significant; zeros come in.</summary>
    static abstract TSelf ShiftBitsRight(TSelf value, int count);

    /// <summary>Whether in any lane left's bits, as an unsigned number, are below right's.</summary>
    static abstract bool AnyBitsBelow(TSelf left, TSelf right);

    /// <summary>Whether in any lane left's bits, as an unsigned number, are below a number.</summary>
    static abstract bool AnyBitsBelow(TSelf left, ulong right);

    /// <summary>Whether the masked bits of any of as many elements in memory are above a largest one, as unsigned numbers.</summary>
    static abstract bool AnyAbove(ref readonly uint source, uint mask, uint largest);

    /// <summary>Whether the masked bits of any of as many elements in memory are above a largest one, as unsigned numbers.</summary>
    static abstract bool AnyAbove(ref readonly ushort source, ushort mask, ushort largest);

    /// <summary>The sign bits, the first lane's in the last place.</summary>
    static abstract uint SignBits(TSelf value);

    /// <summary>Widens as many floats; exact.</summary>
    static abstract TSelf Load(ref readonly float source);

    /// <summary>Loads as many doubles.</summary>
    static abstract TSelf Load(ref readonly double source);

    /// <summary>Loads as many 16-bit words, each the low bits of its lane.</summary>
    static abstract TSelf LoadBits(ref readonly ushort source);

    /// <summary>The nearest floats, ties to even, as doubles.</summary>
    TSelf RoundToSingle();

    /// <summary>Stores the nearest floats, ties to even.</summary>
    void Store(ref float destination);

    /// <summary>Stores the doubles.</summary>
    void Store(ref double destination);

    /// <summary>Stores the low 16 bits of each lane.</summary>
    void StoreBits(ref ushort destination);
}
