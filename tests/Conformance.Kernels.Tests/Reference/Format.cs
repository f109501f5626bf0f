namespace Conformance.Kernels.Tests.Reference;

/// <summary>A binary floating-point format.</summary>
/// <param name="Precision">Significant bits.</param>
/// <param name="SmallestExponent">The exponent of the smallest subnormal.</param>
/// <param name="MaxValue">The largest finite value.</param>
internal sealed record Format(int Precision, int SmallestExponent, double MaxValue)
{
    public static readonly Format Float32 = new(24, -149, float.MaxValue);

    public static readonly Format Float64 = new(53, -1074, double.MaxValue);

    public static Format Of<T>() => typeof(T) == typeof(float) ? Float32 : Float64;
}
