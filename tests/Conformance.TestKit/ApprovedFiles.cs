using System.Reflection;
using System.Runtime.CompilerServices;

namespace Conformance.TestKit;

/// <summary>The approved files of a test project, and whether a test stands behind each.</summary>
public static class ApprovedFiles
{
    /// <summary>Fails where an approved file's name, Type.Method[_parameters].verified.ext, is that of no test.</summary>
    /// <param name="tests">The assembly of the tests.</param>
    /// <param name="sourceFile">Filled in by the compiler: a file at the top of the test project.</param>
    public static void AssertNoneDangles(Assembly tests, [CallerFilePath] string sourceFile = "")
    {
        string[] dangling = FindDangling(tests, Path.GetDirectoryName(RepositoryRoot.Resolve(sourceFile))!);
        Assert.True(dangling.Length == 0, $"No test is behind these approved files; delete them, or restore their tests:\n{string.Join('\n', dangling)}");
    }

    /// <summary>The approved files in a folder and below that no test of an assembly compares with.</summary>
    /// <param name="tests">The assembly of the tests.</param>
    /// <param name="folder">The folder.</param>
    /// <returns>Their paths.</returns>
    public static string[] FindDangling(Assembly tests, string folder)
    {
        HashSet<string> methods =
        [
            .. tests.GetTypes().SelectMany(type => type.GetMethods()
                .Where(method => method.GetCustomAttributes<FactAttribute>().Any())
                .Select(method => $"{type.Name}.{method.Name}")),
        ];
        return
        [
            .. Directory.EnumerateFiles(folder, "*.verified.*", SearchOption.AllDirectories)
                .Where(path => !methods.Any(method => IsOf(method, Path.GetFileName(path))))
                .Order(StringComparer.Ordinal),
        ];
    }

    private static bool IsOf(string method, string file) =>
        file.StartsWith(method + '.', StringComparison.Ordinal) || file.StartsWith(method + '_', StringComparison.Ordinal);
}
