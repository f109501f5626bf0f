"""Evaluates a loss module over foreign memory."""

import functools
from typing import Protocol

import numpy as np

from conformance_losses.memory import view


class LossModule(Protocol):
    """What `tensorflow_losses` and `keras_losses` offer, and any other module may."""

    def evaluate(
        self, entry_point: str, mode: str, reduction: str, logits: np.ndarray, labels: np.ndarray, gradient: bool
    ) -> tuple[np.ndarray, np.ndarray | None]: ...


@functools.lru_cache(maxsize=4096)
def _describe(dtype: np.dtype, shape: tuple[int, ...]) -> str:
    return f"{dtype.name};{','.join(map(str, shape))}"


def _deliver(result: np.ndarray, address: int, dtype: str, shape: tuple[int, ...]) -> str:
    # Any module may return a Python or NumPy scalar.
    result = np.asarray(result)
    if address and result.shape == shape:
        np.copyto(view(address, dtype, shape, True), result, casting="unsafe")
    return _describe(result.dtype, result.shape)


def evaluate_into(
    module: LossModule,
    entry_point: str,
    mode: str,
    reduction: str,
    dtype: str,
    shape: tuple[int, ...],
    logits_address: int,
    labels_address: int,
    loss_address: int,
    loss_shape: tuple[int, ...],
    gradient_address: int,
) -> str:
    """Calls `module.evaluate` on read-only views and copies the results to the output addresses.

    All four arrays are of `dtype`; logits, labels and gradient have `shape`. An output at address 0 is not wanted, and then the gradient
    is not computed, except where `shape` has no elements: there it is, as only its description can be told apart.
    A result of another dtype is cast; a result of another shape is not copied at all.

    Returns what the module really gave, before any cast: "dtype;d0,d1,..." of the loss, "|", and the same of the gradient or nothing.
    """
    loss, gradient = module.evaluate(
        entry_point,
        mode,
        reduction,
        view(logits_address, dtype, shape, False),
        view(labels_address, dtype, shape, False),
        gradient_address != 0 or 0 in shape,
    )
    loss_report = _deliver(loss, loss_address, dtype, loss_shape)
    gradient_report = "" if gradient is None else _deliver(gradient, gradient_address, dtype, shape)
    return f"{loss_report}|{gradient_report}"
