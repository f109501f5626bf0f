using Conformance.Core;
using Python.Runtime;

namespace Conformance.Python;

/// <summary>
/// The one CPython interpreter of this process, embedded through pythonnet. It is never shut down: with TensorFlow loaded
/// that takes seconds, so the process that hosts it ends by <c>_exit</c>.
/// </summary>
public sealed class PythonHost
{
    private static PythonHost? _instance;

    private PythonHost(string executable, string library)
    {
        Executable = executable;
        Runtime.PythonDLL = library;

        // CPython finds the virtual environment by the path of its program; PYTHONHOME would end the process.
        PythonEngine.ProgramName = executable;
        PythonEngine.Initialize(["conformance"], setSysArgv: true, initSigs: false);

        // The initialising thread would otherwise keep the global interpreter lock for ever.
        PythonEngine.BeginAllowThreads();
    }

    /// <summary>The interpreter's executable.</summary>
    public string Executable { get; }

    /// <summary>Starts the interpreter, or returns it where it runs already.</summary>
    /// <param name="executable">The interpreter whose environment to use.</param>
    /// <param name="library">Its shared library.</param>
    /// <param name="packageFolder">A folder to import from, in front of all others.</param>
    /// <returns>The host.</returns>
    /// <exception cref="InvalidOperationException">Another interpreter runs in this process.</exception>
    /// <exception cref="InvalidInputException">The library cannot be loaded or does not fit the executable.</exception>
    public static PythonHost Start(string executable, string library, string packageFolder)
    {
        if (_instance is { } running)
        {
            return running.Executable == executable
                ? running
                : throw new InvalidOperationException($"This process already hosts {running.Executable}; a second interpreter needs a process of its own.");
        }

        try
        {
            _instance = new PythonHost(executable, library);
        }
        catch (Exception exception) when (exception is TypeInitializationException or MissingMethodException or DllNotFoundException or NotSupportedException)
        {
            throw new InvalidInputException(
                $"The Python library '{library}' cannot be loaded ({(exception.InnerException ?? exception).Message.TrimEnd('.')}); run 'conformance doctor' to see what was found.", exception);
        }

        using (Py.GIL())
        {
            using PyObject sys = Py.Import("sys");
            using PyObject prefix = sys.GetAttr("prefix");
            string expected = Path.GetDirectoryName(Path.GetDirectoryName(executable))!;
            if (File.Exists(Path.Combine(expected, "pyvenv.cfg")) && prefix.As<string>() != expected)
            {
                throw new InvalidInputException(
                    $"The Python library '{library}' does not belong to the environment in '{expected}': it uses '{prefix.As<string>()}'; run 'conformance doctor' to see what was found.");
            }

            using PyObject path = sys.GetAttr("path");
            using PyString folder = new(packageFolder);
            using PyInt first = new(0);
            path.InvokeMethod("insert", first, folder).Dispose();
        }

        return _instance;
    }
}
