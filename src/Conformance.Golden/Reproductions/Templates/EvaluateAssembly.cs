/// <summary>The class of an assembly, with what lies beside it, called through the interface that it implements.</summary>
static class Subject
{
    private static readonly Lazy<object> Instance = new(() =>
    {
        System.Runtime.Loader.AssemblyDependencyResolver resolver = new(AssemblyPath);
        System.Runtime.Loader.AssemblyLoadContext context = System.Runtime.Loader.AssemblyLoadContext.Default;
        context.Resolving += (_, name) => resolver.ResolveAssemblyToPath(name) is { } path ? context.LoadFromAssemblyPath(path) : null;
        context.ResolvingUnmanagedDll += (_, name) => resolver.ResolveUnmanagedDllToPath(name) is { } path ? NativeLibrary.Load(path) : 0;
        return Activator.CreateInstance(context.LoadFromAssemblyPath(AssemblyPath).GetType(TypeName, throwOnError: true)!)!;
    });

    public static Output Evaluate(byte[] logits, byte[] labels) => Failure.DType switch
    {
        "float16" => Evaluate<Half>(logits, labels),
        "float32" => Evaluate<float>(logits, labels),
        _ => Evaluate<double>(logits, labels),
    };

    private static Output Evaluate<T>(byte[] logits, byte[] labels)
        where T : unmanaged
    {
        Conformance.Core.UnderTest.LossArguments<T> arguments = new(
            MemoryMarshal.Cast<byte, T>(logits),
            MemoryMarshal.Cast<byte, T>(labels),
            new Conformance.Core.Tensors.Shape(Failure.Shape),
            Conformance.Core.Cases.Reduction.Find(Failure.Reduction)!);
        T[] output = new T[Failure.OutputShape.Aggregate(1, (count, extent) => count * extent)];
        if (Failure.Output == "gradient")
        {
            ((Conformance.Core.UnderTest.ILossGradient<T>)Instance.Value).Gradient(arguments, output);
        }
        else
        {
            ((Conformance.Core.UnderTest.ILossFunction<T>)Instance.Value).Loss(arguments, output);
        }

        return new Output(Failure.DType, Failure.OutputShape, MemoryMarshal.AsBytes(output.AsSpan()).ToArray());
    }
}
