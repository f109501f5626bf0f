using System.IO.Compression;
using Conformance.Core.Tensors;

namespace Conformance.Golden.Exports;

/// <summary>An archive of arrays for <c>numpy.load</c>, without pickle.</summary>
public sealed class NpzExport : IVectorExport
{
    private const string Note =
        "Arrays are named ID/logits, ID/labels, ID/loss and ID/gradient. NumPy has no bfloat16: its arrays are uint16 and hold the bits, "
        + "of which array.view(ml_dtypes.bfloat16) makes the values. This index is the array 'index', UTF-8 as uint8.";

    // NumPy's archives have no times either; the first that a zip file can have.
    private static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <inheritdoc/>
    public string Name => "npz";

    /// <inheritdoc/>
    public string Description => "an archive of arrays for numpy.load";

    /// <inheritdoc/>
    public bool IsFolder => false;

    /// <inheritdoc/>
    public void Write(ExportSelection selection, string path)
    {
        using FileStream file = new(path, FileMode.CreateNew);
        using ZipArchive archive = new(file, ZipArchiveMode.Create);
        byte[] index = ExportIndex.Of(selection, Note);
        Append(archive, "index", NpyFormat.HeaderOf("|u1", index.Length), index);
        foreach (ExportedTest test in selection.Tests)
        {
            foreach ((string name, Vectors.VectorTensor tensor) in test.Tensors)
            {
                Append(archive, $"{test.Name}/{name}", NpyFormat.HeaderOf(DescriptionOf(test.DType), tensor.Shape.AsSpan()), test.ToBytes(tensor));
            }
        }
    }

    private static string DescriptionOf(DType dtype) => dtype == DType.BFloat16 ? "<u2" : NpyFormat.DescriptionOf(dtype);

    private static void Append(ZipArchive archive, string name, byte[] header, byte[] data)
    {
        ZipArchiveEntry entry = archive.CreateEntry(name + ".npy");
        entry.LastWriteTime = NoTime;
        using Stream stream = entry.Open();
        stream.Write(header);
        stream.Write(data);
    }
}
