import numpy as np
import pytest

from cases import (
    COMBINATIONS, DTYPES, KERAS, KERAS_CLASS, KERAS_PROBABILITIES, MODES, NN, NN_MEAN, UNIT_ROUNDOFF, V1, Combination,
    draw, gradient_tolerance, loss_tolerance, reference_gradient, reference_loss,
)  # fmt: skip
from conformance_losses import keras_losses, tensorflow_losses

each_combination = pytest.mark.parametrize("combination", COMBINATIONS, ids=str)
each_dtype = pytest.mark.parametrize("dtype", DTYPES)

FROM_LOGITS = [c for c in COMBINATIONS if c.reduction == "none" and c.entry_point != KERAS_PROBABILITIES]

INF, NAN = np.inf, np.nan
# logit, label, loss of every entry point from logits, its gradient
NON_FINITE = [
    (INF, 1, NAN, 0),
    (-INF, 0, NAN, 0),
    (INF, 0, NAN, 1),
    (-INF, 1, INF, -1),
    (INF, 0.5, NAN, 0.5),
    (-INF, 0.5, INF, -0.5),
    (NAN, 0.5, NAN, NAN),
    (0.5, NAN, NAN, NAN),
]


@each_combination
@each_dtype
@pytest.mark.parametrize("shape", [(2, 5, 10), (2, 10, 5)], ids=["classes_first", "classes_last"])
def test_evaluate_random_logits_is_near_the_reference(combination, dtype, shape):
    logits, labels = draw(shape, dtype, seed=shape[1])
    accuracy = combination.accuracy(dtype)
    tolerance = loss_tolerance(logits, labels, accuracy, combination.entry_point)
    expected = reference_loss(logits, labels)
    expected_gradient = reference_gradient(logits, labels)
    allowed_gradient = gradient_tolerance(logits, accuracy, combination.entry_point)
    if combination.reduction != "none":
        # A sum of 100 terms in any order is off by at most 99 u, by far less in blocks; the mean divides once more.
        tolerance = tolerance.sum() + 16 * UNIT_ROUNDOFF[accuracy] * expected.sum()
        expected = expected.sum()
    if combination.reduction == "mean":
        tolerance, expected = tolerance / logits.size, expected / logits.size
        expected_gradient, allowed_gradient = expected_gradient / logits.size, allowed_gradient / logits.size

    loss, gradient = combination.evaluate(logits, labels, gradient=True)

    assert loss.shape == np.shape(expected)
    assert loss.dtype == ("float32" if combination.entry_point == KERAS_CLASS else dtype)
    assert gradient.shape == shape and gradient.dtype == dtype
    assert np.all(np.abs(loss - expected) <= tolerance)
    assert np.all(np.abs(gradient - expected_gradient) <= allowed_gradient)


@each_combination
def test_evaluate_without_gradient_gives_none_and_the_same_loss(combination):
    logits, labels = draw((2, 5, 10), "float32", seed=1)

    loss, gradient = combination.evaluate(logits, labels)

    assert gradient is None
    # The backward pass may change what Grappler and XLA fuse, so a few ulp are fair.
    np.testing.assert_allclose(loss, combination.evaluate(logits, labels, gradient=True)[0], rtol=1e-6, atol=1e-7)


@each_combination
@each_dtype
def test_evaluate_empty_batch_gives_known_result(combination, dtype):
    empty = np.zeros((0, 5, 10), dtype)

    loss, gradient = combination.evaluate(empty, empty, gradient=True)

    assert gradient.shape == empty.shape and gradient.dtype == dtype
    if combination.reduction == "none":
        assert loss.shape == empty.shape
    elif combination.entry_point in (V1, KERAS_CLASS):
        assert loss.shape == () and loss == 0
    else:
        assert loss.shape == () and np.isnan(loss)


@pytest.mark.parametrize("combination", FROM_LOGITS, ids=str)
@each_dtype
@pytest.mark.parametrize("length", [1, 16])
def test_evaluate_non_finite_gives_known_result(combination, dtype, length):
    logits, labels, loss, gradient = np.array(NON_FINITE, dtype).repeat(length, axis=0).T

    actual, actual_gradient = combination.evaluate(logits.copy(), labels.copy(), gradient=True)

    np.testing.assert_array_equal(actual, loss)
    np.testing.assert_array_equal(actual_gradient, gradient)


@pytest.mark.parametrize("combination", FROM_LOGITS, ids=str)
def test_evaluate_confident_float32_logits_gives_the_tail_or_zero(combination):
    logits = np.array([-20, 20, -100, 100, -100, 100], np.float32)
    labels = np.array([0, 1, 0, 1, 1, 0], np.float32)

    loss, _ = combination.evaluate(logits, labels)

    # exp(-20) within 4 ulp; exp(-100) is subnormal, and flushed.
    np.testing.assert_allclose(loss, [np.exp(-20), np.exp(-20), 0, 0, 100, 100], rtol=4 * 2.0**-23)


@each_dtype
def test_evaluate_saturated_probabilities_are_clipped(dtype):
    combination = Combination(keras_losses, KERAS_PROBABILITIES, "eager", "none")
    logits, labels = np.array([-INF, INF, INF, -INF], dtype), np.array([1, 0, 1, 0], dtype)

    loss, gradient = combination.evaluate(logits, labels, gradient=True)

    # 1 - epsilon is 1 - 2^-23 in float32, so a loss there is -log(2^-23) or 2^-23, 1.19 times epsilon.
    largest = 15.942385 if dtype == "float32" else 16.118096
    np.testing.assert_allclose(loss[:2], [16.118096, largest], rtol=1e-6)
    np.testing.assert_allclose(loss[2:], 1e-7, rtol=0.2)
    assert not gradient.any()


@pytest.mark.parametrize("mode", MODES)
def test_v1_float64_has_float32_values(mode):
    logits, labels = draw((2, 5, 10), "float64", seed=5)

    for reduction in ("none", "mean", "sum"):
        loss, _ = tensorflow_losses.evaluate(V1, mode, reduction, logits, labels, False)
        assert loss.dtype == np.float64
        np.testing.assert_array_equal(loss, loss.astype(np.float32))


@pytest.mark.parametrize("mode", ["function", "session"])
def test_nn_gradient_through_grappler_of_confident_logit_is_zero(mode):
    logits, labels = np.full(16, 20, np.float32), np.ones(16, np.float32)

    _, eager = tensorflow_losses.evaluate(NN, "eager", "none", logits, labels, True)
    _, optimized = tensorflow_losses.evaluate(NN, mode, "none", logits, labels, True)

    # Grappler reorders the backward pass; eager keeps the tail. With the meta optimizer off the two agree.
    np.testing.assert_allclose(eager, -np.exp(-20), rtol=1e-6)
    assert not optimized.any()


@pytest.mark.parametrize("mode", MODES)
def test_reduce_mean_and_v1_mean_float32_agree_to_an_ulp(mode):
    logits, labels = draw((2, 5, 10), "float32", seed=6)

    mean, _ = tensorflow_losses.evaluate(NN_MEAN, mode, "mean", logits, labels, False)
    v1, _ = tensorflow_losses.evaluate(V1, mode, "mean", logits, labels, False)

    # Both divide one sum by 100; compiled, the two sums need not have one order.
    np.testing.assert_allclose(mean, v1, rtol=8 * 2.0**-24)


def test_keras_class_sum_is_the_sum_of_the_elements():
    logits, labels = draw((2, 5, 10), "float32", seed=7)

    elements, _ = keras_losses.evaluate(KERAS_CLASS, "eager", "none", logits, labels, False)
    total, _ = keras_losses.evaluate(KERAS_CLASS, "eager", "sum", logits, labels, False)

    np.testing.assert_allclose(total, elements.astype(np.float64).sum(), rtol=16 * 2.0**-24)


def test_keras_none_equals_tensorflow_bit_for_bit():
    logits, labels = draw((2, 5, 10), "float32", seed=8)

    keras, _ = keras_losses.evaluate(KERAS, "eager", "none", logits, labels, False)
    tensorflow, _ = tensorflow_losses.evaluate(NN, "eager", "none", logits, labels, False)

    np.testing.assert_array_equal(keras, tensorflow)


def test_keras_from_probabilities_does_not_compute_from_the_logits():
    logits, labels = np.array([40], np.float32), np.array([0], np.float32)

    loss, _ = keras_losses.evaluate(KERAS_PROBABILITIES, "eager", "none", logits, labels, False)

    assert loss < 16


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("rank", [0, 1, 2, 4])
def test_evaluate_other_ranks_keep_the_shape(mode, rank):
    logits = np.full((2, 3, 2, 5)[:rank], 0.5, np.float32)

    loss, gradient = tensorflow_losses.evaluate(NN, mode, "none", logits, logits, True)

    assert loss.shape == gradient.shape == logits.shape


@pytest.mark.parametrize(
    ("module", "names", "message"),
    [
        (tensorflow_losses, ("nn.nothing", "eager", "none"), f"Unknown entry point 'nn.nothing'; allowed: {NN}, {NN_MEAN}, {V1}."),
        (tensorflow_losses, (NN, "graph", "none"), "Unknown mode 'graph'; allowed: eager, function, xla, session."),
        (tensorflow_losses, (NN, "eager", "mean"), f"Unknown reduction of {NN} 'mean'; allowed: none."),
        (tensorflow_losses, (V1, "eager", "avg"), f"Unknown reduction of {V1} 'avg'; allowed: none, mean, sum."),
        (keras_losses, (NN, "eager", "none"), f"Unknown entry point '{NN}'; allowed: {KERAS}, {KERAS_PROBABILITIES}, {KERAS_CLASS}."),
        (keras_losses, (KERAS, "xla", "none"), "Unknown mode 'xla'; allowed: eager."),
        (keras_losses, (KERAS, "eager", "sum"), f"Unknown reduction of {KERAS} 'sum'; allowed: none, mean."),
    ],
)  # fmt: skip
def test_evaluate_unknown_name_raises_with_what_is_allowed(module, names, message):
    with pytest.raises(ValueError) as raised:
        module.evaluate(*names, np.zeros(1, np.float32), np.zeros(1, np.float32), False)

    assert str(raised.value) == message


@each_combination
def test_evaluate_unequal_shapes_raises(combination):
    with pytest.raises(ValueError, match="same shape"):
        combination.evaluate(np.zeros((2, 3), np.float32), np.zeros((1, 3), np.float32))


@pytest.mark.parametrize(("module", "components"), [(tensorflow_losses, []), (keras_losses, ["keras"])])
def test_versions_name_what_decides_the_results(module, components):
    versions = module.versions()

    assert list(versions) == ["python", "numpy", "tensorflow", "onednn", *components]
    assert versions.pop("onednn") == "off"
    assert all(version[0].isdigit() for version in versions.values())
