using System.CommandLine;
using Conformance.Core;
using Conformance.Isolation;
using Conformance.OnnxRuntime.Models;

namespace Conformance.Cli.Check;

/// <summary>The options by which somebody's own implementation is named.</summary>
/// <param name="packageFolder">The folder that holds the script of Python's worker.</param>
internal sealed class WaysIn(string packageFolder)
{
    private readonly Option<string?> _onnx = new("--onnx") { Description = "An ONNX model, run by ONNX Runtime." };
    private readonly Option<string[]> _inputs = new("--inputs") { Description = "The names of the model's logits and labels, in this order; found by convention." };
    private readonly Option<string[]> _outputs = new("--outputs") { Description = "The names of the model's loss and gradient, in this order; found by convention." };

    /// <summary>The options, in the order of the help.</summary>
    public IEnumerable<Option> All => [_onnx, _inputs, _outputs];

    /// <summary>The one implementation that is named.</summary>
    /// <exception cref="InvalidInputException">None or several are, or it cannot be read.</exception>
    public async Task<IWayIn> ParseAsync(ParseResult result, IsolationLimits limits, CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        return new OnnxWayIn(OnnxModelFile.Read(result.GetValue(_onnx)!, Split(result.GetValue(_inputs)), Split(result.GetValue(_outputs))));
    }

    private static string[] Split(string[]? names) =>
        [.. (names ?? []).SelectMany(text => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
}
