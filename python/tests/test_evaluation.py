from types import SimpleNamespace

import numpy as np
import pytest

from conformance_losses import keras_losses, tensorflow_losses
from conformance_losses.evaluation import evaluate_into

SHAPE = (2, 5, 10)
POISON = -12345.0


class Buffers:
    """Memory for one evaluation; the outputs are poisoned so that a write shows."""

    def __init__(self, dtype="float32", shape=SHAPE, loss_shape=SHAPE):
        generator = np.random.default_rng(3)
        self.dtype, self.shape, self.loss_shape = dtype, shape, loss_shape
        self.logits = generator.normal(size=shape).astype(dtype)
        self.labels = generator.random(shape).astype(dtype)
        self.loss = np.full(loss_shape, POISON, dtype)
        self.gradient = np.full(shape, POISON, dtype)

    def evaluate(self, module, entry_point="e", mode="m", reduction="r", loss=True, gradient=True):
        return evaluate_into(
            module, entry_point, mode, reduction, self.dtype, self.shape,
            self.logits.ctypes.data, self.labels.ctypes.data,
            self.loss.ctypes.data if loss else 0, self.loss_shape, self.gradient.ctypes.data if gradient else 0,
        )  # fmt: skip


def module_giving(loss, gradient=None):
    return SimpleNamespace(evaluate=lambda *arguments: (loss, gradient))


def test_evaluate_into_when_shapes_match_copies_both_results():
    buffers = Buffers()
    loss, gradient = np.arange(100, dtype=np.float32).reshape(SHAPE), np.full(SHAPE, 2, np.float32)

    report = buffers.evaluate(module_giving(loss, gradient))

    assert report == "float32;2,5,10|float32;2,5,10"
    np.testing.assert_array_equal(buffers.loss, loss)
    np.testing.assert_array_equal(buffers.gradient, gradient)


def test_evaluate_into_passes_names_and_read_only_views():
    received = {}

    def evaluate(entry_point, mode, reduction, logits, labels, gradient):
        received.update(names=(entry_point, mode, reduction), logits=logits, labels=labels, gradient=gradient)
        return logits, None

    buffers = Buffers()
    buffers.evaluate(SimpleNamespace(evaluate=evaluate), gradient=False)

    assert received["names"] == ("e", "m", "r") and received["gradient"] is False
    for name in ("logits", "labels"):
        assert received[name].ctypes.data == getattr(buffers, name).ctypes.data
        assert not received[name].flags.writeable


def test_evaluate_into_when_loss_shape_differs_reports_it_and_copies_nothing():
    buffers = Buffers()

    report = buffers.evaluate(module_giving(np.float64(1), np.zeros((100,), np.float32)))

    assert report == "float64;|float32;100"
    assert (buffers.loss == POISON).all() and (buffers.gradient == POISON).all()


def test_evaluate_into_when_dtype_differs_reports_the_original_and_casts():
    buffers = Buffers("float32", loss_shape=())

    report = buffers.evaluate(module_giving(np.float64(0.1), np.full(SHAPE, 0.5, np.float16)))

    assert report == "float64;|float16;2,5,10"
    assert buffers.loss == np.float32(0.1) and (buffers.gradient == 0.5).all()


def test_evaluate_into_with_python_number_reports_a_scalar():
    buffers = Buffers(loss_shape=())

    assert buffers.evaluate(module_giving(0.25)) == "float64;|"
    assert buffers.loss == 0.25


@pytest.mark.parametrize("wanted", ["loss", "gradient"])
def test_evaluate_into_output_at_address_zero_is_not_written(wanted):
    buffers = Buffers()
    ones = np.ones(SHAPE, np.float32)

    report = buffers.evaluate(module_giving(ones, ones), loss=wanted == "loss", gradient=wanted == "gradient")

    assert report == "float32;2,5,10|float32;2,5,10"
    assert (buffers.loss == (1 if wanted == "loss" else POISON)).all()
    assert (buffers.gradient == (1 if wanted == "gradient" else POISON)).all()


def test_evaluate_into_with_empty_shape_asks_for_the_gradient_at_address_zero():
    empty = np.zeros((0, 5, 10), np.float32)
    loss = np.full((), POISON, np.float32)

    report = evaluate_into(
        tensorflow_losses, "nn.sigmoid_cross_entropy_with_logits+reduce_mean", "eager", "mean",
        "float32", empty.shape, 0, 0, loss.ctypes.data, (), 0,
    )  # fmt: skip

    assert report == "float32;|float32;0,5,10"
    assert np.isnan(loss)


@pytest.mark.parametrize("mode", ["eager", "function", "xla", "session"])
def test_evaluate_into_with_tensorflow_leaves_inputs_alone_and_outputs_independent(mode):
    buffers = Buffers()
    logits, labels = buffers.logits.copy(), buffers.labels.copy()

    report = buffers.evaluate(tensorflow_losses, "nn.sigmoid_cross_entropy_with_logits", mode, "none")
    loss, gradient = buffers.loss.copy(), buffers.gradient.copy()
    other = Buffers()
    other.logits[:] = 3
    other.evaluate(tensorflow_losses, "nn.sigmoid_cross_entropy_with_logits", mode, "none")

    assert report == "float32;2,5,10|float32;2,5,10"
    np.testing.assert_array_equal(buffers.logits, logits)
    np.testing.assert_array_equal(buffers.labels, labels)
    np.testing.assert_array_equal(buffers.loss, loss)
    np.testing.assert_array_equal(buffers.gradient, gradient)
    assert not (other.loss == loss).any()


@pytest.mark.parametrize("mode", ["eager", "function", "xla", "session"])
def test_evaluate_into_when_memory_is_reused_sees_the_new_inputs(mode):
    buffers = Buffers()
    buffers.evaluate(tensorflow_losses, "nn.sigmoid_cross_entropy_with_logits", mode, "none")

    buffers.logits[:] = 0
    buffers.evaluate(tensorflow_losses, "nn.sigmoid_cross_entropy_with_logits", mode, "none")

    # 4 ulp: the accuracy of TensorFlow's log1p.
    np.testing.assert_allclose(buffers.loss, np.log(2), rtol=4 * 2.0**-23)


def test_evaluate_into_with_keras_class_and_float64_reports_float32():
    buffers = Buffers("float64", loss_shape=())

    report = buffers.evaluate(keras_losses, "BinaryCrossentropy/from_logits", "eager", "mean")

    assert report == "float32;|float64;2,5,10"
    assert buffers.loss == np.float32(buffers.loss)
