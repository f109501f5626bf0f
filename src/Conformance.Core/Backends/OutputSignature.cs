using Conformance.Core.Tensors;

namespace Conformance.Core.Backends;

/// <summary>The dtype and shape of what an implementation really returned.</summary>
/// <param name="DType">The dtype's name; one that no case has is possible.</param>
/// <param name="Shape">The shape. Where it is not the requested one, nothing was written.</param>
public sealed record OutputSignature(string DType, Shape Shape)
{
    /// <summary>The signature of a tensor.</summary>
    /// <param name="tensor">A tensor.</param>
    /// <returns>Its dtype and shape.</returns>
    public static OutputSignature Of(Tensor tensor) => new(tensor.DType.Name, tensor.Shape);
}
