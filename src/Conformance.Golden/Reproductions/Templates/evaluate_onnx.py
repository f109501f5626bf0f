def evaluate(logits: bytes, labels: bytes, output: str) -> Output:
    """Runs the model with ONNX Runtime, or with ONNX's own reference where that is not there."""
    import numpy as np

    if DTYPE == "bfloat16":
        from ml_dtypes import bfloat16 as dtype
    else:
        dtype = DTYPE
    wanted = GRADIENT_NAME if output == "gradient" else LOSS_NAME
    path = os.path.join(HERE, "model.onnx")
    feeds = {name: np.frombuffer(data, dtype).reshape(SHAPE) for name, data in ((LOGITS_NAME, logits), (LABELS_NAME, labels))}
    try:
        import onnxruntime
    except ImportError:
        import onnx
        from onnx.reference import ReferenceEvaluator

        print(f"with onnx.reference of onnx {onnx.__version__}, since onnxruntime is not installed; the failure was found with ONNX Runtime {RUNTIME_VERSION}")
        (returned,) = ReferenceEvaluator(path).run([wanted], feeds)
    else:
        print(f"with ONNX Runtime {onnxruntime.__version__}; the failure was found with {RUNTIME_VERSION}")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        (returned,) = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"]).run([wanted], feeds)
    returned = np.asarray(returned)
    return Output(returned.dtype.name, returned.shape, returned.tobytes())
