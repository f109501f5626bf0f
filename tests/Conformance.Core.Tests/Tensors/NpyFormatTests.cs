using System.Text;
using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Tensors;

public sealed class NpyFormatTests
{
    [Fact]
    public void HeaderOf_Shape_IsWhatNumPyWrites()
    {
        byte[] header = NpyFormat.HeaderOf("<f4", 2, 5, 10);

        // numpy.save of np.zeros((2, 5, 10), np.float32), NumPy 2.
        Assert.Equal(
            "\u0093NUMPY\u0001\0v\0{'descr': '<f4', 'fortran_order': False, 'shape': (2, 5, 10), }".PadRight(127) + "\n", Encoding.Latin1.GetString(header));
    }

    [Theory]
    [InlineData("()", new int[0])]
    [InlineData("(7,)", new[] { 7 })]
    [InlineData("(0, 3)", new[] { 0, 3 })]
    public void HeaderOf_Shapes_AreTuplesOfPython(string expected, int[] shape)
    {
        byte[] header = NpyFormat.HeaderOf("<f8", shape);

        Assert.Contains($"'shape': {expected}, ", Encoding.Latin1.GetString(header), StringComparison.Ordinal);
        Assert.Equal(0, header.Length % 64);
        NpyHeader read = NpyFormat.ReadHeader(new MemoryStream(header));
        Assert.Equal(("<f8", false), (read.Description, read.IsFortranOrder));
        Assert.Equal(shape.Select(extent => (long)extent), read.Shape);
    }

    [Fact]
    public void DescriptionOf_DTypes_AreThoseThatNumPyHas()
    {
        Assert.Equal(["<f2", "<f4", "<f8"], new[] { DType.Float16, DType.Float32, DType.Float64 }.Select(NpyFormat.DescriptionOf));
        Assert.Throws<ArgumentException>(() => NpyFormat.DescriptionOf(DType.BFloat16));
    }

    [Theory]
    [InlineData(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", "float32", false)]
    [InlineData(2, "{'descr': '<f8', 'fortran_order': True, 'shape': (2, 3), }\n", "float64", true)]
    [InlineData(3, "  {\"shape\":(2,3),\"fortran_order\":False,\"descr\":\"<f2\"}", "float16", false)]
    [InlineData(1, "{'descr': '<i8', 'fortran_order': False, 'shape': (2L, 3L), }", "int64", false)]
    [InlineData(1, "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3,), }", "uint8", false)]
    [InlineData(1, "{'descr': '|b1', 'fortran_order': False, 'shape': (2, 3), }", "bool", false)]
    [InlineData(1, "{'descr': '<c8', 'fortran_order': False, 'shape': (2, 3), }", "complex64", false)]
    [InlineData(1, "{'descr': '>f4', 'fortran_order': False, 'shape': (2, 3), }", ">f4", false)]
    [InlineData(1, "{'descr': '<U5', 'fortran_order': False, 'shape': (2, 3), }", "<U5", false)]
    [InlineData(1, "{'descr': [('a', '<f4'), ('b', '<f4')], 'fortran_order': False, 'shape': (2, 3), }", "[('a', '<f4'), ('b', '<f4')]", false)]
    public void ReadHeader_EveryVersion_SaysWhatTheArrayIs(byte version, string text, string dtype, bool isFortranOrder)
    {
        NpyHeader header = NpyFormat.ReadHeader(new MemoryStream(File(version, text)));

        Assert.Equal((dtype, isFortranOrder), (header.DTypeName, header.IsFortranOrder));
        Assert.Equal([2, 3], header.Shape);
    }

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, }")]
    [InlineData("{'descr': '<f4', 'fortran_order': Maybe, 'shape': (2, 3), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2, -3), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2 3), }")]
    [InlineData("{'descr': [('a', '<f4', 'fortran_order': False, 'shape': (2, 3), }")]
    [InlineData("{'descr': '<f4, }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), 'more': 1}")]
    [InlineData("")]
    public void ReadHeader_NoDictionary_IsQuoted(string text)
    {
        InvalidDataException exception = Assert.Throws<InvalidDataException>(() => NpyFormat.ReadHeader(new MemoryStream(File(1, text))));

        Assert.Equal($"its header cannot be read: {text}", exception.Message);
    }

    [Fact]
    public void ReadHeader_OtherFiles_SaysWhatIsWrong()
    {
        byte[] file = NpyFormat.HeaderOf("<f4", 3);
        byte[] future = [.. file];
        future[6] = 4;
        byte[] vast = File(2, "{}");
        vast[11] = 0xFF;

        Assert.Equal("it is empty", Message([]));
        Assert.Equal("it is not an .npy file, since it begins with the bytes 302e3520302e350a", Message("0.5 0.5\n"u8.ToArray()));
        Assert.Equal("it ends within its header", Message(file[..7]));
        Assert.Equal("it ends within its header", Message(file[..9]));
        Assert.Equal("it ends within its header", Message(file[..50]));
        Assert.Equal("it is of the .npy format's version 4, and 1 to 3 can be read", Message(future));
        Assert.Equal("its header claims 4278190082 bytes", Message(vast));
    }

    private static string Message(byte[] file) => Assert.Throws<InvalidDataException>(() => NpyFormat.ReadHeader(new MemoryStream(file))).Message;

    private static byte[] File(byte version, string header)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        byte[] length = version == 1 ? BitConverter.GetBytes((ushort)text.Length) : BitConverter.GetBytes(text.Length);
        return [0x93, .. "NUMPY"u8, version, 0, .. length, .. text];
    }
}
