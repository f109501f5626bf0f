"""Binary cross-entropy from logits as TensorFlow computes it.

Formula of every entry point, per element: relu(x) - x * z + log1p(exp(-|x|)) for logit x and label z.
"""

import functools
import platform
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import tensorflow as tf
from tensorflow.python.util import _pywrap_util_port

Value = TypeVar("Value")
Loss = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]
LossAndGradient = Callable[[tf.Tensor, tf.Tensor], tuple[tf.Tensor, tf.Tensor | None]]
Evaluation = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray | None]]


def _nn_sigmoid_cross_entropy(logits: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    return tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)


def _nn_sigmoid_cross_entropy_mean(logits: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    return tf.reduce_mean(_nn_sigmoid_cross_entropy(logits, labels))


def _v1_sigmoid_cross_entropy(reduction: str) -> Loss:
    def loss(logits: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        return tf.compat.v1.losses.sigmoid_cross_entropy(
            multi_class_labels=labels, logits=logits, loss_collection=None, reduction=reduction
        )

    return loss


_LOSSES: dict[str, dict[str, Loss]] = {
    "nn.sigmoid_cross_entropy_with_logits": {"none": _nn_sigmoid_cross_entropy},
    "nn.sigmoid_cross_entropy_with_logits+reduce_mean": {"mean": _nn_sigmoid_cross_entropy_mean},
    "compat.v1.losses.sigmoid_cross_entropy": {
        "none": _v1_sigmoid_cross_entropy(tf.compat.v1.losses.Reduction.NONE),
        "mean": _v1_sigmoid_cross_entropy(tf.compat.v1.losses.Reduction.SUM_BY_NONZERO_WEIGHTS),
        "sum": _v1_sigmoid_cross_entropy(tf.compat.v1.losses.Reduction.SUM),
    },
}


def loss_and_gradient(loss: Loss, gradient: bool) -> LossAndGradient:
    """Pairs a loss with the gradient of its sum with respect to the logits, or with None."""

    def forward(logits: tf.Tensor, labels: tf.Tensor) -> tuple[tf.Tensor, None]:
        return loss(logits, labels), None

    def forward_and_backward(logits: tf.Tensor, labels: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(logits)
            value = loss(logits, labels)
        return value, tape.gradient(value, logits)

    return forward_and_backward if gradient else forward


def over_arrays(function: LossAndGradient) -> Evaluation:
    """Lets a function of tensors take and give arrays."""

    def evaluation(logits: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        # Identity takes 64-byte aligned memory as it is; tf.constant and tf.convert_to_tensor always copy. Likewise Tensor.numpy() copies.
        loss, gradient = function(tf.raw_ops.Identity(input=logits), tf.raw_ops.Identity(input=labels))
        return np.asarray(loss), None if gradient is None else np.asarray(gradient)

    return evaluation


def _eager(loss: Loss, dtype: np.dtype, rank: int, gradient: bool) -> Evaluation:
    return over_arrays(loss_and_gradient(loss, gradient))


def _traced(loss: Loss, dtype: np.dtype, rank: int, gradient: bool, jit_compile: bool) -> Evaluation:
    # Unknown dimensions: one trace serves every shape (XLA still compiles for each).
    signature = [tf.TensorSpec([None] * rank, dtype)] * 2
    function = tf.function(
        loss_and_gradient(loss, gradient), input_signature=signature, autograph=False, jit_compile=jit_compile
    )
    return over_arrays(function.get_concrete_function())


def _session(loss: Loss, dtype: np.dtype, rank: int, gradient: bool) -> Evaluation:
    with tf.Graph().as_default() as graph:
        logits = tf.compat.v1.placeholder(dtype, [None] * rank)
        labels = tf.compat.v1.placeholder(dtype, [None] * rank)
        value = loss(logits, labels)
        fetches = [value, *(tf.compat.v1.gradients(value, logits) if gradient else ())]
    call = tf.compat.v1.Session(graph=graph).make_callable(fetches, feed_list=[logits, labels])

    def evaluation(logits: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        results = call(logits, labels)
        return np.asarray(results[0]), np.asarray(results[1]) if gradient else None

    return evaluation


_MODES: dict[str, Callable[[Loss, np.dtype, int, bool], Evaluation]] = {
    "eager": _eager,
    "function": functools.partial(_traced, jit_compile=False),
    "xla": functools.partial(_traced, jit_compile=True),
    "session": _session,
}


def select(kind: str, name: str, among: dict[str, Value]) -> Value:
    """Looks a name up, or says which names there are."""
    try:
        return among[name]
    except KeyError:
        raise ValueError(f"Unknown {kind} '{name}'; allowed: {', '.join(among)}.") from None


@functools.cache
def _evaluation(
    entry_point: str, mode: str, reduction: str, dtype: np.dtype, rank: int, gradient: bool
) -> Evaluation:
    loss = select(f"reduction of {entry_point}", reduction, select("entry point", entry_point, _LOSSES))
    return select("mode", mode, _MODES)(loss, dtype, rank, gradient)


def versions() -> dict[str, str]:
    """What decides the results: versions of python, numpy and tensorflow, and whether the kernels of oneDNN are "on" or "off"."""
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "tensorflow": tf.__version__,
        # As TensorFlow itself took TF_ENABLE_ONEDNN_OPTS; it offers no public way to ask.
        "onednn": "on" if _pywrap_util_port.IsMklEnabled() else "off",
    }


def evaluate(
    entry_point: str, mode: str, reduction: str, logits: np.ndarray, labels: np.ndarray, gradient: bool
) -> tuple[np.ndarray, np.ndarray | None]:
    """Returns the loss and, if asked for, the gradient of its sum with respect to the logits.

    Entry points and their reductions:

    - "nn.sigmoid_cross_entropy_with_logits", `tf.nn`: "none".
    - "nn.sigmoid_cross_entropy_with_logits+reduce_mean", `tf.reduce_mean` of it: "mean".
    - "compat.v1.losses.sigmoid_cross_entropy": "none" `Reduction.NONE`, "mean" the default `SUM_BY_NONZERO_WEIGHTS`, "sum"
      `Reduction.SUM`. Weighting and sum are float32 whatever comes in, so a float64 result has float32 accuracy.

    Modes: "eager"; "function" `tf.function`; "xla" `tf.function(jit_compile=True)`; "session" `tf.compat.v1.Session` on a graph of its own.

    `logits` and `labels` have one shape and one float dtype; the dtype of the results is theirs. "none" gives their shape, the other
    reductions shape (). An empty mean is NaN from `tf.reduce_mean` and 0 from `compat.v1.losses`.

    NaN in either gives NaN. Infinite logits: the loss is NaN at (+inf, any label) and (-inf, 0), where the formula meets inf - inf or
    inf * 0, and inf at (-inf, label > 0); the gradient is right there, sigmoid(x) - z.

    The arrays returned are read-only and may be TensorFlow's own memory. Unknown names and unequal shapes are a ValueError.
    """
    # With unknown dimensions a traced graph broadcasts without a word.
    if logits.shape != labels.shape:
        raise ValueError(f"logits and labels must have the same shape, received {logits.shape} and {labels.shape}.")
    return _evaluation(entry_point, mode, reduction, logits.dtype, logits.ndim, gradient)(logits, labels)
