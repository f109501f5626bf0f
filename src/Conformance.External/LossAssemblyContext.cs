using System.Reflection;
using System.Runtime.Loader;
using Conformance.Core;
using Conformance.Core.UnderTest;

namespace Conformance.External;

/// <summary>Loads an assembly with the dependencies that lie beside it, managed and native, but with this tool's interfaces.</summary>
internal sealed class LossAssemblyContext(string path, bool isCollectible) : AssemblyLoadContext(System.IO.Path.GetFileName(path), isCollectible)
{
    private static readonly Assembly Interfaces = typeof(ILossFunction<>).Assembly;

    private readonly AssemblyDependencyResolver _resolver = ResolverOf(path);

    protected override Assembly? Load(AssemblyName assemblyName) =>
        assemblyName.Name == Interfaces.GetName().Name ? Interfaces
        : _resolver.ResolveAssemblyToPath(assemblyName) is { } found ? LoadFromAssemblyPath(found)
        : null;

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } found ? LoadUnmanagedDllFromPath(found) : 0;

    private static AssemblyDependencyResolver ResolverOf(string path)
    {
        try
        {
            return new AssemblyDependencyResolver(path);
        }
        catch (InvalidOperationException exception)
        {
            throw new InvalidInputException(
                $"The dependencies of '{path}' cannot be read; build it again, or repair the .deps.json beside it.", exception);
        }
    }
}
