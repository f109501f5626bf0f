using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using Conformance.Core;
using Conformance.Core.UnderTest;

namespace Conformance.External;

/// <summary>What can be read of a file before the runtime is asked to load it, so that its refusals have reasons.</summary>
internal static class AssemblyImage
{
    private static readonly Version Core = typeof(ILossFunction<>).Assembly.GetName().Version!;

    /// <exception cref="InvalidInputException">The runtime could not load it, or could not use it.</exception>
    public static void Check(string path)
    {
        if (!File.Exists(path))
        {
            throw new InvalidInputException(Directory.Exists(path)
                ? $"'{path}' is a folder; give the assembly's file, for example '{Path.Combine(path, "My.dll")}'."
                : $"There is no assembly '{path}'; build it first, or give another path.");
        }

        try
        {
            using FileStream stream = File.OpenRead(path);
            using PEReader reader = new(stream);
            if (!reader.HasMetadata)
            {
                throw new InvalidInputException(
                    $"'{path}' is a native library or program, not a .NET assembly; give the .dll that 'dotnet build' makes, or a command by --command.");
            }

            CheckArchitecture(path, reader.PEHeaders);
            CheckReferences(path, reader.GetMetadataReader());
        }
        catch (BadImageFormatException exception)
        {
            throw new InvalidInputException($"'{path}' is not a .NET assembly; give the .dll that 'dotnet build' makes.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"'{path}' cannot be read ({exception.Message.TrimEnd('.')}); give a file that can.", exception);
        }
    }

    // Any processor's assembly says I386 without requiring 32 bits. ReadyToRun exchanges bits of the machine by operating system, and the
    // runtime takes its IL where the machine is another one.
    private static void CheckArchitecture(string path, PEHeaders headers)
    {
        Machine machine = headers.CoffHeader.Machine;
        bool isAny = machine == Machine.I386 && (headers.CorHeader!.Flags & CorFlags.Requires32Bit) == 0;
        Architecture? architecture = machine switch
        {
            Machine.I386 => Architecture.X86,
            Machine.Amd64 => Architecture.X64,
            Machine.Arm64 => Architecture.Arm64,
            Machine.ArmThumb2 => Architecture.Arm,
            _ => null,
        };
        if (!isAny && architecture is not null && architecture != RuntimeInformation.ProcessArchitecture)
        {
            throw new InvalidInputException(
                $"'{path}' is built for {architecture}, and this process is {RuntimeInformation.ProcessArchitecture}; build it for AnyCPU, or use the .NET of that architecture.");
        }
    }

    private static void CheckReferences(string path, MetadataReader metadata)
    {
        foreach (AssemblyName reference in metadata.AssemblyReferences.Select(handle => metadata.GetAssemblyReference(handle).GetAssemblyName()))
        {
            if (reference is { Name: "System.Runtime", Version: { } runtime } && runtime.Major > Environment.Version.Major)
            {
                throw new InvalidInputException(
                    $"'{path}' is built for .NET {runtime.ToString(2)}, and this is .NET {Environment.Version}; build it for net{Environment.Version.ToString(2)} or older.");
            }

            if (reference.Name == "Conformance.Core" && !IsCompatible(reference.Version!))
            {
                throw new InvalidInputException(
                    $"'{path}' is built against Conformance.Core {reference.Version!.ToString(3)}, and this tool has {Core.ToString(3)}; build it against {Core.ToString(2)}, or use that version of the tool.");
            }
        }
    }

    // Semantic versions: before 1.0 the second number is the one that breaks.
    private static bool IsCompatible(Version built) =>
        built.Major == Core.Major && (Core.Major == 0 ? built.Minor == Core.Minor : built.Minor <= Core.Minor);
}
