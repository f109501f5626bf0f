using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Core.Tensors;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Exports;

/// <summary>
/// ONNX's form of backend tests: for each test a folder with <c>model.onnx</c> and <c>test_data_set_0</c>, which has the inputs and the true
/// outputs as tensors.
/// </summary>
/// <param name="source">The models.</param>
public sealed class OnnxExport(OnnxModelSource source) : IVectorExport
{
    private const int Rank = 3;

    /// <inheritdoc/>
    public string Name => "onnx";

    /// <inheritdoc/>
    public string Description => "a folder for each test with model.onnx and test_data_set_0, as ONNX's own backend tests";

    /// <inheritdoc/>
    public bool IsFolder => true;

    /// <inheritdoc/>
    public (ExportSelection Kept, ImmutableSortedDictionary<string, int> LeftOut) Keep(ExportSelection selection)
    {
        ILookup<string?, ExportedTest> reasons = selection.Tests.ToLookup(FindRefusal);
        return (
            selection with { Tests = [.. reasons[null]] },
            reasons.Where(group => group.Key is not null).ToImmutableSortedDictionary(group => group.Key!, group => group.Count(), StringComparer.Ordinal));
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidInputException">The names of two tests differ in nothing that folder names keep.</exception>
    public void Write(ExportSelection selection, string path)
    {
        Dictionary<string, string> names = new(StringComparer.OrdinalIgnoreCase);
        OnnxTolerances tolerances = new(source.Implementation, selection.Loss);
        StringBuilder table = new();
        foreach (ExportedTest test in selection.Tests)
        {
            string name = test.Name.Replace("/", "__", StringComparison.Ordinal);
            if (!names.TryAdd(name, test.Name))
            {
                throw new InvalidInputException($"The tests '{names[name]}' and '{test.Name}' would share the folder '{name}'; rename one, or export them apart.");
            }

            string folder = Path.Combine(path, name);
            string data = Directory.CreateDirectory(Path.Combine(folder, "test_data_set_0")).FullName;
            File.WriteAllBytes(Path.Combine(folder, "model.onnx"), source.Model(test.DType, test.Reduction));
            Write(data, "input_0.pb", "logits", test, test.Test.Inputs.Logits);
            Write(data, "input_1.pb", "labels", test, test.Test.Inputs.Labels);
            Write(data, "output_0.pb", "loss", test, test.Test.Expected!.Loss);
            if (test.Test.Expected.Gradient is { } gradient)
            {
                Write(data, "output_1.pb", "gradient", test, gradient);
            }

            double needed = tolerances.RelativeFor(test);
            table.Append(CultureInfo.InvariantCulture, $"| {name} | {test.DType} | {OnnxTolerances.AbsoluteFor(test.DType):0e+0} | {needed:0.0e+0} |\n");
        }

        File.WriteAllText(Path.Combine(path, "README.md"), Readme(selection, table.ToString()));
    }

    // The models have three dimensions; what has another number of them lies in memory as one row.
    private static void Write(string folder, string file, string name, ExportedTest test, VectorTensor tensor) => OnnxTensorFile.Write(
        Path.Combine(folder, file),
        name,
        test.DType,
        tensor,
        tensor.Shape.Length == Rank || IsReduced(test, name) ? null : [1, 1, tensor.Bits.Length / test.DType.HexDigits]);

    private static bool IsReduced(ExportedTest test, string name) => name == "loss" && test.Reduction != Core.Cases.Reduction.None;

    private string? FindRefusal(ExportedTest test)
    {
        ImplementationInfo implementation = source.Implementation;
        return !implementation.Supports(test.DType, test.Reduction) ? $"{test.DType}, for which there is no model"
            : test.Test.Inputs.SampleWeight is not null || test.Test.Options.ToLossOptions() is not { PosWeight: 1, LabelSmoothing: 0 } ? "weights or smoothing, which no model has"
            : null;
    }

    private string Readme(ExportSelection selection, string table) =>
        $"""
        # {selection.Loss}: ONNX backend tests

        {selection.Tests.Length.ToString(CultureInfo.InvariantCulture)} tests, each a folder in the form of ONNX's own backend tests: `model.onnx`, and in `test_data_set_0` the inputs
        `input_0.pb` (logits) and `input_1.pb` (labels) and the expected outputs `output_0.pb` (loss) and `output_1.pb` (its gradient with respect to the
        logits), serialized TensorProto. The gradient is that of the sum of the losses where nothing is reduced. A slash in a test's id is `__` in its
        folder's name.

        **The expected outputs are the truth**, the real-number values at these very inputs, rounded once; no runtime made them.

        The model computes {source.Implementation.Formula}.

        ## Tolerance

        A runtime passes if |output - expected| <= atol + rtol * |expected| for every element, where NaN equals NaN and an infinity only itself. Each
        test needs the tolerances of the table: what the model's own roundings can cost at these inputs by the contract of {source.Implementation.Id}, whose
        graph it is. Where rtol is large, the formula or the sum cancels at these very inputs. Wider ones, as the rtol 1e-3 and atol 1e-7 that ONNX's own
        runner takes for everything, see less.

        | test | dtype | atol | rtol |
        | --- | --- | ---: | ---: |

        """.ReplaceLineEndings("\n") + table;
}
