using Conformance.Core.Tensors;
using Conformance.Golden.Vectors;
using Google.Protobuf;
using Onnx;

namespace Conformance.Golden.Exports;

/// <summary>A tensor as ONNX's backend tests have it: one serialized TensorProto.</summary>
internal static class OnnxTensorFile
{
    /// <summary>Writes a tensor.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The name of the model's input or output.</param>
    /// <param name="dtype">The element type.</param>
    /// <param name="tensor">The tensor.</param>
    /// <param name="dimensions">Other extents than the tensor's own, for as many elements.</param>
    public static void Write(string path, string name, DType dtype, VectorTensor tensor, IEnumerable<long>? dimensions = null)
    {
        byte[] bytes = Convert.FromHexString(tensor.Bits);
        for (int start = 0; start < bytes.Length; start += dtype.Size)
        {
            Array.Reverse(bytes, start, dtype.Size);
        }

        TensorProto proto = new() { Name = name, DataType = (int)TypeOf(dtype), RawData = ByteString.CopyFrom(bytes) };
        proto.Dims.AddRange(dimensions ?? tensor.Shape.Select(extent => (long)extent));
        File.WriteAllBytes(path, proto.ToByteArray());
    }

    private static TensorProto.Types.DataType TypeOf(DType dtype) =>
        dtype == DType.Float64 ? TensorProto.Types.DataType.Double
        : dtype == DType.Float32 ? TensorProto.Types.DataType.Float
        : dtype == DType.Float16 ? TensorProto.Types.DataType.Float16
        : TensorProto.Types.DataType.Bfloat16;
}
