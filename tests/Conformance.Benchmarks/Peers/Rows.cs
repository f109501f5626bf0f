namespace Conformance.Benchmarks.Peers;

/// <summary>The rows' names, by which the targets find them.</summary>
internal static class Rows
{
    public const string Copy = "memory copy";
    public const string Triad = "triad a = b + s·c";
    public const string StreamedTriad = "triad, stores past the caches";
    public const string Plain = "plain float32 kernel";
    public const string Native = "native loss";
    public const string NativeSoft = "native loss, soft labels";
    public const string NativeGradient = "native loss and gradient";
    public const string NativeSum = "native sum";
    public const string NativeMean = "native mean";
    public const string OnnxRuntime = "ONNX Runtime ";
    public const string OnnxRuntimeGradient = "ONNX Runtime softplus, loss and gradient";
    public const string TensorFlow = "TensorFlow ";
    public const string Xla = TensorFlow + "XLA";
    public const string NumPy = "NumPy";
    public const string AndGradient = ", loss and gradient";
    public const string Mean = ", mean";
}
