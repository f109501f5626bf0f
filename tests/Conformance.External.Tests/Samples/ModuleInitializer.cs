using System.Runtime.CompilerServices;

namespace Conformance.External.Samples;

internal static class ModuleInitializer
{
    /// <summary>Leaves a mark where the tests can see that code of this assembly ran.</summary>
#pragma warning disable CA2255 // What runs when somebody's assembly is used is what the tests are about.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Initialize() => AppContext.SetData("Conformance.External.Samples", "initialized");
}
