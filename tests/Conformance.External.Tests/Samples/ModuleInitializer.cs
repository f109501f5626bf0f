using System.Runtime.CompilerServices;

namespace Conformance.External.Samples;

internal static class ModuleInitializer
{
    /// <summary>Leaves a mark where the tests can see that code of this assembly ran.</summary>
    [ModuleInitializer]
    internal static void Initialize() => AppContext.SetData("Conformance.External.Samples", "initialized");
}
