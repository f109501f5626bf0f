using System.Diagnostics;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Core.Tensors;
using Conformance.Core.UnderTest;

namespace Conformance.External.Tests;

public sealed class LossAssemblyTests : IDisposable
{
    private const string Namespace = "Conformance.External.Samples.";
    private const string ILossFunction = "Conformance.Core.UnderTest.ILossFunction<T>";

    private readonly string _folder = Directory.CreateTempSubdirectory("conformance external tests-").FullName;

    [Theory]
    [InlineData(Namespace + "SigmoidCrossEntropy", "float32,float64", true)]
    [InlineData("TextbookLoss", "float32", false)]
    [InlineData(Namespace + "Twin", "float32", false)]
    [InlineData(Namespace + "Outer+Twin", "float32", false)]
    public void Describe_Type_HasItsDTypesAndGradients(string type, string dtypes, bool hasGradient)
    {
        LossAssemblyDescription description = LossAssembly.Describe(new LossAssemblyName(SampleAssembly.Path, type));

        Assert.Equal(type.Contains('.', StringComparison.Ordinal) ? type : Namespace + type, description.TypeName);
        Assert.Equal(dtypes.Split(',').Select(DType.Find), description.DTypes);
        Assert.Equal((SampleAssembly.Path, hasGradient), (description.Path, description.HasGradient));
    }

    [Fact]
    public async Task Describe_ModuleInitializer_DoesNotRun()
    {
        ProcessStartInfo start = new(SampleCommand.Program, [FreshProcess.Verb, SampleAssembly.Path + ":TextbookLoss"]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;

        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);

        // The second line shows that the first one could have been another.
        Assert.Equal([Namespace + "TextbookLoss float32 nothing ran", "initialized"], output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Create_TypeWithADependency_FindsItBesideTheAssembly()
    {
        ILossFunction<double> loss = Assert.IsType<ILossFunction<double>>(
            LossAssembly.Create(new LossAssemblyName(SampleAssembly.Path, "SigmoidCrossEntropy")), exactMatch: false);
        double[] losses = new double[1];

        loss.Loss(new LossArguments<double>([0], [0.5], new Shape(1), Core.Cases.Reduction.None), losses);

        Assert.Equal(Math.Log(2), losses[0], 1e-15);
    }

    [Fact]
    public async Task Create_TypeWithANativeDependency_FindsItBesideTheAssembly()
    {
        Assert.SkipUnless(NativeCompiler.Exists, "There is no C compiler.");
        string assembly = CopySamples();
        await NativeCompiler.CompileAsync(
            "float conformance_sample(float x, float z) { return x + 2 * z; }",
            Path.Combine(_folder, OperatingSystem.IsMacOS() ? "libconformance_sample.dylib" : "libconformance_sample.so"),
            "-shared",
            "-fPIC");
        ILossFunction<float> loss = (ILossFunction<float>)LossAssembly.Create(new LossAssemblyName(assembly, "NativeLoss"));
        float[] losses = new float[2];

        loss.Loss(new LossArguments<float>([1, 2], [3, 4], new Shape(2), Core.Cases.Reduction.None), losses);

        Assert.Equal([7, 10], losses);
    }

    [Fact]
    public async Task Create_ConstructorThatThrows_IsTheStatusOfItsBackend()
    {
        LossAssemblyName name = new(SampleAssembly.Path, "ThrowingConstructorLoss");
        await using LossFunctionBackend backend = new(CommandRun.Implementation, () => LossAssembly.Create(name));

        BackendStatus status = await backend.StartAsync(new Progress<string>(), TestContext.Current.CancellationToken);

        Assert.Matches(
            @"^command/sample could not be made: InvalidOperationException: no licence \(at Conformance\.External\.Samples\.ThrowingConstructorLoss\.\.ctor, Losses\.cs:\d+\)\.$",
            status.Missing);
    }

    [Fact]
    public void Describe_NoType_NamesTheOnesThereAre()
    {
        string several = Message(new LossAssemblyName(SampleAssembly.Path, null));
        string unknown = Message(new LossAssemblyName(SampleAssembly.Path, "Sigmoid"));

        Assert.StartsWith($"'{SampleAssembly.Path}' has several losses: {Namespace}ChangingLoss, {Namespace}ChattyLoss, ", several, StringComparison.Ordinal);
        Assert.EndsWith($"; say which, for example 'Conformance.External.Samples.dll:{Namespace}ChangingLoss'.", several, StringComparison.Ordinal);
        Assert.StartsWith($"'{SampleAssembly.Path}' has no type 'Sigmoid'; use {Namespace}ChangingLoss, ", unknown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FloatLoss", "'Conformance.External.Samples.FloatLoss' is abstract, of which there are no instances; name a class that implements ILossFunction<T>.")]
    [InlineData("Unrelated", "'Conformance.External.Samples.Unrelated' does not implement Conformance.Core.UnderTest.ILossFunction<T>; implement it for Half, float or double.")]
    [InlineData("ParameterLoss", "'Conformance.External.Samples.ParameterLoss' has no public constructor without parameters; add one, or derive a class that has one.")]
    public void Describe_TypeThatCannotBeJudged_SaysWhy(string type, string message) =>
        Assert.Equal(message, Message(new LossAssemblyName(SampleAssembly.Path, type)));

    [Fact]
    public void Describe_AmbiguousName_AsksForTheFullOne()
    {
        string assembly = CopySamples();

        Assert.Equal(
            $"'{assembly}' has several types 'Twin'; use the full name, one of {Namespace}Outer+Twin, {Namespace}Twin.", Message(new LossAssemblyName(assembly, "Twin")));
    }

    [Fact]
    public void Describe_AssemblyWithoutLosses_SaysSo()
    {
        string assembly = typeof(TestKit.Snapshot).Assembly.Location;

        Assert.Equal(
            $"No type of '{assembly}' implements {ILossFunction}; implement it for Half, float or double in a class with a public constructor without parameters.",
            Message(new LossAssemblyName(assembly, null)));
        Assert.Equal($"'{assembly}' has no type 'Loss'; no type of it implements {ILossFunction}.", Message(new LossAssemblyName(assembly, "Loss")));
    }

    [Fact]
    public void Describe_OneLoss_IsTakenWithoutItsName() =>
        Assert.Equal(typeof(OnlyLoss).FullName, LossAssembly.Describe(new LossAssemblyName(typeof(OnlyLoss).Assembly.Location, null)).TypeName);

    [Fact]
    public void Describe_DependencyMissing_TakesTheTypesThatDoWithoutIt()
    {
        string assembly = CopySamples();
        File.Delete(Path.Combine(_folder, "Conformance.External.Samples.Dependency.dll"));

        Assert.Equal([DType.Float32], LossAssembly.Describe(new LossAssemblyName(assembly, "TextbookLoss")).DTypes);
        Assert.StartsWith(
            $"'{assembly}' has no type 'ScaledLoss' among those that can be loaded (Could not load file or assembly 'Conformance.External.Samples.Dependency, ",
            Message(new LossAssemblyName(assembly, "ScaledLoss")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Describe_BrokenListOfDependencies_SaysSo()
    {
        string assembly = CopySamples();
        File.WriteAllText(Path.ChangeExtension(assembly, ".deps.json"), "{");

        Assert.Equal(
            $"The dependencies of '{assembly}' cannot be read; build it again, or repair the .deps.json beside it.", Message(new LossAssemblyName(assembly, "TextbookLoss")));
    }

    [Fact]
    public void Describe_FileThatIsNoAssembly_SaysWhatItIs()
    {
        string missing = Path.Combine(_folder, "My.dll");
        string text = Path.Combine(_folder, "text.dll");
        string truncated = Path.Combine(_folder, "truncated.dll");
        File.WriteAllText(text, "no assembly");
        File.WriteAllBytes(truncated, File.ReadAllBytes(SampleAssembly.Path)[..2000]);
        string native = OperatingSystem.IsWindows()
            ? Path.Combine(Environment.SystemDirectory, "kernel32.dll")
            : Directory.GetFiles(RuntimeEnvironment.GetRuntimeDirectory(), "libclrjit.*")[0];

        Assert.Equal($"There is no assembly '{missing}'; build it first, or give another path.", Message(missing));
        Assert.Equal($"'{_folder}' is a folder; give the assembly's file, for example '{missing}'.", Message(_folder));
        Assert.Equal($"'{text}' is not a .NET assembly; give the .dll that 'dotnet build' makes.", Message(text));
        Assert.Equal($"'{truncated}' is not a .NET assembly; give the .dll that 'dotnet build' makes.", Message(truncated));
        Assert.StartsWith($"'{native}' is ", Message(native), StringComparison.Ordinal);
        Assert.Contains("not a .NET assembly", Message(native), StringComparison.Ordinal);
    }

    [Fact]
    public void Describe_PackedNativeProgram_IsNotANetAssembly()
    {
        // A portable executable without metadata: the samples with an empty CLI header.
        string native = PatchSamples(static (image, headers) => image.AsSpan(headers.PEHeaderStartOffset + 208, 8).Clear());

        Assert.Equal(
            $"'{native}' is a native library or program, not a .NET assembly; give the .dll that 'dotnet build' makes, or a command by --command.", Message(native));
    }

    [Fact]
    public void Describe_OtherArchitecture_NamesBoth()
    {
        (Machine machine, Architecture architecture) = RuntimeInformation.ProcessArchitecture == Architecture.Arm64
            ? (Machine.Amd64, Architecture.X64)
            : (Machine.Arm64, Architecture.Arm64);
        string foreign = PatchSamples((image, headers) => BitConverter.TryWriteBytes(image.AsSpan(headers.CoffHeaderStartOffset, sizeof(ushort)), (ushort)machine));

        Assert.Equal(
            $"'{foreign}' is built for {architecture}, and this process is {RuntimeInformation.ProcessArchitecture}; build it for AnyCPU, or use the .NET of that architecture.",
            Message(new LossAssemblyName(foreign, "TextbookLoss")));
    }

    [Fact]
    public void Describe_NewerRuntime_NamesBoth()
    {
        string newer = PatchReference("System.Runtime", new Version(99, 0, 0, 0));

        Assert.Equal(
            $"'{newer}' is built for .NET 99.0, and this is .NET {Environment.Version}; build it for net{Environment.Version.ToString(2)} or older.",
            Message(new LossAssemblyName(newer, "TextbookLoss")));
    }

    [Fact]
    public void Describe_OtherCore_NamesBothVersions()
    {
        string ours = typeof(DType).Assembly.GetName().Version!.ToString(3);
        string other = PatchReference("Conformance.Core", new Version(7, 3, 1, 0));

        Assert.Equal(
            $"'{other}' is built against Conformance.Core 7.3.1, and this tool has {ours}; build it against {ours[..ours.LastIndexOf('.')]}, or use that version of the tool.",
            Message(new LossAssemblyName(other, "TextbookLoss")));
    }

    [Theory]
    [InlineData("My.dll", "My.dll", null)]
    [InlineData("out/My.dll:Some.Loss", "out/My.dll", "Some.Loss")]
    public void Parse_PathAndType_AreDividedByTheLastColon(string text, string path, string? type) =>
        Assert.Equal(new LossAssemblyName(Path.GetFullPath(path), type), LossAssemblyName.Parse(text));

    [Fact]
    public void Parse_Drive_IsNoType() => Assert.Null(LossAssemblyName.Parse(@"C:\out\My.dll").TypeName);

    [Theory]
    [InlineData("")]
    [InlineData("My.dll:")]
    public void Parse_NothingGiven_SaysWhatToGive(string text) => Assert.Equal(
        $"'{text}' names no assembly; give a file, and behind a colon a type where there are several, for example 'My.dll:Some.Loss'.",
        Assert.Throws<InvalidInputException>(() => LossAssemblyName.Parse(text)).Message);

    public void Dispose()
    {
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (UnauthorizedAccessException)
        {
            // Windows keeps an assembly that this process has loaded.
        }
    }

    private static string Message(string path) => Message(new LossAssemblyName(path, null));

    private static string Message(LossAssemblyName name) => Assert.Throws<InvalidInputException>(() => LossAssembly.Describe(name)).Message;

    private string CopySamples()
    {
        foreach (string file in Directory.GetFiles(Path.GetDirectoryName(SampleAssembly.Path)!))
        {
            File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
        }

        return Path.Combine(_folder, Path.GetFileName(SampleAssembly.Path));
    }

    private string PatchSamples(Action<byte[], PEHeaders> patch)
    {
        string assembly = CopySamples();
        byte[] image = File.ReadAllBytes(assembly);
        using PEReader reader = new([.. image]);
        patch(image, reader.PEHeaders);
        File.WriteAllBytes(assembly, image);
        return assembly;
    }

    // The version is what a row of the table of references begins with.
    private string PatchReference(string name, Version version) => PatchSamples((image, headers) =>
    {
        using PEReader reader = new([.. image]);
        MetadataReader metadata = reader.GetMetadataReader();
        AssemblyReferenceHandle handle = metadata.AssemblyReferences.Single(reference => metadata.GetString(metadata.GetAssemblyReference(reference).Name) == name);
        int row = headers.MetadataStartOffset + metadata.GetTableMetadataOffset(TableIndex.AssemblyRef)
            + ((MetadataTokens.GetRowNumber(handle) - 1) * metadata.GetTableRowSize(TableIndex.AssemblyRef));
        BitConverter.TryWriteBytes(image.AsSpan(row), (ushort)version.Major);
        BitConverter.TryWriteBytes(image.AsSpan(row + 2), (ushort)version.Minor);
        BitConverter.TryWriteBytes(image.AsSpan(row + 4), (ushort)version.Build);
    });
}
