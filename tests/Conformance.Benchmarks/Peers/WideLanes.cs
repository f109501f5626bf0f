using System.Runtime.Intrinsics;

namespace Conformance.Benchmarks.Peers;

/// <summary>512-bit vectors, for processors that have them.</summary>
internal readonly unsafe struct WideLanes(Vector512<float> value) : IFloatLanes<WideLanes>
{
    private const int ExponentBias = 127;
    private const int FractionBits = 23;

    private readonly Vector512<float> _value = value;

    public static int Count => Vector512<float>.Count;

    public static WideLanes operator +(WideLanes left, WideLanes right) => new(left._value + right._value);

    public static WideLanes operator *(WideLanes left, WideLanes right) => new(left._value * right._value);

    public static WideLanes operator /(WideLanes left, WideLanes right) => new(left._value / right._value);

    public static WideLanes operator -(WideLanes value) => new(-value._value);

    public static WideLanes Create(float value) => new(Vector512.Create(value));

    public static WideLanes Load(float* source) => new(Vector512.Load(source));

    public static WideLanes Abs(WideLanes value) => new(Vector512.Abs(value._value));

    public static WideLanes Min(WideLanes left, WideLanes right) => new(Vector512.MinNative(left._value, right._value));

    public static WideLanes Max(WideLanes left, WideLanes right) => new(Vector512.MaxNative(left._value, right._value));

    public static WideLanes Round(WideLanes value) => new(Vector512.Round(value._value));

    public static WideLanes MultiplyAdd(WideLanes left, WideLanes right, WideLanes addend) =>
        new(Vector512.FusedMultiplyAdd(left._value, right._value, addend._value));

    public static WideLanes PowerOfTwo(WideLanes exponent) =>
        new(((Vector512.ConvertToInt32Native(exponent._value) + Vector512.Create(ExponentBias)) << FractionBits).As<int, float>());

    public void Store(float* destination) => _value.Store(destination);

    public void Stream(float* destination) => _value.StoreAlignedNonTemporal(destination);
}
