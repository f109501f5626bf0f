using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Conformance.Kernels.Arithmetic;

/// <summary>16 doubles in two vectors of 512 bits, whose dependency chains the processor works on side by side.</summary>
/// <param name="low">The first 8.</param>
/// <param name="high">The others.</param>
internal readonly struct Lanes512(Vector512<double> low, Vector512<double> high) : ILanes<Lanes512>
{
    private readonly Vector512<double> _low = low;
    private readonly Vector512<double> _high = high;

    /// <inheritdoc/>
    public static int Count => 16;

    /// <inheritdoc/>
    public static bool IsAccelerated => Vector512.IsHardwareAccelerated;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator +(Lanes512 left, Lanes512 right) => new(left._low + right._low, left._high + right._high);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator -(Lanes512 left, Lanes512 right) => new(left._low - right._low, left._high - right._high);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator *(Lanes512 left, Lanes512 right) => new(left._low * right._low, left._high * right._high);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator /(Lanes512 left, Lanes512 right) => new(left._low / right._low, left._high / right._high);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator &(Lanes512 left, Lanes512 right) => new(left._low & right._low, left._high & right._high);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator |(Lanes512 left, Lanes512 right) => new(left._low | right._low, left._high | right._high);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator ^(Lanes512 left, Lanes512 right) => new(left._low ^ right._low, left._high ^ right._high);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Of(double value) => new(Vector512.Create(value), Vector512.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 MultiplyAdd(Lanes512 left, Lanes512 right, Lanes512 addend) => new(
        Vector512.MultiplyAddEstimate(left._low, right._low, addend._low), Vector512.MultiplyAddEstimate(left._high, right._high, addend._high));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 FusedMultiplyAdd(Lanes512 left, Lanes512 right, Lanes512 addend) => new(
        Vector512.FusedMultiplyAdd(left._low, right._low, addend._low), Vector512.FusedMultiplyAdd(left._high, right._high, addend._high));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Abs(Lanes512 value) => new(Vector512.Abs(value._low), Vector512.Abs(value._high));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Min(Lanes512 left, Lanes512 right) => new(Vector512.MinNative(left._low, right._low), Vector512.MinNative(left._high, right._high));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Max(Lanes512 left, Lanes512 right) => new(Vector512.MaxNative(left._low, right._low), Vector512.MaxNative(left._high, right._high));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 IsNegative(Lanes512 value) => new(Vector512.LessThan(value._low.AsInt64(), Vector512<long>.Zero).AsDouble(), Vector512.LessThan(value._high.AsInt64(), Vector512<long>.Zero).AsDouble());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 LessThan(Lanes512 left, Lanes512 right) => new(Vector512.LessThan(left._low, right._low), Vector512.LessThan(left._high, right._high));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 AreEqual(Lanes512 left, Lanes512 right) => new(Vector512.Equals(left._low, right._low), Vector512.Equals(left._high, right._high));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Select(Lanes512 mask, Lanes512 ifSet, Lanes512 otherwise) => new(
        Vector512.ConditionalSelect(mask._low, ifSet._low, otherwise._low), Vector512.ConditionalSelect(mask._high, ifSet._high, otherwise._high));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 AddBits(Lanes512 left, Lanes512 right) => new((left._low.AsInt64() + right._low.AsInt64()).AsDouble(), (left._high.AsInt64() + right._high.AsInt64()).AsDouble());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 ShiftBitsLeft(Lanes512 value, int count) => new((value._low.AsInt64() << count).AsDouble(), (value._high.AsInt64() << count).AsDouble());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 ShiftBitsRight(Lanes512 value, int count) => new((value._low.AsInt64() >>> count).AsDouble(), (value._high.AsInt64() >>> count).AsDouble());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyBitsBelow(Lanes512 left, Lanes512 right) =>
        Vector512.LessThanAny(left._low.AsUInt64(), right._low.AsUInt64()) | Vector512.LessThanAny(left._high.AsUInt64(), right._high.AsUInt64());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyBitsBelow(Lanes512 left, ulong right) =>
        Vector512.LessThanAny(Vector512.Min(left._low.AsUInt64(), left._high.AsUInt64()), Vector512.Create(right));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyAbove(ref readonly uint source, uint mask, uint largest) =>
        Vector512.GreaterThanAny(Vector512.LoadUnsafe(in source) & Vector512.Create(mask), Vector512.Create(largest));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyAbove(ref readonly ushort source, ushort mask, ushort largest) =>
        Vector256.GreaterThanAny(Vector256.LoadUnsafe(in source) & Vector256.Create(mask), Vector256.Create(largest));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint SignBits(Lanes512 value) =>
        (uint)Vector512.ExtractMostSignificantBits(value._low) | ((uint)Vector512.ExtractMostSignificantBits(value._high) << 8);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Load(ref readonly float source)
    {
        // Two loads: taking the upper half of one costs more.
        Vector256<float> low = Vector256.LoadUnsafe(in source);
        Vector256<float> high = Vector256.LoadUnsafe(in source, 8);
        return new Lanes512(Vector512.WidenLower(low.ToVector512Unsafe()), Vector512.WidenLower(high.ToVector512Unsafe()));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Load(ref readonly double source) => new(Vector512.LoadUnsafe(in source), Vector512.LoadUnsafe(in source, 8));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 LoadBits(ref readonly ushort source)
    {
        Vector512<uint> words = Vector512.WidenLower(Vector256.LoadUnsafe(in source).ToVector512Unsafe());
        return new Lanes512(Vector512.WidenLower(words).AsDouble(), Vector512.WidenUpper(words).AsDouble());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lanes512 RoundToSingle()
    {
        Vector512<float> singles = Vector512.Narrow(_low, _high);
        return new Lanes512(Vector512.WidenLower(singles), Vector512.WidenUpper(singles));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref float destination) => Vector512.Narrow(_low, _high).StoreUnsafe(ref destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref double destination)
    {
        _low.StoreUnsafe(ref destination);
        _high.StoreUnsafe(ref destination, 8);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreBits(ref ushort destination)
    {
        Vector512<uint> words = Vector512.Narrow(_low.AsUInt64(), _high.AsUInt64());
        Vector512.Narrow(words, words).GetLower().StoreUnsafe(ref destination);
    }
}
