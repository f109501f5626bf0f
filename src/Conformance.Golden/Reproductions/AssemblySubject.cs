using System.Collections.Immutable;
using Conformance.Core.UnderTest;

namespace Conformance.Golden.Reproductions;

/// <summary>A class of a .NET assembly.</summary>
/// <param name="Path">The assembly's full path.</param>
/// <param name="TypeName">The class's full name.</param>
public sealed record AssemblySubject(string Path, string TypeName) : ReproductionSubject
{
    internal override string? PythonTemplate => null;

    internal override string? CSharpTemplate => "EvaluateAssembly.cs";

    internal override ImmutableArray<string> References => [typeof(LossFunctionBackend).Assembly.Location];

    internal override IEnumerable<(string Name, object Value)> Constants => [("ASSEMBLY_PATH", Path), ("TYPE_NAME", TypeName)];
}
