using System.Collections.Immutable;
using System.Reflection;
using Conformance.Core.Tensors;

namespace Conformance.Core.UnderTest;

/// <summary>What a type says of the loss that it implements, without an instance and without running any of its code.</summary>
public sealed record LossFunctionType
{
    private static readonly ImmutableArray<(DType DType, Type Loss, Type Gradient)> Interfaces =
    [
        (DType.Float16, typeof(ILossFunction<Half>), typeof(ILossGradient<Half>)),
        (DType.Float32, typeof(ILossFunction<float>), typeof(ILossGradient<float>)),
        (DType.Float64, typeof(ILossFunction<double>), typeof(ILossGradient<double>)),
    ];

    private LossFunctionType(Type type, ImmutableArray<DType> dtypes, bool hasGradient)
    {
        Type = type;
        DTypes = dtypes;
        HasGradient = hasGradient;
    }

    /// <summary>The type.</summary>
    public Type Type { get; }

    /// <summary>The dtypes for which it implements <see cref="ILossFunction{T}"/>.</summary>
    public ImmutableArray<DType> DTypes { get; }

    /// <summary>Whether it implements <see cref="ILossGradient{T}"/> for each of them.</summary>
    public bool HasGradient { get; }

    /// <summary>Whether a type is meant as a loss: not an interface, and of any element type.</summary>
    /// <param name="type">A type.</param>
    /// <returns>False for abstract classes, which are there to be derived from.</returns>
    public static bool IsCandidate(Type type) =>
        !type.IsAbstract && type.GetInterfaces().Any(implemented => implemented.IsGenericType && implemented.GetGenericTypeDefinition() == typeof(ILossFunction<>));

    /// <summary>What a type says.</summary>
    /// <param name="type">A type.</param>
    /// <returns>Its dtypes, and whether it has gradients.</returns>
    /// <exception cref="InvalidInputException">It cannot be judged; the message says why and what to do.</exception>
    public static LossFunctionType Of(Type type)
    {
        if (type.IsInterface || type.IsAbstract)
        {
            throw new InvalidInputException($"'{type.FullName}' is {(type.IsInterface ? "an interface" : type.IsSealed ? "static" : "abstract")}, of which there are no instances; name a class that implements ILossFunction<T>.");
        }

        if (type.ContainsGenericParameters)
        {
            throw new InvalidInputException($"'{type.FullName}' is generic, and nobody says of what; derive a class from it for one element type, and name that.");
        }

        Type[] implemented = type.GetInterfaces();
        ImmutableArray<(DType DType, Type Loss, Type Gradient)> losses = [.. Interfaces.Where(known => implemented.Contains(known.Loss))];
        if (losses.IsEmpty)
        {
            throw new InvalidInputException(IsCandidate(type)
                ? $"'{type.FullName}' implements ILossFunction<T> for an element type that no case has; implement it for Half, float or double."
                : $"'{type.FullName}' does not implement Conformance.Core.UnderTest.ILossFunction<T>; implement it for Half, float or double.");
        }

        if (!type.IsValueType && type.GetConstructor(BindingFlags.Instance | BindingFlags.Public, []) is null)
        {
            throw new InvalidInputException($"'{type.FullName}' has no public constructor without parameters; add one, or derive a class that has one.");
        }

        ImmutableArray<string> without = [.. losses.Where(known => !implemented.Contains(known.Gradient)).Select(known => known.DType.Name)];
        return without.IsEmpty || without.Length == losses.Length
            ? new LossFunctionType(type, [.. losses.Select(known => known.DType)], without.IsEmpty)
            : throw new InvalidInputException(
                $"'{type.FullName}' has gradients for some dtypes and none for {string.Join(", ", without)}; implement ILossGradient<T> for all of them or for none.");
    }
}
