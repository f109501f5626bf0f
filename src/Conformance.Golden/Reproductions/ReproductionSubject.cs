using System.Collections.Immutable;

namespace Conformance.Golden.Reproductions;

/// <summary>How a script evaluates an implementation without the tool.</summary>
public abstract record ReproductionSubject
{
    /// <summary>The template that evaluates it in Python; null where the .NET program beside it does.</summary>
    internal abstract string? PythonTemplate { get; }

    /// <summary>The template that evaluates it in .NET; null where the Python script beside it does.</summary>
    internal abstract string? CSharpTemplate { get; }

    /// <summary>What the templates take: names as in Python, and strings or arrays of strings.</summary>
    internal abstract IEnumerable<(string Name, object Value)> Constants { get; }

    /// <summary>The lines that begin the .NET program: packages.</summary>
    internal virtual ImmutableArray<string> Directives => [];

    /// <summary>Assemblies that the .NET program refers to by their paths.</summary>
    internal virtual ImmutableArray<string> References => [];

    /// <summary>The interpreter of the Python script.</summary>
    internal virtual string Python => "python3";
}
