"""Times TensorFlow's own call on NumPy arrays: prints the median in milliseconds for each mode that is named."""

import statistics
import sys
import time

import numpy as np
import tensorflow as tf

count, repetitions = int(sys.argv[1]), int(sys.argv[2])
generator = np.random.default_rng(1)
logits = generator.normal(0, 3, (2, 4, count // 8)).astype(np.float32)
labels = (generator.random(logits.shape) < 0.2).astype(np.float32)


def call(logits, labels):
    return tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)


functions = {"eager": call, "function": tf.function(call), "xla": tf.function(call, jit_compile=True)}
for mode in sys.argv[3:]:
    times = []
    for repetition in range(repetitions + 3):
        start = time.perf_counter()
        np.asarray(functions[mode](logits, labels))
        times.append(time.perf_counter() - start)
    print(mode, statistics.median(times[3:]) * 1e3, flush=True)
