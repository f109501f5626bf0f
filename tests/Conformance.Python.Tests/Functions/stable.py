"""Sigmoid cross-entropy as it should be, in the dtype of what comes in."""

import numpy as np

_REDUCTIONS = {"none": lambda losses: losses, "mean": np.mean, "sum": np.sum}


def loss(logits, labels, reduction="none"):
    losses = np.maximum(logits, 0) - logits * labels + np.log1p(np.exp(-np.abs(logits)))
    return _REDUCTIONS[reduction](losses)


def gradient(logits, labels, reduction="none"):
    exponential = np.exp(-np.abs(logits))
    sigmoid = np.where(logits >= 0, 1, exponential) / (1 + exponential)
    return (sigmoid - labels) / logits.dtype.type(logits.size if reduction == "mean" else 1)


def elementwise(logits, labels):
    return loss(logits, labels)


not_a_function = 3
