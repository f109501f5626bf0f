using System.Reflection;
using System.Runtime.Loader;
using Conformance.Core.UnderTest;

namespace Conformance.External;

/// <summary>Loads an assembly with the dependencies that lie beside it, managed and native, but with this tool's interfaces.</summary>
internal sealed class LossAssemblyContext(string path, bool isCollectible) : AssemblyLoadContext(System.IO.Path.GetFileName(path), isCollectible)
{
    private static readonly Assembly Core = typeof(ILossFunction<>).Assembly;

    private readonly AssemblyDependencyResolver _resolver = new(path);

    protected override Assembly? Load(AssemblyName assemblyName) =>
        assemblyName.Name == Core.GetName().Name ? Core
        : _resolver.ResolveAssemblyToPath(assemblyName) is { } found ? LoadFromAssemblyPath(found)
        : null;

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } found ? LoadUnmanagedDllFromPath(found) : 0;
}
