using System.Numerics;

namespace Conformance.Core.Tensors;

/// <summary>A generic computation that <see cref="DType.Dispatch{TOperation,TResult}"/> closes over the dtype's CLR type.</summary>
/// <typeparam name="TResult">What the computation returns.</typeparam>
public interface IDTypeOperation<TResult>
{
    /// <summary>Runs the computation on elements of type <typeparamref name="T"/>.</summary>
    /// <typeparam name="T">The CLR type of one element.</typeparam>
    /// <returns>The computation's result.</returns>
    TResult Invoke<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T>;
}
