using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Conformance.Core;

namespace Conformance.External;

/// <summary>
/// A command line with places for files, for example <c>./mybin {logits} {labels} {output}</c>. It is split into words as shells do, at
/// blanks that are not within quotes, and run without a shell, so that nothing else in it has a meaning: no variables, pipes or patterns.
/// <c>sh -c '…'</c> has all of them.
/// </summary>
/// <remarks>
/// Within single quotes everything stands for itself. Elsewhere a backslash before a quote or a blank takes their meaning from them, and
/// is a backslash before everything else, so that paths of Windows need no more than quotes around their blanks.
/// <c>{{</c> and <c>}}</c> are braces.
/// </remarks>
public sealed partial class CommandTemplate
{
    internal const string Logits = "logits";
    internal const string Labels = "labels";
    internal const string Output = "output";
    internal const string Gradient = "gradient";
    internal const string Reduction = "reduction";
    internal const string DType = "dtype";
    internal const string Shape = "shape";

    private static readonly ImmutableArray<string> Required = [Logits, Labels, Output];
    private static readonly ImmutableArray<string> Known = [.. Required, Gradient, Reduction, DType, Shape];

    private readonly ImmutableHashSet<string> _placeholders;

    private CommandTemplate(string text, ImmutableArray<string> words, ImmutableHashSet<string> placeholders)
    {
        Text = text;
        Words = words;
        _placeholders = placeholders;
    }

    /// <summary>What was given.</summary>
    public string Text { get; }

    /// <summary>The program and its arguments, placeholders and all.</summary>
    public ImmutableArray<string> Words { get; }

    /// <summary>The program's file name without folder and extension.</summary>
    public string ProgramName => Path.GetFileNameWithoutExtension(Words[0].Replace('\\', '/'));

    /// <summary>Whether it is told where to write a gradient.</summary>
    public bool HasGradient => _placeholders.Contains(Gradient);

    /// <summary>Whether it is told the reduction; otherwise it can know only one.</summary>
    public bool HasReduction => _placeholders.Contains(Reduction);

    /// <summary>Splits a command line and checks its placeholders.</summary>
    /// <param name="text">The command line.</param>
    /// <returns>The template.</returns>
    /// <exception cref="InvalidInputException">A quote has no end, a placeholder is missing, or one is unknown.</exception>
    public static CommandTemplate Parse(string text)
    {
        ImmutableArray<string> words = Split(text);
        ImmutableHashSet<string> placeholders =
        [
            .. words.SelectMany(word => Placeholder().Matches(word)).Where(match => match.Groups[1].Success).Select(match => match.Groups[1].Value),
        ];
        string allowed = string.Join(", ", Known.Select(name => $"{{{name}}}"));
        if (placeholders.Except(Known).Order(StringComparer.Ordinal).FirstOrDefault() is { } unknown)
        {
            throw new InvalidInputException(
                $"The command '{text}' has the placeholder {{{unknown}}}, which is none of {allowed}; write {{{{{unknown}}}}} where braces are meant.");
        }

        string[] missing = [.. Required.Where(name => !placeholders.Contains(name)).Select(name => $"{{{name}}}")];
        return missing.Length > 0
            ? throw new InvalidInputException(
                $"The command '{text}' has no {string.Join(" and no ", missing)}; it must have {{logits}}, {{labels}} and {{output}}, where the paths of files go, and may have any of {allowed}.")
            : Placeholder().IsMatch(words[0])
                ? throw new InvalidInputException($"The command '{text}' begins with a placeholder; begin with the program to run.")
                : new CommandTemplate(text, words, placeholders);
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary>The words with values in place of placeholders.</summary>
    internal ImmutableArray<string> Fill(IReadOnlyDictionary<string, string> values) =>
    [
        .. Words.Select(word => Placeholder().Replace(word, match => match.Groups[1].Success ? values[match.Groups[1].Value] : match.Value[..1])),
    ];

    private static ImmutableArray<string> Split(string text)
    {
        ImmutableArray<string>.Builder words = ImmutableArray.CreateBuilder<string>();
        StringBuilder word = new();
        bool isWord = false;
        char quote = '\0';
        for (int i = 0; i < text.Length; i++)
        {
            char character = text[i];
            if (quote == '\0' && char.IsWhiteSpace(character))
            {
                Finish();
                continue;
            }

            isWord = true;
            if (character == quote)
            {
                quote = '\0';
            }
            else if (quote == '\0' && (character is '\'' or '"'))
            {
                quote = character;
            }
            else if (character == '\\' && i + 1 < text.Length && IsEscaped(text[i + 1], quote))
            {
                word.Append(text[++i]);
            }
            else
            {
                word.Append(character);
            }
        }

        if (quote != '\0')
        {
            throw new InvalidInputException($"The command '{text}' has a {quote} without its end; close it, or write \\{quote} where the character is meant.");
        }

        Finish();
        return words.Count > 0 && words[0].Length > 0
            ? words.ToImmutable()
            : throw new InvalidInputException("The command is empty; give a program with {logits}, {labels} and {output}, for example './mybin {logits} {labels} {output}'.");

        void Finish()
        {
            if (isWord)
            {
                words.Add(word.ToString());
                word.Clear();
                isWord = false;
            }
        }
    }

    private static bool IsEscaped(char next, char quote) => quote switch
    {
        '\'' => false,
        '"' => next == '"',
        _ => next is '\'' or '"' || char.IsWhiteSpace(next),
    };

    [GeneratedRegex(@"\{\{|\}\}|\{([A-Za-z_][A-Za-z0-9_]*)\}")]
    private static partial Regex Placeholder();
}
