using System.Runtime.CompilerServices;
using System.Text;
using DiffEngine;

namespace Conformance.TestKit;

/// <summary>
/// Compares text with an approved file beside the test, in Verify's file grammar: Type.Method[_parameters].verified.ext,
/// UTF-8 with a byte order mark, LF, no final newline. What differs is written to .received.ext first, then fails.
/// </summary>
public static class Snapshot
{
    private static readonly UTF8Encoding Encoding = new(encoderShouldEmitUTF8Identifier: true);

    /// <summary>Fails unless the text is the approved one.</summary>
    /// <param name="text">The text.</param>
    /// <param name="extension">The files' extension.</param>
    /// <param name="parameters">What distinguishes this call from others of the same method.</param>
    /// <param name="sourceFile">Filled in by the compiler.</param>
    /// <param name="method">Filled in by the compiler.</param>
    /// <returns>When it is compared.</returns>
    public static async Task Verify(
        string text,
        string extension = "txt",
        string? parameters = null,
        [CallerFilePath] string sourceFile = "",
        [CallerMemberName] string method = "")
    {
        string source = RepositoryRoot.Resolve(sourceFile);
        string name = $"{Path.GetFileNameWithoutExtension(source)}.{method}{(parameters is null ? string.Empty : "_" + parameters)}";
        string stem = Path.Combine(Path.GetDirectoryName(source)!, name);
        string verified = $"{stem}.verified.{extension}";
        string received = $"{stem}.received.{extension}";
        string actual = text.ReplaceLineEndings("\n").TrimEnd('\n');
        bool isNew = !File.Exists(verified);
        if (!isNew && await File.ReadAllTextAsync(verified).ConfigureAwait(false) == actual)
        {
            File.Delete(received);
            return;
        }

        await File.WriteAllTextAsync(received, actual, Encoding).ConfigureAwait(false);
        if (!DiffRunner.Disabled && !BuildServerDetector.Detected)
        {
            await DiffRunner.LaunchAsync(received, verified, Encoding).ConfigureAwait(false);
        }

        string section = isNew ? "New" : "NotEqual";
        Assert.Fail($"{section}:\n  - Received: {received}\n    Verified: {verified}\n\nFileContent:\n\n{actual}");
    }
}
