using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Conformance.Kernels.Arithmetic;

/// <summary>4 doubles in two vectors of 128 bits, whose dependency chains the processor works on side by side.</summary>
/// <param name="low">The first 2.</param>
/// <param name="high">The others.</param>
internal readonly struct Lanes128(Vector128<double> low, Vector128<double> high) : ILanes<Lanes128>
{
    private readonly Vector128<double> _low = low;
    private readonly Vector128<double> _high = high;

    /// <inheritdoc/>
    public static int Count => 4;

    /// <inheritdoc/>
    public static bool IsAccelerated => Vector128.IsHardwareAccelerated;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator +(Lanes128 left, Lanes128 right) => new(left._low + right._low, left._high + right._high);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator -(Lanes128 left, Lanes128 right) => new(left._low - right._low, left._high - right._high);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator *(Lanes128 left, Lanes128 right) => new(left._low * right._low, left._high * right._high);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator /(Lanes128 left, Lanes128 right) => new(left._low / right._low, left._high / right._high);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator &(Lanes128 left, Lanes128 right) => new(left._low & right._low, left._high & right._high);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator |(Lanes128 left, Lanes128 right) => new(left._low | right._low, left._high | right._high);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator ^(Lanes128 left, Lanes128 right) => new(left._low ^ right._low, left._high ^ right._high);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Of(double value) => new(Vector128.Create(value), Vector128.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MultiplyAdd(Lanes128 left, Lanes128 right, Lanes128 addend) => new(
        Vector128.MultiplyAddEstimate(left._low, right._low, addend._low), Vector128.MultiplyAddEstimate(left._high, right._high, addend._high));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 FusedMultiplyAdd(Lanes128 left, Lanes128 right, Lanes128 addend) => new(
        Vector128.FusedMultiplyAdd(left._low, right._low, addend._low), Vector128.FusedMultiplyAdd(left._high, right._high, addend._high));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Abs(Lanes128 value) => new(Vector128.Abs(value._low), Vector128.Abs(value._high));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Min(Lanes128 left, Lanes128 right) => new(Vector128.MinNative(left._low, right._low), Vector128.MinNative(left._high, right._high));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Max(Lanes128 left, Lanes128 right) => new(Vector128.MaxNative(left._low, right._low), Vector128.MaxNative(left._high, right._high));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 IsNegative(Lanes128 value) => new(Vector128.LessThan(value._low.AsInt64(), Vector128<long>.Zero).AsDouble(), Vector128.LessThan(value._high.AsInt64(), Vector128<long>.Zero).AsDouble());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LessThan(Lanes128 left, Lanes128 right) => new(Vector128.LessThan(left._low, right._low), Vector128.LessThan(left._high, right._high));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 AreEqual(Lanes128 left, Lanes128 right) => new(Vector128.Equals(left._low, right._low), Vector128.Equals(left._high, right._high));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Select(Lanes128 mask, Lanes128 ifSet, Lanes128 otherwise) => new(
        Vector128.ConditionalSelect(mask._low, ifSet._low, otherwise._low), Vector128.ConditionalSelect(mask._high, ifSet._high, otherwise._high));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 AddBits(Lanes128 left, Lanes128 right) => new((left._low.AsInt64() + right._low.AsInt64()).AsDouble(), (left._high.AsInt64() + right._high.AsInt64()).AsDouble());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 ShiftBitsLeft(Lanes128 value, int count) => new((value._low.AsInt64() << count).AsDouble(), (value._high.AsInt64() << count).AsDouble());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 ShiftBitsRight(Lanes128 value, int count) => new((value._low.AsInt64() >>> count).AsDouble(), (value._high.AsInt64() >>> count).AsDouble());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyBitsBelow(Lanes128 left, Lanes128 right) =>
        Vector128.LessThanAny(left._low.AsUInt64(), right._low.AsUInt64()) | Vector128.LessThanAny(left._high.AsUInt64(), right._high.AsUInt64());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyBitsBelow(Lanes128 left, ulong right) =>
        Vector128.LessThanAny(Vector128.Min(left._low.AsUInt64(), left._high.AsUInt64()), Vector128.Create(right));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyAbove(ref readonly uint source, uint mask, uint largest) =>
        Vector128.GreaterThanAny(Vector128.LoadUnsafe(in source) & Vector128.Create(mask), Vector128.Create(largest));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyAbove(ref readonly ushort source, ushort mask, ushort largest) =>
        Vector64.GreaterThanAny(Vector64.LoadUnsafe(in source) & Vector64.Create(mask), Vector64.Create(largest));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint SignBits(Lanes128 value) =>
        (uint)Vector128.ExtractMostSignificantBits(value._low) | ((uint)Vector128.ExtractMostSignificantBits(value._high) << 2);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Load(ref readonly float source)
    {
        Vector128<float> singles = Vector128.LoadUnsafe(in source);
        return new Lanes128(Vector128.WidenLower(singles), Vector128.WidenUpper(singles));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Load(ref readonly double source) => new(Vector128.LoadUnsafe(in source), Vector128.LoadUnsafe(in source, 2));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LoadBits(ref readonly ushort source)
    {
        Vector128<uint> words = Vector128.WidenLower(Vector64.LoadUnsafe(in source).ToVector128Unsafe());
        return new Lanes128(Vector128.WidenLower(words).AsDouble(), Vector128.WidenUpper(words).AsDouble());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lanes128 RoundToSingle()
    {
        Vector128<float> singles = Vector128.Narrow(_low, _high);
        return new Lanes128(Vector128.WidenLower(singles), Vector128.WidenUpper(singles));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref float destination) => Vector128.Narrow(_low, _high).StoreUnsafe(ref destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref double destination)
    {
        _low.StoreUnsafe(ref destination);
        _high.StoreUnsafe(ref destination, 2);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreBits(ref ushort destination)
    {
        Vector128<uint> words = Vector128.Narrow(_low.AsUInt64(), _high.AsUInt64());
        Vector128.Narrow(words, words).GetLower().StoreUnsafe(ref destination);
    }
}
