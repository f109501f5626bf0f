using System.Reflection;
using Conformance.Core;
using Conformance.Core.UnderTest;

namespace Conformance.External;

/// <summary>
/// A loss in somebody's assembly. <see cref="Describe"/> reads what it is, which runs no code of it: neither constructors of types nor
/// initializers of modules run before one of their methods does. <see cref="Create"/> runs it, and belongs into a worker.
/// </summary>
public static class LossAssembly
{
    /// <summary>What the loss of an assembly is.</summary>
    /// <param name="name">The file and perhaps the type.</param>
    /// <returns>The full name of its type, the dtypes that it takes and whether it has gradients.</returns>
    /// <exception cref="InvalidInputException">There is no such loss, or it cannot be loaded here; the message says why and what to do.</exception>
    public static LossAssemblyDescription Describe(LossAssemblyName name)
    {
        LossAssemblyContext context = new(Checked(name), isCollectible: true);
        try
        {
            LossFunctionType loss = Find(context, name);
            return new LossAssemblyDescription(name.Path, loss.Type.FullName!, loss.DTypes, loss.HasGradient);
        }
        finally
        {
            context.Unload();
        }
    }

    /// <summary>An instance of the loss, in this process for good.</summary>
    /// <param name="name">The file and perhaps the type.</param>
    /// <returns>A new instance.</returns>
    /// <exception cref="InvalidInputException">There is no such loss, or it cannot be loaded here; the message says why and what to do.</exception>
    /// <exception cref="TargetInvocationException">Its constructor threw.</exception>
    public static object Create(LossAssemblyName name) =>
        Activator.CreateInstance(Find(new LossAssemblyContext(Checked(name), isCollectible: false), name).Type)!;

    private static string Checked(LossAssemblyName name)
    {
        AssemblyImage.Check(name.Path);
        return name.Path;
    }

    private static LossFunctionType Find(LossAssemblyContext context, LossAssemblyName name)
    {
        try
        {
            Assembly assembly = context.LoadFromAssemblyPath(name.Path);
            (Type[] types, Exception? unloadable) = TypesOf(assembly);
            return LossFunctionType.Of(name.TypeName is null ? Only(types, unloadable, name) : Named(types, unloadable, name));
        }
        catch (Exception exception) when (exception is BadImageFormatException or FileLoadException or FileNotFoundException or TypeLoadException)
        {
            throw new InvalidInputException($"'{name.Path}' cannot be loaded ({Shortened(exception)}); keep its dependencies beside it, as 'dotnet publish' lays them out.", exception);
        }
    }

    private static (Type[] Types, Exception? Unloadable) TypesOf(Assembly assembly)
    {
        try
        {
            return (assembly.GetTypes(), null);
        }
        catch (ReflectionTypeLoadException exception)
        {
            // The rest may well do without what one type is missing.
            return ([.. exception.Types.Where(type => type is not null)!], exception.LoaderExceptions.FirstOrDefault(loader => loader is not null));
        }
    }

    private static Type Only(Type[] types, Exception? unloadable, LossAssemblyName name)
    {
        Type[] candidates = [.. types.Where(type => LossFunctionType.IsCandidate(type) && !type.ContainsGenericParameters)];
        return candidates switch
        {
            [var only] => only,
            [] => throw new InvalidInputException(
                $"No type of '{name.Path}' implements Conformance.Core.UnderTest.ILossFunction<T>{Reason(unloadable)}; implement it for Half, float or double in a class with a public constructor without parameters."),
            _ => throw new InvalidInputException($"'{name.Path}' has several losses: {Names(candidates)}; say which, for example '{Path.GetFileName(name.Path)}:{candidates.MinBy(type => type.FullName, StringComparer.Ordinal)!.FullName}'."),
        };
    }

    private static Type Named(Type[] types, Exception? unloadable, LossAssemblyName name)
    {
        Type[] full = [.. types.Where(type => type.FullName == name.TypeName)];
        Type[] named = full.Length > 0 ? full : [.. types.Where(type => type.Name == name.TypeName)];
        Type[] candidates = [.. types.Where(LossFunctionType.IsCandidate)];
        return named switch
        {
            [var type] => type,
            [] => throw new InvalidInputException(
                $"'{name.Path}' has no type '{name.TypeName}'{Reason(unloadable)}; {(candidates.Length == 0 ? "no type of it implements Conformance.Core.UnderTest.ILossFunction<T>" : $"use {Names(candidates)}")}."),
            _ => throw new InvalidInputException($"'{name.Path}' has several types '{name.TypeName}'; use the full name, one of {Names(named)}."),
        };
    }

    private static string Names(Type[] types) => string.Join(", ", types.Select(type => type.FullName).Order(StringComparer.Ordinal));

    private static string Reason(Exception? unloadable) => unloadable is null ? string.Empty : $" among those that can be loaded ({Shortened(unloadable)})";

    private static string Shortened(Exception exception) => exception.Message.ReplaceLineEndings(" ").Trim().TrimEnd('.');
}
