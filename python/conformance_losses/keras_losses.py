"""Binary cross-entropy as Keras computes it on TensorFlow: Keras 3 on its TensorFlow backend, or Keras 2, the package tf_keras.

TensorFlow's own variable TF_USE_LEGACY_KERAS decides, as it does for `tf.keras`: 1 is Keras 2.

From logits, per element: relu(x) - x * z + log1p(exp(-|x|)) for logit x and label z. From probabilities p = sigmoid(x):
-z * log(q) - (1 - z) * log(1 - q) with q = clip(p, epsilon, 1 - epsilon), epsilon = 1e-7 (`keras.config.epsilon`).
Keras 2 adds epsilon to q and to 1 - q once more before it takes the logarithms.
"""

import functools
import os
from collections.abc import Callable

import numpy as np

if os.environ.get("KERAS_BACKEND") != "tensorflow":
    raise ImportError(
        "Set KERAS_BACKEND=tensorflow before TensorFlow or Keras is imported: Keras fixes its backend then, and without the variable "
        "the user's keras.json decides."
    )

import tensorflow as tf

from conformance_losses import tensorflow_losses
from conformance_losses.tensorflow_losses import Evaluation, Loss, loss_and_gradient, over_arrays, select

# The values that TensorFlow takes for yes.
LEGACY = os.environ.get("TF_USE_LEGACY_KERAS", "") in ("1", "True", "true")

if LEGACY:
    import tf_keras as keras

    _mean = tf.reduce_mean
else:
    import keras

    if keras.config.backend() != "tensorflow":
        raise ImportError(f"Keras was imported on its {keras.config.backend()} backend before KERAS_BACKEND was set.")
    _mean = keras.ops.mean


def versions() -> dict[str, str]:
    """What decides the results; the version of Keras 2 names its package, as in "2.21.0+tf_keras"."""
    return {**tensorflow_losses.versions(), "keras": keras.__version__ + ("+tf_keras" if LEGACY else "")}


def _over_single_elements(loss: Loss) -> Loss:
    def over_trailing_axis_of_one(logits: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        return loss(tf.expand_dims(logits, -1), tf.expand_dims(labels, -1))

    return over_trailing_axis_of_one


def _from_logits(logits: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    return keras.losses.binary_crossentropy(labels, logits, from_logits=True)


def _from_probabilities(logits: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    # keras.ops.sigmoid would carry its logits along, and Keras would compute from those.
    return keras.losses.binary_crossentropy(labels, tf.sigmoid(logits), from_logits=False)


def _reductions(loss: Loss) -> dict[str, Loss]:
    return {
        "none": _over_single_elements(loss),
        "mean": lambda logits, labels: _mean(loss(logits, labels)),
    }


def _class_from_logits(reduction: str) -> Loss:
    loss = keras.losses.BinaryCrossentropy(from_logits=True, reduction=reduction)
    return lambda logits, labels: loss(labels, logits)


_LOSSES: dict[str, dict[str, Loss]] = {
    "binary_crossentropy/from_logits": _reductions(_from_logits),
    "binary_crossentropy/from_probabilities": _reductions(_from_probabilities),
    "BinaryCrossentropy/from_logits": {
        "none": _over_single_elements(_class_from_logits("none")),
        "mean": _class_from_logits("sum_over_batch_size"),
        "sum": _over_single_elements(_class_from_logits("sum")),
    },
}

# Traced, Keras would find the logits behind tf.sigmoid and compute from those.
_MODES: dict[str, Callable[[Loss, bool], Evaluation]] = {
    "eager": lambda loss, gradient: over_arrays(loss_and_gradient(loss, gradient)),
}


@functools.cache
def _evaluation(entry_point: str, mode: str, reduction: str, gradient: bool) -> Evaluation:
    loss = select(f"reduction of {entry_point}", reduction, select("entry point", entry_point, _LOSSES))
    return select("mode", mode, _MODES)(loss, gradient)


def evaluate(
    entry_point: str, mode: str, reduction: str, logits: np.ndarray, labels: np.ndarray, gradient: bool
) -> tuple[np.ndarray, np.ndarray | None]:
    """Returns the loss and, if asked for, the gradient of its sum with respect to the logits, through the sigmoid if there is one.

    Entry points and their reductions, in mode "eager" only:

    - "binary_crossentropy/from_logits", `keras.losses.binary_crossentropy(from_logits=True)`: "none", "mean".
    - "binary_crossentropy/from_probabilities", the same on `tf.sigmoid(logits)`: "none", "mean".
    - "BinaryCrossentropy/from_logits", the class: "none", "mean" (its default `sum_over_batch_size`), "sum". It computes and returns
      float32 whatever comes in.

    Keras averages over the last axis before it reduces. So "none" and "sum" are evaluated on inputs with a trailing axis of size 1, each
    element a row of its own; "mean" is the mean of the row means (`keras.ops.mean` for the function).

    `logits` and `labels` have one shape and one float dtype; the function returns that dtype. "none" gives their shape, the other
    reductions shape (). An empty mean is NaN from the function; the class gives 0, for (0, n) an array of shape (0,), for (0,) NaN.

    NaN in either gives NaN. Infinite logits: from logits the loss is NaN at (+inf, any label) and (-inf, 0), and inf at (-inf, label > 0);
    from probabilities it is finite in float32 and float64, as q is clipped (at most 16.1), and the gradient is 0 wherever the clip acts.
    In float16 1 - epsilon rounds to 1, so a saturated p gives NaN or inf from Keras 3.

    The arrays returned are read-only and may be TensorFlow's own memory. Unknown names and unequal shapes are a ValueError.
    """
    if logits.shape != labels.shape:
        raise ValueError(f"logits and labels must have the same shape, received {logits.shape} and {labels.shape}.")
    return _evaluation(entry_point, mode, reduction, gradient)(logits, labels)
