using System.Numerics;

namespace Conformance.Benchmarks.Peers;

/// <summary>Vectors of the width that .NET prefers here, for processors without 512-bit vectors.</summary>
internal readonly unsafe struct NaturalLanes(Vector<float> value) : IFloatLanes<NaturalLanes>
{
    private const int ExponentBias = 127;
    private const int FractionBits = 23;

    private readonly Vector<float> _value = value;

    public static int Count => Vector<float>.Count;

    public static NaturalLanes operator +(NaturalLanes left, NaturalLanes right) => new(left._value + right._value);

    public static NaturalLanes operator *(NaturalLanes left, NaturalLanes right) => new(left._value * right._value);

    public static NaturalLanes operator /(NaturalLanes left, NaturalLanes right) => new(left._value / right._value);

    public static NaturalLanes operator -(NaturalLanes value) => new(-value._value);

    public static NaturalLanes Create(float value) => new(Vector.Create(value));

    public static NaturalLanes Load(float* source) => new(Vector.Load(source));

    public static NaturalLanes Abs(NaturalLanes value) => new(Vector.Abs(value._value));

    public static NaturalLanes Min(NaturalLanes left, NaturalLanes right) => new(Vector.MinNative(left._value, right._value));

    public static NaturalLanes Max(NaturalLanes left, NaturalLanes right) => new(Vector.MaxNative(left._value, right._value));

    public static NaturalLanes Round(NaturalLanes value) => new(Vector.Round(value._value));

    public static NaturalLanes MultiplyAdd(NaturalLanes left, NaturalLanes right, NaturalLanes addend) =>
        new(Vector.FusedMultiplyAdd(left._value, right._value, addend._value));

    public static NaturalLanes PowerOfTwo(NaturalLanes exponent) =>
        new(((Vector.ConvertToInt32Native(exponent._value) + Vector.Create(ExponentBias)) << FractionBits).As<int, float>());

    public void Store(float* destination) => _value.Store(destination);

    public void Stream(float* destination) => _value.StoreAlignedNonTemporal(destination);
}
