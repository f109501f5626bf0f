using System.Text.RegularExpressions;
using Conformance.Core;

namespace Conformance.Python;

/// <summary>A function of a user's, by the file or the module that it is imported from.</summary>
public sealed partial record PythonFunction
{
    private PythonFunction(string module, string name)
    {
        Module = module;
        Name = name;
    }

    /// <summary>The full path of a file, or a dotted module name.</summary>
    public string Module { get; }

    /// <summary>The function's name in it.</summary>
    public string Name { get; }

    /// <summary>Reads <c>file.py:function</c> or <c>package.module:function</c>.</summary>
    /// <param name="text">What a user gave.</param>
    /// <param name="option">The option by which it was given, for the message.</param>
    /// <returns>The function; whether a module has it is known to the interpreter alone.</returns>
    /// <exception cref="InvalidInputException">It names no function, or no file that is there.</exception>
    public static PythonFunction Parse(string text, string option)
    {
        // The last colon: others may be those of a drive.
        int colon = text.LastIndexOf(':');
        (string module, string name) = colon < 0 ? (text, string.Empty) : (text[..colon], text[(colon + 1)..]);
        if (module.Length == 0 || !DottedName().IsMatch(name))
        {
            throw new InvalidInputException(
                $"{option} is '{text}', which names no function; give file.py:function or package.module:function.");
        }

        if (!module.EndsWith(".py", StringComparison.OrdinalIgnoreCase))
        {
            return DottedName().IsMatch(module)
                ? new PythonFunction(module, name)
                : throw new InvalidInputException(
                    $"{option} is '{text}', and '{module}' is neither a .py file nor the dotted name of a module; give file.py:function or package.module:function.");
        }

        string file = Path.GetFullPath(module);
        return File.Exists(file)
            ? new PythonFunction(file, name)
            : throw new InvalidInputException($"{option} is '{text}', and there is no file '{file}'; name one that is there.");
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Module}:{Name}";

    [GeneratedRegex(@"^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*(\.[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*)*\z")]
    private static partial Regex DottedName();
}
