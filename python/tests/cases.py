"""The combinations under test, a float64 reference, and how far from it a result may be."""

from dataclasses import dataclass
from types import ModuleType

import numpy as np

from conformance_losses import keras_losses, tensorflow_losses

NN = "nn.sigmoid_cross_entropy_with_logits"
NN_MEAN = "nn.sigmoid_cross_entropy_with_logits+reduce_mean"
V1 = "compat.v1.losses.sigmoid_cross_entropy"
KERAS = "binary_crossentropy/from_logits"
KERAS_PROBABILITIES = "binary_crossentropy/from_probabilities"
KERAS_CLASS = "BinaryCrossentropy/from_logits"

MODES = ("eager", "function", "xla", "session")
DTYPES = ("float32", "float64")

# Half an ulp of 1: the largest relative error of one rounding.
UNIT_ROUNDOFF = {"float32": 2.0**-24, "float64": 2.0**-53}
# TensorFlow flushes what is smaller than this to zero.
SMALLEST_NORMAL = {"float32": 2.0**-126, "float64": 2.0**-1022}


@dataclass(frozen=True)
class Combination:
    module: ModuleType
    entry_point: str
    mode: str
    reduction: str

    def __str__(self) -> str:
        return f"{self.entry_point}-{self.mode}-{self.reduction}"

    def evaluate(
        self, logits: np.ndarray, labels: np.ndarray, gradient: bool = False
    ) -> tuple[np.ndarray, np.ndarray | None]:
        return self.module.evaluate(self.entry_point, self.mode, self.reduction, logits, labels, gradient)

    def accuracy(self, dtype: str) -> str:
        """The dtype whose accuracy the loss has; v1 weights and sums in float32, the Keras class computes in it."""
        return "float32" if self.entry_point in (V1, KERAS_CLASS) else dtype


COMBINATIONS = [
    *(
        Combination(tensorflow_losses, entry_point, mode, reduction)
        for entry_point, reductions in ((NN, ("none",)), (NN_MEAN, ("mean",)), (V1, ("none", "mean", "sum")))
        for mode in MODES
        for reduction in reductions
    ),
    *(
        Combination(keras_losses, entry_point, "eager", reduction)
        for entry_point, reductions in (
            (KERAS, ("none", "mean")),
            (KERAS_PROBABILITIES, ("none", "mean")),
            (KERAS_CLASS, ("none", "mean", "sum")),
        )
        for reduction in reductions
    ),
]


def draw(shape: tuple[int, ...], dtype: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Logits within [-4, 4], where probabilities are still a fair representation, and labels within [0, 1] with both ends."""
    generator = np.random.default_rng(seed)
    logits = generator.uniform(-4, 4, shape).astype(dtype)
    labels = generator.random(shape).astype(dtype)
    labels.flat[::3] = 0
    labels.flat[1::3] = 1
    return logits, labels


def reference_loss(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """No term is negative, so nothing cancels: good to a few ulp of float64."""
    x, z = logits.astype(np.float64), labels.astype(np.float64)
    return np.abs(x) * np.where(x > 0, 1 - z, z) + np.log1p(np.exp(-np.abs(x)))


def reference_gradient(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    x, z = logits.astype(np.float64), labels.astype(np.float64)
    return 1 / (1 + np.exp(-x)) - z


def loss_tolerance(logits: np.ndarray, labels: np.ndarray, accuracy: str, entry_point: str) -> np.ndarray:
    """Absolute error allowed per element.

    From logits: relu(x) and x * z may cancel, so the error goes with the terms. Measured over 4.7 million logits, TensorFlow stays within
    2 u (relu(x) + |x z|) + 5 u log1p(exp(-|x|)); twice that, as other processors run other code and the float64 reference has an error too.
    From probabilities: p is rounded to u, so log(1 - p) is off by u / (1 - p) = u (1 + exp(x)), and log(p) the other way round.
    """
    u = UNIT_ROUNDOFF[accuracy]
    x, z = logits.astype(np.float64), labels.astype(np.float64)
    if entry_point == KERAS_PROBABILITIES:
        return 8 * u * (1 + np.exp(np.abs(x)))
    terms = 2 * (np.maximum(x, 0) + np.abs(x * z)) + 5 * np.log1p(np.exp(-np.abs(x)))
    return 2 * u * terms + SMALLEST_NORMAL[accuracy]


def gradient_tolerance(logits: np.ndarray, accuracy: str, entry_point: str) -> np.ndarray:
    """Absolute error allowed per element: 2.5 u was measured in every mode, twice that is allowed.

    Through probabilities the division by p (1 - p) brings u (1 + exp(|x|)) again.
    """
    u = UNIT_ROUNDOFF[accuracy]
    if entry_point == KERAS_PROBABILITIES:
        return 8 * u * (1 + np.exp(np.abs(logits.astype(np.float64))))
    return np.full(logits.shape, 5 * u)
