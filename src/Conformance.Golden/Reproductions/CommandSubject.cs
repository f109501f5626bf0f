using System.Collections.Immutable;

namespace Conformance.Golden.Reproductions;

/// <summary>A command that exchanges <c>.npy</c> files.</summary>
/// <param name="Words">The program and its arguments, with placeholders.</param>
/// <param name="Folder">The folder that it is run in.</param>
public sealed record CommandSubject(ImmutableArray<string> Words, string Folder) : ReproductionSubject
{
    internal override string? PythonTemplate => "evaluate_command.py";

    internal override string? CSharpTemplate => "EvaluateCommand.cs";

    internal override IEnumerable<(string Name, object Value)> Constants => [("WORDS", Words.ToArray()), ("WORKING_FOLDER", Folder)];
}
