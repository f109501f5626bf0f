using System.CommandLine;
using Conformance.Core;
using Conformance.External;
using Conformance.Isolation;
using Conformance.OnnxRuntime.Models;
using Conformance.Python;

namespace Conformance.Cli.Checking;

/// <summary>The options by which somebody's own implementation is named.</summary>
/// <param name="packageFolder">The folder that holds the script of Python's worker.</param>
internal sealed class WaysIn(string packageFolder)
{
    private readonly Option<string?> _onnx = new("--onnx") { Description = "An ONNX model, which ONNX Runtime evaluates." };
    private readonly Option<string[]> _inputs = new("--inputs") { Description = "The names of the model's logits and labels, in this order; found by convention." };
    private readonly Option<string[]> _outputs = new("--outputs") { Description = "The names of the model's loss and gradient, in this order; found by convention." };
    private readonly Option<string?> _python = new("--python") { Description = "A Python function of NumPy arrays, as losses.py:loss or package.module:loss, called with logits and labels, and with reduction where it has such a parameter." };
    private readonly Option<string?> _gradient = new("--gradient") { Description = "A second function, which returns the gradient with respect to the logits." };
    private readonly Option<string?> _environment = new("--python-env") { Description = "The virtual environment or interpreter to run it with; by default the active one, or python3 on PATH. It needs NumPy." };
    private readonly Option<string?> _assembly = new("--assembly") { Description = "A .NET assembly with a class that implements ILossFunction<T>, as My.dll or My.dll:Namespace.Type." };
    private readonly Option<string?> _command = new("--command") { Description = $"A command that reads and writes .npy files, as './mybin {{logits}} {{labels}} {{output}}'; {{gradient}}, {{reduction}}, {{dtype}} and {{shape}} are filled in where they stand." };

    /// <summary>The options, in the order of the help.</summary>
    public IEnumerable<Option> All => [_onnx, _inputs, _outputs, _python, _gradient, _environment, _assembly, _command];

    /// <summary>The one implementation that is named.</summary>
    /// <exception cref="InvalidInputException">None or several are, or it cannot be read.</exception>
    public async Task<IWayIn> ParseAsync(ParseResult result, IsolationLimits limits, CancellationToken cancellationToken)
    {
        Option<string?>[] ways = [_onnx, _python, _assembly, _command];
        Option<string?>[] given = [.. ways.Where(way => result.GetValue(way) is not null)];
        if (given.Length != 1)
        {
            throw new InvalidInputException(
                $"{(given.Length == 0 ? "Nothing says what to check" : $"{string.Join(" and ", given.Select(way => way.Name))} are given")}; name one implementation with {string.Join(", ", ways[..^1].Select(way => way.Name))} or {ways[^1].Name}.");
        }

        Refuse(result, given[0], _onnx, _inputs);
        Refuse(result, given[0], _onnx, _outputs);
        Refuse(result, given[0], _python, _gradient);
        Refuse(result, given[0], _python, _environment);
        string text = result.GetValue(given[0])!;
        return given[0] == _onnx ? new OnnxWayIn(OnnxModelFile.Read(text, Split(result.GetValue(_inputs)), Split(result.GetValue(_outputs))))
            : given[0] == _assembly ? new AssemblyWayIn(LossAssembly.Describe(LossAssemblyName.Parse(text)))
            : given[0] == _command ? new CommandWayIn(CommandTemplate.Parse(text))
            : await PythonAsync(text, result, limits, cancellationToken).ConfigureAwait(false);
    }

    private static void Refuse(ParseResult result, Option given, Option way, Option option)
    {
        if (given != way && result.GetResult(option) is not null)
        {
            throw new InvalidInputException($"{option.Name} belongs to {way.Name}, and {given.Name} is given; leave it away.");
        }
    }

    private static string[] Split(string[]? names) =>
        [.. (names ?? []).SelectMany(text => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

    private async Task<IWayIn> PythonAsync(string text, ParseResult result, IsolationLimits limits, CancellationToken cancellationToken)
    {
        PythonFunction loss = PythonFunction.Parse(text, _python.Name);
        PythonFunction? gradient = result.GetValue(_gradient) is { } second ? PythonFunction.Parse(second, _gradient.Name) : null;
        string? environment = result.GetValue(_environment);
        PythonFunctionWorker worker = await PythonFunctionWorker.FindAsync(loss, gradient, environment, packageFolder, limits.Evaluation, cancellationToken).ConfigureAwait(false);
        return new PythonWayIn(loss, gradient, environment, worker, await worker.TakesReductionAsync(limits.Start, cancellationToken).ConfigureAwait(false));
    }
}
