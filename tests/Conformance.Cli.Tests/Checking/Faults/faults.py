"""Sigmoid cross-entropy as it should be, `loss` and `gradient`, and mistakes that somebody could make in it, each a function of its name."""

import numpy as np


def _elements(logits, labels):
    return np.maximum(logits, 0) - logits * labels + np.log1p(np.exp(-np.abs(logits)))


def _reduce(losses, reduction):
    return {"none": lambda: losses, "mean": losses.mean, "sum": losses.sum}[reduction]()


def _sigmoid(logits):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-logits))


def _from_probabilities(p, labels):
    return -(labels * np.log(p) + (1 - labels) * np.log(1 - p))


def loss(logits, labels, reduction):
    return _reduce(_elements(logits, labels), reduction)


def gradient(logits, labels, reduction):
    difference = np.where(logits >= 0, 1 - labels - _sigmoid(-logits), _sigmoid(logits) - labels)
    return difference / logits.dtype.type(logits.size) if reduction == "mean" else difference


def exchanged_inputs(logits, labels):
    return _elements(labels, logits)


def softmax(logits, labels):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return -labels * (shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))


def exchanged_axes(logits, labels):
    return np.ascontiguousarray(_elements(logits, labels).transpose(0, 2, 1))


def reduced_batch(logits, labels):
    return _elements(logits, labels).mean(axis=0)


def mean_for_sum(logits, labels, reduction):
    return _reduce(_elements(logits, labels), "mean" if reduction == "sum" else reduction)


def sum_for_mean(logits, labels, reduction):
    return _reduce(_elements(logits, labels), "sum" if reduction == "mean" else reduction)


def mean_over_last_axis(logits, labels):
    return _elements(logits, labels).mean(axis=-1)


def unstable(logits, labels):
    with np.errstate(over="ignore", invalid="ignore"):
        return np.log(1 + np.exp(logits)) - logits * labels


def clipped_probabilities(logits, labels):
    epsilon = logits.dtype.type(1e-7)
    return _from_probabilities(np.clip(_sigmoid(logits), epsilon, 1 - epsilon), labels)


def epsilon_twice(logits, labels):
    epsilon = logits.dtype.type(1e-7)
    p = np.clip(_sigmoid(logits), epsilon, 1 - epsilon)
    return -(labels * np.log(p + epsilon) + (1 - labels) * np.log(1 - p + epsilon))


def missing_relu(logits, labels):
    return logits - logits * labels + np.log1p(np.exp(-np.abs(logits)))


def one_sided(logits, labels):
    log_sigmoid = np.minimum(logits, 0) - np.log1p(np.exp(-np.abs(logits)))
    return -labels * log_sigmoid + (1 - labels) * (logits - log_sigmoid)


def saturated_sigmoid(logits, labels):
    return np.maximum(logits, 0) - logits * labels + np.log1p(np.exp(-np.minimum(np.abs(logits), 18)))


def flushed_exp(logits, labels):
    magnitude = np.abs(logits)
    return np.maximum(logits, 0) - logits * labels + np.log1p(np.where(magnitude > 87, 0, np.exp(-magnitude)))


def float16_mean(logits, labels, reduction):
    losses = _elements(logits, labels)
    return logits.dtype.type(losses.mean(dtype=np.float16)) if reduction == "mean" else _reduce(losses, reduction)


def smoothed_labels(logits, labels):
    return _elements(logits, labels * logits.dtype.type(0.9) + logits.dtype.type(0.05))


def weight_on_both_terms(logits, labels):
    return 2 * _elements(logits, labels)


def wrong_last_element(logits, labels):
    result = _elements(logits, labels)
    if result.size and result.shape[-1] % 8:
        result.reshape(-1)[-1] = result.reshape(-1)[0] + 1
    return result


def nan_in_a_million(logits, labels):
    result = _elements(logits, labels)
    if result.size >= 1_000_000:
        result.reshape(-1)[777_777] = np.nan
    return result


def other_layout(logits, labels):
    return np.ascontiguousarray(_elements(logits, labels).transpose(0, 2, 1)).reshape(logits.shape)


_previous = {}


def stale(logits, labels):
    result = _elements(logits, labels)
    key = (result.dtype, result.shape)
    returned = _previous.get(key, result)
    _previous[key] = result
    return returned


_noise = np.random.default_rng(0)


def noise(logits, labels):
    result = _elements(logits, labels)
    return np.where(_noise.random(result.shape) < 0.5, result, np.nextafter(result, np.inf, dtype=result.dtype))


def wrong_sign_at_zero(logits, labels):
    return np.where(logits == 0, labels - logits.dtype.type(0.5), gradient(logits, labels, "none"))


def gradient_of_sum(logits, labels, reduction):
    return gradient(logits, labels, "sum")
