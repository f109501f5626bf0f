namespace Conformance.Core.Tensors;

/// <summary>Hands out tensors and takes all of them back at once, so that memory is bounded by what lives together.</summary>
public interface ITensorArena : IDisposable
{
    /// <summary>A tensor whose content is undefined.</summary>
    /// <param name="dtype">The element type.</param>
    /// <param name="shape">The extents.</param>
    /// <returns>A tensor that is valid until <see cref="Reset"/>.</returns>
    Tensor Allocate(DType dtype, Shape shape);

    /// <summary>Takes back every tensor; their memory is used again.</summary>
    void Reset();
}
