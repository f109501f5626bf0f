/// <summary>The model beside this file, run with ONNX Runtime.</summary>
static class Subject
{
    public static Output Evaluate(byte[] logits, byte[] labels, string output)
    {
        string folder = AppContext.GetData("EntryPointFileDirectoryPath") as string ?? ".";
        using Microsoft.ML.OnnxRuntime.SessionOptions options = new() { IntraOpNumThreads = 1 };
        using Microsoft.ML.OnnxRuntime.InferenceSession session = new(Path.Combine(folder, "model.onnx"), options);
        using Microsoft.ML.OnnxRuntime.OrtValue first = Wrap(logits);
        using Microsoft.ML.OnnxRuntime.OrtValue second = Wrap(labels);
        using Microsoft.ML.OnnxRuntime.RunOptions run = new();
        using var results = session.Run(run, [LogitsName, LabelsName], [first, second], [output == "gradient" ? GradientName : LossName]);
        var info = results[0].GetTensorTypeAndShape();
        string dtype = info.ElementDataType switch
        {
            Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float16 => "float16",
            Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.BFloat16 => "bfloat16",
            Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float => "float32",
            Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Double => "float64",
            var other => other.ToString(),
        };
        return new Output(dtype, [.. info.Shape.Select(extent => (int)extent)], results[0].GetTensorMutableRawData().ToArray());
    }

    private static Microsoft.ML.OnnxRuntime.OrtValue Wrap(byte[] data)
    {
        var value = Microsoft.ML.OnnxRuntime.OrtValue.CreateAllocatedTensorValue(
            Microsoft.ML.OnnxRuntime.OrtAllocator.DefaultInstance,
            Failure.DType switch
            {
                "float16" => Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float16,
                "bfloat16" => Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.BFloat16,
                "float32" => Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float,
                _ => Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Double,
            },
            [.. Failure.Shape.Select(extent => (long)extent)]);
        data.CopyTo(value.GetTensorMutableRawData());
        return value;
    }
}
