using Conformance.Core.Tensors;

namespace Conformance.Kernels.Tests.Reference;

/// <summary>A binary floating-point format.</summary>
/// <param name="Precision">Significant bits.</param>
/// <param name="SmallestExponent">The exponent of the smallest subnormal.</param>
/// <param name="MaxValue">The largest finite value.</param>
internal sealed record Format(int Precision, int SmallestExponent, double MaxValue)
{
    public static readonly Format Float32 = Of(DType.Float32);

    public static readonly Format Float64 = Of(DType.Float64);

    public static Format Of(DType dtype) => new(dtype.Precision, dtype.SmallestExponent, dtype.MaxValue);
}
