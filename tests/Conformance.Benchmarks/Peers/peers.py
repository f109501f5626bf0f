"""A peer in a process of its own: reads requests as JSON lines and answers each with how long calls took.

Arguments: peer (numpy, tensorflow), threads, file of logits, file of labels; the files hold raw float32.
Requests: {"name", "elements", "calls"} for the time of so many calls on the first elements, after one that is not timed;
{"name", "elements"} for the sums of the results.
"""

import json
import platform
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np


def numpy_calls(logits, labels, threads):
    # NumPy has no threads of its own, but lets go of the interpreter's lock in every operation: each thread takes a part.
    losses, products = np.empty_like(logits), np.empty_like(logits)
    bounds = [len(logits) * i // threads for i in range(threads + 1)]
    parts = [tuple(array[a:b] for array in (logits, labels, losses, products)) for a, b in zip(bounds, bounds[1:])]

    def loss_of(part):
        x, z, loss, product = part
        np.abs(x, out=loss)
        np.negative(loss, out=loss)
        np.exp(loss, out=loss)
        np.log1p(loss, out=loss)
        np.multiply(x, z, out=product)
        np.subtract(loss, product, out=loss)
        np.maximum(x, 0, out=product)
        np.add(loss, product, out=loss)

    if threads == 1:

        def loss():
            loss_of(parts[0])
            return (losses,)
    else:
        pool = ThreadPoolExecutor(threads)

        def loss():
            list(pool.map(loss_of, parts))
            return (losses,)

    return {"loss": loss}


def tensorflow_calls(logits, labels, threads):
    import tensorflow as tf

    assert tf.config.experimental.get_synchronous_execution()
    logits, labels = tf.constant(logits), tf.constant(labels)

    def loss(x, z):
        return (tf.nn.sigmoid_cross_entropy_with_logits(labels=z, logits=x),)

    def mean(x, z):
        return (tf.reduce_mean(loss(x, z)[0]),)

    def gradient(x, z):
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(x)
            value = loss(x, z)[0]
        return value, tape.gradient(value, x)

    calls = {}
    for name, call in {"loss": loss, "loss, gradient": gradient, "mean": mean}.items():
        modes = {"eager": call, "function": tf.function(call), "xla": tf.function(call, jit_compile=True)}
        for mode, function in modes.items():
            calls[f"{mode} {name}"] = lambda function=function: function(logits, labels)
    return calls


def one_dnn_is_on():
    # TensorFlow decides by the processor, and says so only here.
    from tensorflow.python.util import _pywrap_util_port

    return _pywrap_util_port.IsMklEnabled()


def versions(peer, threads):
    found = {"python": platform.python_version(), "numpy": np.__version__}
    if peer == "tensorflow":
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
        found["tensorflow"] = tf.__version__
        found["oneDNN by default"] = "on" if one_dnn_is_on() else "off"
    return found


def answer(request, calls):
    call = calls[request["name"]]
    if "calls" not in request:
        return {"sums": [float(np.sum(np.asarray(output), dtype=np.float64)) for output in call()]}
    call()
    start = time.perf_counter()
    for _ in range(request["calls"]):
        call()
    return {"seconds": time.perf_counter() - start}


def main():
    peer, threads = sys.argv[1], int(sys.argv[2])
    make = {"numpy": numpy_calls, "tensorflow": tensorflow_calls}[peer]
    found = versions(peer, threads)
    logits, labels = (np.fromfile(path, np.float32) for path in sys.argv[3:5])
    print(json.dumps({"versions": found}), flush=True)
    calls = {}
    for line in sys.stdin:
        try:
            request = json.loads(line)
            elements = request["elements"]
            if elements not in calls:
                calls[elements] = make(logits[:elements], labels[:elements], threads)
            reply = answer(request, calls[elements])
        except Exception as error:
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)


main()
