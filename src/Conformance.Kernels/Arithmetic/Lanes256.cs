using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Conformance.Kernels.Arithmetic;

/// <summary>8 doubles in two vectors of 256 bits, whose dependency chains the processor works on side by side.</summary>
/// <param name="low">The first 4.</param>
/// <param name="high">The others.</param>
internal readonly struct Lanes256(Vector256<double> low, Vector256<double> high) : ILanes<Lanes256>
{
    private readonly Vector256<double> _low = low;
    private readonly Vector256<double> _high = high;

    /// <inheritdoc/>
    public static int Count => 8;

    /// <inheritdoc/>
    public static bool IsAccelerated => Vector256.IsHardwareAccelerated;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator +(Lanes256 left, Lanes256 right) => new(left._low + right._low, left._high + right._high);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator -(Lanes256 left, Lanes256 right) => new(left._low - right._low, left._high - right._high);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator *(Lanes256 left, Lanes256 right) => new(left._low * right._low, left._high * right._high);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator /(Lanes256 left, Lanes256 right) => new(left._low / right._low, left._high / right._high);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator &(Lanes256 left, Lanes256 right) => new(left._low & right._low, left._high & right._high);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator |(Lanes256 left, Lanes256 right) => new(left._low | right._low, left._high | right._high);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator ^(Lanes256 left, Lanes256 right) => new(left._low ^ right._low, left._high ^ right._high);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Of(double value) => new(Vector256.Create(value), Vector256.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyAdd(Lanes256 left, Lanes256 right, Lanes256 addend) => new(
        Vector256.MultiplyAddEstimate(left._low, right._low, addend._low), Vector256.MultiplyAddEstimate(left._high, right._high, addend._high));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 FusedMultiplyAdd(Lanes256 left, Lanes256 right, Lanes256 addend) => new(
        Vector256.FusedMultiplyAdd(left._low, right._low, addend._low), Vector256.FusedMultiplyAdd(left._high, right._high, addend._high));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Abs(Lanes256 value) => new(Vector256.Abs(value._low), Vector256.Abs(value._high));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Min(Lanes256 left, Lanes256 right) => new(Vector256.MinNative(left._low, right._low), Vector256.MinNative(left._high, right._high));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Max(Lanes256 left, Lanes256 right) => new(Vector256.MaxNative(left._low, right._low), Vector256.MaxNative(left._high, right._high));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 IsNegative(Lanes256 value) => new(Vector256.LessThan(value._low.AsInt64(), Vector256<long>.Zero).AsDouble(), Vector256.LessThan(value._high.AsInt64(), Vector256<long>.Zero).AsDouble());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LessThan(Lanes256 left, Lanes256 right) => new(Vector256.LessThan(left._low, right._low), Vector256.LessThan(left._high, right._high));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 AreEqual(Lanes256 left, Lanes256 right) => new(Vector256.Equals(left._low, right._low), Vector256.Equals(left._high, right._high));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Select(Lanes256 mask, Lanes256 ifSet, Lanes256 otherwise) => new(
        Vector256.ConditionalSelect(mask._low, ifSet._low, otherwise._low), Vector256.ConditionalSelect(mask._high, ifSet._high, otherwise._high));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 AddBits(Lanes256 left, Lanes256 right) => new((left._low.AsInt64() + right._low.AsInt64()).AsDouble(), (left._high.AsInt64() + right._high.AsInt64()).AsDouble());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 ShiftBitsLeft(Lanes256 value, int count) => new((value._low.AsInt64() << count).AsDouble(), (value._high.AsInt64() << count).AsDouble());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 ShiftBitsRight(Lanes256 value, int count) => new((value._low.AsInt64() >>> count).AsDouble(), (value._high.AsInt64() >>> count).AsDouble());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyBitsBelow(Lanes256 left, Lanes256 right) =>
        Vector256.LessThanAny(left._low.AsUInt64(), right._low.AsUInt64()) | Vector256.LessThanAny(left._high.AsUInt64(), right._high.AsUInt64());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyBitsBelow(Lanes256 left, ulong right) =>
        Vector256.LessThanAny(Vector256.Min(left._low.AsUInt64(), left._high.AsUInt64()), Vector256.Create(right));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyAbove(ref readonly uint source, uint mask, uint largest) =>
        Vector256.GreaterThanAny(Vector256.LoadUnsafe(in source) & Vector256.Create(mask), Vector256.Create(largest));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyAbove(ref readonly ushort source, ushort mask, ushort largest) =>
        Vector128.GreaterThanAny(Vector128.LoadUnsafe(in source) & Vector128.Create(mask), Vector128.Create(largest));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint SignBits(Lanes256 value) =>
        (uint)Vector256.ExtractMostSignificantBits(value._low) | ((uint)Vector256.ExtractMostSignificantBits(value._high) << 4);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Load(ref readonly float source)
    {
        // Two loads: taking the upper half of one costs more.
        Vector128<float> low = Vector128.LoadUnsafe(in source);
        Vector128<float> high = Vector128.LoadUnsafe(in source, 4);
        return new Lanes256(Vector256.WidenLower(low.ToVector256Unsafe()), Vector256.WidenLower(high.ToVector256Unsafe()));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Load(ref readonly double source) => new(Vector256.LoadUnsafe(in source), Vector256.LoadUnsafe(in source, 4));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LoadBits(ref readonly ushort source)
    {
        Vector256<uint> words = Vector256.WidenLower(Vector128.LoadUnsafe(in source).ToVector256Unsafe());
        return new Lanes256(Vector256.WidenLower(words).AsDouble(), Vector256.WidenUpper(words).AsDouble());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lanes256 RoundToSingle()
    {
        Vector256<float> singles = Vector256.Narrow(_low, _high);
        return new Lanes256(Vector256.WidenLower(singles), Vector256.WidenUpper(singles));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref float destination) => Vector256.Narrow(_low, _high).StoreUnsafe(ref destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref double destination)
    {
        _low.StoreUnsafe(ref destination);
        _high.StoreUnsafe(ref destination, 4);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreBits(ref ushort destination)
    {
        Vector256<uint> words = Vector256.Narrow(_low.AsUInt64(), _high.AsUInt64());
        Vector256.Narrow(words, words).GetLower().StoreUnsafe(ref destination);
    }
}
