namespace Conformance.External.Tests;

/// <summary>Describes the samples and tells whether any of their code has run.</summary>
internal static class FreshProcess
{
    public const string Verb = "describe";

    public static int Describe(string assembly)
    {
        LossAssemblyDescription description = LossAssembly.Describe(LossAssemblyName.Parse(assembly));
        Console.Out.WriteLine($"{description.TypeName} {string.Join(',', description.DTypes)} {Mark}");
        LossAssembly.Create(LossAssemblyName.Parse(assembly));
        Console.Out.WriteLine(Mark);
        return 0;
    }

    private static object Mark => AppContext.GetData("Conformance.External.Samples") ?? "nothing ran";
}
