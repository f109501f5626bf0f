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

    // What the outputs hold before the call: an element that still does was not written.
    private const byte Unwritten = 0xDE;

    public static Output Evaluate(byte[] logits, byte[] labels, string output) => Failure.DType switch
    {
        "float16" => Evaluate<Half>(logits, labels, output),
        "float32" => Evaluate<float>(logits, labels, output),
        _ => Evaluate<double>(logits, labels, output),
    };

    private static Output Evaluate<T>(byte[] logits, byte[] labels, string which)
        where T : unmanaged
    {
        byte[] x = [.. logits];
        byte[] z = [.. labels];
        Conformance.Core.UnderTest.LossArguments<T> arguments = new(
            MemoryMarshal.Cast<byte, T>(x),
            MemoryMarshal.Cast<byte, T>(z),
            new Conformance.Core.Tensors.Shape(Failure.Shape),
            Conformance.Core.Cases.Reduction.Find(Failure.Reduction)!);
        int[] shape = which == "gradient" || Failure.Reduction == "none" ? Failure.Shape : [];
        T[] output = new T[shape.Aggregate(1, (count, extent) => count * extent)];
        Span<byte> bytes = MemoryMarshal.AsBytes(output.AsSpan());
        bytes.Fill(Unwritten);
        if (which == "gradient")
        {
            ((Conformance.Core.UnderTest.ILossGradient<T>)Instance.Value).Gradient(arguments, output);
        }
        else
        {
            ((Conformance.Core.UnderTest.ILossFunction<T>)Instance.Value).Loss(arguments, output);
        }

        return !x.AsSpan().SequenceEqual(logits) || !z.AsSpan().SequenceEqual(labels) ? throw new InvalidOperationException("It changed its inputs, which are not its own.")
            : bytes.ToArray().Chunk(System.Runtime.CompilerServices.Unsafe.SizeOf<T>()).Any(element => element.All(part => part == Unwritten)) ? throw new InvalidOperationException($"It did not write all of the {which}.")
            : new Output(Failure.DType, shape, bytes.ToArray());
    }
}
