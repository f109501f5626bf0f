using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Core.Tensors;
using Python.Runtime;

namespace Conformance.Python;

/// <summary>
/// A backend whose entry points are Python functions over NumPy views of the request's own memory. Needs a process of its
/// own, with the environment variables of <see cref="NativeEnvironment"/> set before it starts.
/// </summary>
public abstract class PythonBackend : IBackend
{
    /// <summary>TensorFlow's own switch for the kernels of oneDNN, which compute other bits. They are off unless it says otherwise.</summary>
    public const string OneDnnVariable = "TF_ENABLE_ONEDNN_OPTS";

    private const string Threads = "1";

    private readonly string _moduleName;
    private readonly Dictionary<string, PyString> _strings = new(StringComparer.Ordinal);
    private readonly Dictionary<Shape, PyTuple> _shapes = [];
    private PyObject? _module;
    private PyObject? _evaluateInto;

    private protected PythonBackend(string name, string moduleName, IReadOnlyList<ImplementationInfo> implementations)
    {
        Name = name;
        _moduleName = moduleName;
        Implementations = implementations;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<ImplementationInfo> Implementations { get; }

    /// <summary>The interpreter, its library and the folder to import from, which the hosting process sets before it starts the backend.</summary>
    public (string Executable, string Library, string PackageFolder)? Interpreter { get; set; }

    /// <summary>
    /// What must be in the native environment of a process before it hosts TensorFlow: variables set later from .NET do
    /// not reach it.
    /// </summary>
    /// <param name="installation">The interpreter.</param>
    /// <returns>Variable names and values.</returns>
    /// <exception cref="InvalidInputException">The user set <see cref="OneDnnVariable"/> to what TensorFlow would not take at its word.</exception>
    public static ImmutableDictionary<string, string> NativeEnvironment(PythonInstallation installation)
    {
        ImmutableDictionary<string, string> variables = ImmutableDictionary<string, string>.Empty
            .Add("TF_CPP_MIN_LOG_LEVEL", "3")
            .Add(OneDnnVariable, OneDnn(Environment.GetEnvironmentVariable(OneDnnVariable)))
            .Add("CUDA_VISIBLE_DEVICES", "-1")

            // One thread: the order of float64 gradients in graphs depends on the count, and small tensors only wait for a second one.
            .Add("TF_NUM_INTRAOP_THREADS", Threads)
            .Add("TF_NUM_INTEROP_THREADS", Threads)
            .Add("KERAS_BACKEND", "tensorflow")

            // A user's keras.json can change epsilon and floatx.
            .Add("KERAS_HOME", Path.Combine(new PythonSearch().CacheFolder, "keras"))
            .Add("PYTHONHOME", string.Empty)
            .Add("PYTHONPATH", string.Empty)
            .Add("PYTHONNOUSERSITE", "1");

        // XLA compiles for every shape, a quarter of a second each with its gradient; its own cache keeps the machine code.
        return CompilationCache(installation) is { } cache
            ? variables.Add("TF_XLA_FLAGS", $"--tf_xla_persistent_cache_directory={cache} --tf_xla_persistent_cache_device_types=CPU")
            : variables;
    }

    /// <inheritdoc/>
    public Task<BackendStatus> StartAsync(IProgress<string> progress, CancellationToken cancellationToken)
    {
        (string executable, string library, string packageFolder) = Interpreter
            ?? throw new InvalidOperationException("A Python backend can only be started where its interpreter is known.");
        PythonHost.Start(executable, library, packageFolder);
        using (Py.GIL())
        {
            try
            {
                _module = Py.Import("conformance_losses." + _moduleName);
                using PyObject evaluation = Py.Import("conformance_losses.evaluation");
                _evaluateInto = evaluation.GetAttr("evaluate_into");
                using PyObject versions = _module.InvokeMethod("versions");
                using PyDict dictionary = new(versions);
                return Task.FromResult(BackendStatus.Available(
                    [
                        .. dictionary.Items().Select(item => KeyValuePair.Create(item[0].As<string>(), item[1].As<string>())),
                        KeyValuePair.Create("threads." + Name, Threads),
                    ]));
            }
            catch (PythonException exception)
            {
                return Task.FromResult(BackendStatus.Unavailable(
                    $"Python could not import {_moduleName}: {Describe(exception)}.", "Run 'conformance doctor' to see what was found."));
            }
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Evaluation>> EvaluateAsync(IReadOnlyList<EvaluationRequest> requests, CancellationToken cancellationToken)
    {
        Evaluation[] evaluations = new Evaluation[requests.Count];
        using (Py.GIL())
        {
            for (int i = 0; i < evaluations.Length; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                evaluations[i] = Evaluate(requests[i]);
            }
        }

        return Task.FromResult<IReadOnlyList<Evaluation>>(evaluations);
    }

    /// <summary>The interpreter lives as long as its process.</summary>
    /// <returns>At once.</returns>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    internal static string OneDnn(string? given) => given switch
    {
        null or "" => "0",
        "0" or "1" => given,
        _ => throw new InvalidInputException($"{OneDnnVariable} is '{given}'; set it to 1 for TensorFlow with oneDNN or to 0 without, or unset it, which is 0."),
    };

    // Machine code is good for the TensorFlow and the processor features that it was compiled for: an environment of the tool's
    // own never changes its TensorFlow, and Linux names the features. TensorFlow splits its flags at spaces.
    private static string? CompilationCache(PythonInstallation installation)
    {
        const string processorFile = "/proc/cpuinfo";
        if (!PythonEnvironment.IsComplete(installation.Prefix) || installation.Prefix.Any(char.IsWhiteSpace) || !File.Exists(processorFile))
        {
            return null;
        }

        string features = string.Join('\n', File.ReadLines(processorFile)
            .Where(line => line.StartsWith("model name", StringComparison.Ordinal) || line.StartsWith("flags", StringComparison.Ordinal) || line.StartsWith("Features", StringComparison.Ordinal))
            .Distinct());
        return Path.Combine(installation.Prefix, $"conformance-xla-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(features)))[..8]}");
    }

    private static string Describe(PythonException exception) => $"{exception.Type.Name}: {exception.Message.ReplaceLineEndings(" ").Trim()}";

    private static OutputSignature? ReadSignature(string text)
    {
        if (text.Length == 0)
        {
            return null;
        }

        string[] parts = text.Split(';');
        int[] dimensions = parts[1].Length == 0
            ? []
            : [.. parts[1].Split(',').Select(d => int.Parse(d, CultureInfo.InvariantCulture))];
        return new OutputSignature(parts[0], new Shape(dimensions));
    }

    private Evaluation Evaluate(EvaluationRequest request)
    {
        ImplementationInfo implementation = request.Implementation;
        using PyInt logits = new((long)request.Logits.Address);
        using PyInt labels = new((long)request.Labels.Address);
        using PyInt loss = new((long)request.Loss.Address);
        using PyInt gradient = new((long)(request.Gradient?.Address ?? 0));
        try
        {
            using PyObject result = _evaluateInto!.Invoke(
                _module!,
                Text(implementation.EntryPoint),
                Text(implementation.Mode ?? "eager"),
                Text(request.Reduction.Name),
                Text(request.Logits.DType.Name),
                Tuple(request.Logits.Shape),
                logits,
                labels,
                loss,
                Tuple(request.Loss.Shape),
                gradient);
            string[] signatures = result.As<string>().Split('|');
            return new Evaluation(Outcome.Completed, ReadSignature(signatures[0]), ReadSignature(signatures[1]));
        }
        catch (PythonException exception)
        {
            return new Evaluation(Outcome.Error, Message: Describe(exception));
        }
    }

    private PyString Text(string text)
    {
        if (!_strings.TryGetValue(text, out PyString? value))
        {
            _strings.Add(text, value = new PyString(text));
        }

        return value;
    }

    private PyTuple Tuple(Shape shape)
    {
        if (!_shapes.TryGetValue(shape, out PyTuple? value))
        {
            _shapes.Add(shape, value = new PyTuple([.. shape.Dimensions.Select(d => (PyObject)new PyInt(d))]));
        }

        return value;
    }
}
