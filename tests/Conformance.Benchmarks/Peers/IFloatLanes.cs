using System.Numerics;

namespace Conformance.Benchmarks.Peers;

/// <summary>A vector of float32 of some width: what the yardsticks are written in.</summary>
internal unsafe interface IFloatLanes<TSelf> :
    IAdditionOperators<TSelf, TSelf, TSelf>, IMultiplyOperators<TSelf, TSelf, TSelf>, IDivisionOperators<TSelf, TSelf, TSelf>, IUnaryNegationOperators<TSelf, TSelf>
    where TSelf : struct, IFloatLanes<TSelf>
{
    static abstract int Count { get; }

    static abstract TSelf Create(float value);

    static abstract TSelf Load(float* source);

    static abstract TSelf Abs(TSelf value);

    static abstract TSelf Min(TSelf left, TSelf right);

    static abstract TSelf Max(TSelf left, TSelf right);

    static abstract TSelf Round(TSelf value);

    static abstract TSelf MultiplyAdd(TSelf left, TSelf right, TSelf addend);

    /// <summary>2 to the power of a whole number from -126 to 127.</summary>
    static abstract TSelf PowerOfTwo(TSelf exponent);

    void Store(float* destination);

    /// <summary>Stores past the caches; the address is a multiple of the width.</summary>
    void Stream(float* destination);
}
