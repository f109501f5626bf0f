namespace Conformance.Golden.Reproductions;

/// <summary>Functions of Python.</summary>
/// <param name="Loss">The loss function: <c>/path/file.py:function</c> or <c>package.module:function</c>.</param>
/// <param name="Gradient">The gradient function; null for none.</param>
/// <param name="Executable">The interpreter.</param>
/// <param name="Folder">The folder from which modules are imported.</param>
public sealed record PythonSubject(string Loss, string? Gradient, string Executable, string Folder) : ReproductionSubject
{
    internal override string? PythonTemplate => "evaluate_python.py";

    internal override string? CSharpTemplate => null;

    internal override string Python => Executable;

    internal override IEnumerable<(string Name, object Value)> Constants =>
        [("FUNCTION", Loss), ("GRADIENT_FUNCTION", Gradient ?? string.Empty), ("WORKING_FOLDER", Folder)];
}
