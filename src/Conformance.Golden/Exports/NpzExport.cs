using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Conformance.Core.Tensors;

namespace Conformance.Golden.Exports;

/// <summary>An archive of arrays for <c>numpy.load</c>, without pickle.</summary>
public sealed class NpzExport : IVectorExport
{
    private const string Note =
        "Arrays are named ID/logits, ID/labels, ID/loss and ID/gradient. NumPy has no bfloat16: its arrays are uint16 and hold the bits, "
        + "of which array.view(ml_dtypes.bfloat16) makes the values. This index is the array 'index', UTF-8 as uint8.";

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0];

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
        Append(archive, "index", "|u1", $"{index.Length},", index);
        foreach (ExportedTest test in selection.Tests)
        {
            foreach ((string name, Vectors.VectorTensor tensor) in test.Tensors)
            {
                string shape = ExportedTest.ShapeText(tensor) + (tensor.Shape.Length == 1 ? "," : string.Empty);
                Append(archive, $"{test.Name}/{name}", DescriptionOf(test.DType), shape, test.ToBytes(tensor));
            }
        }
    }

    private static string DescriptionOf(DType dtype) => dtype == DType.BFloat16 ? "<u2" : $"<f{dtype.Size}";

    // NumPy's format 1.0: magic, version, length of the header, and a header that ends where 64 bytes end.
    private static void Append(ZipArchive archive, string name, string description, string shape, byte[] data)
    {
        const int prefix = 10;
        string dictionary = $"{{'descr': '{description}', 'fortran_order': False, 'shape': ({shape}), }}";
        int padding = 63 - ((prefix + dictionary.Length) % 64);
        byte[] header = Encoding.Latin1.GetBytes(dictionary + new string(' ', padding) + "\n");
        ZipArchiveEntry entry = archive.CreateEntry(name + ".npy");
        entry.LastWriteTime = NoTime;
        using Stream stream = entry.Open();
        Span<byte> length = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(length, checked((ushort)header.Length));
        stream.Write(Magic);
        stream.Write(length);
        stream.Write(header);
        stream.Write(data);
    }
}
