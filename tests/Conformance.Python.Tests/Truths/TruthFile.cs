using System.Text.Json;
using Conformance.Core.Losses.SigmoidCrossEntropy;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;
using Conformance.TestKit;

namespace Conformance.Python.Tests.Truths;

/// <summary>Writes what the oracle says in the form that python/tests/oracle_truths.py describes and reads.</summary>
/// <param name="plant">The bits to write instead of a truth's, given the logit; for tests of the proof itself.</param>
internal sealed class TruthFile(Func<double, ulong, ulong>? plant = null)
{
    /// <summary>How many truths <c>plant</c> changed.</summary>
    public int Planted { get; private set; }

    /// <summary>Writes a file.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="tests">The inputs.</param>
    public void Write(string path, IReadOnlyCollection<TruthInputs> tests)
    {
        using FileStream stream = File.Create(path);
        using Utf8JsonWriter json = new(stream);
        json.WriteStartObject();
        json.WriteString("format", "conformance-oracle-truths/1");
        json.WriteNumber("count", tests.Count);
        json.WriteStartArray("tests");
        foreach (TruthInputs test in tests)
        {
            Write(json, test);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json, TruthInputs test)
    {
        LossOracle oracle = SigmoidCrossEntropyLoss.Instance.CreateOracle(test.Options);
        int count = test.Logits.Length;
        json.WriteStartObject();
        json.WriteString("id", test.Id);
        json.WriteString("dtype", test.DType.Name);
        json.WriteNumber("posWeight", test.Options.PosWeight);
        json.WriteNumber("labelSmoothing", test.Options.LabelSmoothing);
        json.WriteString("logits", Hex(test.DType, test.Logits));
        json.WriteString("labels", Hex(test.DType, test.Labels));
        if (test.Weights.Length > 0)
        {
            json.WriteString("weights", Hex(test.DType, test.Weights));
        }

        WriteElements("loss", i => oracle.Loss(test.DType, test.Logits[i], test.Labels[i], WeightOf(i)));
        WriteElements("gradient", i => oracle.Gradient(test.DType, test.Logits[i], test.Labels[i], WeightOf(i)));
        if (test.IsReduced)
        {
            WriteElements("meanGradient", i => oracle.Gradient(test.DType, test.Logits[i], test.Labels[i], WeightOf(i), count));
            Write(json, "sum", test.DType, [oracle.Sum(test.DType, test.Logits, test.Labels, test.Weights)], [0]);
            Write(json, "mean", test.DType, [oracle.Mean(test.DType, test.Logits, test.Labels, test.Weights)], [0]);
        }

        json.WriteEndObject();

        double WeightOf(int i) => test.Weights.Length == 0 ? 1 : test.Weights[i];

        void WriteElements(string name, Func<int, Truth> truthOf) =>
            Write(json, name, test.DType, [.. Enumerable.Range(0, count).Select(truthOf)], test.Logits);
    }

    private void Write(Utf8JsonWriter json, string name, DType dtype, Truth[] truths, double[] logits)
    {
        json.WriteStartObject(name);
        json.WriteString("bits", string.Concat(truths.Zip(logits, (truth, logit) => dtype.ToHex(BitsOf(dtype, truth, logit)))));
        json.WriteString("residuals", Hex(DType.Float64, truths.Select(truth => truth.Residual)));
        json.WriteStartArray("ulpExponents");
        foreach (Truth truth in truths)
        {
            json.WriteNumberValue(truth.UlpExponent);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private ulong BitsOf(DType dtype, Truth truth, double logit)
    {
        ulong bits = dtype.ToBits(truth.Value);
        ulong written = plant is null || !double.IsFinite(truth.Value) ? bits : plant(logit, bits);
        Planted += written == bits ? 0 : 1;
        return written;
    }

    private static string Hex(DType dtype, IEnumerable<double> values) => string.Concat(values.Select(value => dtype.ToHex(dtype.ToBits(value))));
}
