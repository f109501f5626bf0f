using System.Globalization;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Exports;

/// <summary>One test on its way out: it has a name and the truth.</summary>
/// <param name="Name">The test's id, or where it has none, its file's name and its number.</param>
/// <param name="Test">The test; its expected outputs are there.</param>
public sealed record ExportedTest(string Name, VectorTest Test)
{
    /// <summary>The dtype of every tensor.</summary>
    public DType DType { get; } = DType.Find(Test.DType)!;

    /// <summary>What becomes of the elementwise losses.</summary>
    public Reduction Reduction { get; } = Reduction.Find(Test.Options.Reduction)!;

    /// <summary>Inputs and true outputs with the names that they have in every format.</summary>
    public IEnumerable<(string Name, VectorTensor Tensor)> Tensors
    {
        get
        {
            yield return ("logits", Test.Inputs.Logits);
            yield return ("labels", Test.Inputs.Labels);
            if (Test.Inputs.SampleWeight is { } sampleWeight)
            {
                yield return ("sampleWeight", sampleWeight);
            }

            yield return ("loss", Test.Expected!.Loss);
            if (Test.Expected.Gradient is { } gradient)
            {
                yield return ("gradient", gradient);
            }
        }
    }

    /// <summary>A tensor's elements as memory has them on a little-endian machine.</summary>
    /// <param name="tensor">One of the test's tensors.</param>
    /// <returns>The bytes.</returns>
    internal byte[] ToBytes(VectorTensor tensor)
    {
        byte[] bytes = Convert.FromHexString(tensor.Bits);
        for (int start = 0; start < bytes.Length; start += DType.Size)
        {
            Array.Reverse(bytes, start, DType.Size);
        }

        return bytes;
    }

    internal static string ShapeText(VectorTensor tensor) =>
        string.Join(", ", tensor.Shape.Select(extent => extent.ToString(CultureInfo.InvariantCulture)));
}
