using System.Reflection;
using PublicApiGenerator;

namespace Conformance.TestKit;

/// <summary>What a library offers, as text.</summary>
public static class PublicApi
{
    /// <summary>The public types and members of a library.</summary>
    /// <param name="library">The library.</param>
    /// <returns>C# declarations in a fixed order, without attributes that say only how it was built.</returns>
    public static string Of(Assembly library) => library.GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false });
}
