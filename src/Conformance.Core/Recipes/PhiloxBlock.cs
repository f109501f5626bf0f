namespace Conformance.Core.Recipes;

/// <summary>Four words: a Philox counter, or what it maps to.</summary>
/// <typeparam name="TWord">The word type.</typeparam>
/// <param name="Word0">The first word.</param>
/// <param name="Word1">The second word.</param>
/// <param name="Word2">The third word.</param>
/// <param name="Word3">The fourth word.</param>
public readonly record struct PhiloxBlock<TWord>(TWord Word0, TWord Word1, TWord Word2, TWord Word3)
    where TWord : unmanaged;
