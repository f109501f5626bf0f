using System.Collections.Immutable;
using Conformance.Core.Tensors;

namespace Conformance.External;

/// <summary>What the loss of an assembly is.</summary>
/// <param name="Path">The assembly's full path.</param>
/// <param name="TypeName">The full name of the type.</param>
/// <param name="DTypes">The dtypes that it takes.</param>
/// <param name="HasGradient">Whether it has gradients.</param>
public sealed record LossAssemblyDescription(string Path, string TypeName, ImmutableArray<DType> DTypes, bool HasGradient);
