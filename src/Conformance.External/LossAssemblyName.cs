using Conformance.Core;

namespace Conformance.External;

/// <summary>A file and, where it has several losses, the type: <c>My.dll</c> or <c>My.dll:Some.Loss</c>.</summary>
/// <param name="Path">The file's full path.</param>
/// <param name="TypeName">The type's name with or without its namespace; null for the only one.</param>
public sealed record LossAssemblyName(string Path, string? TypeName)
{
    /// <summary>Reads what a user gave.</summary>
    /// <param name="text">A path, and behind a colon a type.</param>
    /// <returns>The two.</returns>
    /// <exception cref="InvalidInputException">One of the two is empty.</exception>
    public static LossAssemblyName Parse(string text)
    {
        // The colon behind the letter of a drive divides nothing.
        const int firstDivider = 2;
        int colon = text.LastIndexOf(':');
        string path = colon >= firstDivider ? text[..colon] : text;
        string? type = colon >= firstDivider ? text[(colon + 1)..] : null;
        return path.Length == 0 || type?.Length == 0
            ? throw new InvalidInputException($"'{text}' names no assembly; give a file, and behind a colon a type where there are several, for example 'My.dll:Some.Loss'.")
            : new LossAssemblyName(System.IO.Path.GetFullPath(path), type);
    }
}
