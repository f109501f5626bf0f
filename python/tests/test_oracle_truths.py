"""Tests of what checks the oracle: it must know what is right, and find what is off by one unit."""

import math
import random
import struct
from fractions import Fraction

import numpy as np
import pytest

import oracle_truths
from oracle_truths import DTYPES

NUMPY = {"float16": (np.uint16, np.float16), "float32": (np.uint32, np.float32), "float64": (np.uint64, np.float64)}

# loss(1, 0) = log(1 + e) and its derivative, by digits from the literature.
LOSS = Fraction("1.3132616875182228340489954949678556419152800856703483")
GRADIENT = Fraction("0.7310585786300048792511592418218362743651446401650565")


def bits_of(dtype, value):
    """The bits of a value, found without arithmetic on its significand."""
    low, high = 0, dtype.infinity
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if dtype.value(middle) <= abs(value) else (low, middle - 1)
    return low | (value < 0) << (dtype.width - 1)


def hexadecimal(dtype, *values):
    return "".join(f"{bits_of(dtype, Fraction(value)):0{dtype.width // 4}x}" for value in values)


def truth_of(dtype, logit, label, name, real, steps=0, residual=0.0, exponent=0):
    """A test whose one truth is what the real number gives, with changes; steps are those of the magnitude."""
    value = dtype.round(real)
    ulp_exponent = dtype.ulp_exponent(real)
    residual += float((real - value) / oracle_truths.power_of_two(ulp_exponent))
    return {
        "id": "test",
        "dtype": dtype.name,
        "posWeight": 1,
        "labelSmoothing": 0,
        "logits": hexadecimal(dtype, logit),
        "labels": hexadecimal(dtype, label),
        name: {
            "bits": f"{bits_of(dtype, value) + steps:0{dtype.width // 4}x}",
            "residuals": struct.pack(">d", residual).hex(),
            "ulpExponents": [ulp_exponent + exponent],
        },
    }


@pytest.mark.parametrize("name", NUMPY)
def test_values_are_those_of_numpy(name):
    dtype = DTYPES[name]
    unsigned, floating = NUMPY[name]
    draw = random.Random(1)
    bits = [draw.getrandbits(dtype.width) for _ in range(2000)] + [0, 1, dtype.infinity - 1, dtype.infinity, dtype.infinity + 1]
    with np.errstate(invalid="ignore"):
        values = np.array(bits, unsigned).view(floating).astype(np.float64)
    for pattern, value in zip(bits, values, strict=True):
        mine = float(dtype.value(pattern))
        assert mine == value or (math.isnan(mine) and math.isnan(value))


@pytest.mark.parametrize("name", ["float16", "float32"])
def test_rounding_is_that_of_numpy(name):
    dtype = DTYPES[name]
    unsigned, floating = NUMPY[name]
    draw = random.Random(2)
    for pattern in [draw.getrandbits(dtype.width) for _ in range(1000)] + [0, 1, dtype.infinity - 1]:
        if isinstance(dtype.value(pattern), float):
            continue
        low, high, with_ends = dtype.rounding_interval(pattern)
        value = float(dtype.value(pattern))
        for end, inwards in ((float(low), math.inf), (float(high), -math.inf)):
            with np.errstate(over="ignore"):
                inside, at, outside = (
                    float(floating(x)) for x in (math.nextafter(end, inwards), end, math.nextafter(end, -inwards))
                )
            assert inside == value != outside
            assert (at == value) == with_ends
            rounded = float(dtype.round(Fraction(end)))
            assert rounded == at


@pytest.mark.parametrize("name", ["float16", "float32", "float64"])
@pytest.mark.parametrize("smoothing", [0.1, 0.3, 1.0])
def test_smoothed_labels_are_those_of_an_eager_framework(name, smoothing):
    dtype = DTYPES[name]
    floating = NUMPY[name][1]
    for label in [0, 1, 0.5, 0.25, -0.75, 2, *(i / 1024 for i in range(1, 1024, 7))]:
        by_numpy = floating(label) * floating(1 - smoothing) + floating(0.5 * smoothing)
        assert float(oracle_truths.smoothed(dtype, Fraction(label), smoothing)) == float(by_numpy)


def test_sixty_digits_are_good_for_fifty_five():
    draw = random.Random(3)
    for t in [0.0, 5e-324, 1e-300, 1e-20, 0.5, 745.0, 3999.0, *(draw.uniform(0, 800) for _ in range(300))]:
        for function in (oracle_truths.softplus, oracle_truths.sigmoid):
            low, high = function(t, 60)
            finer_low, finer_high = function(t, 150)
            assert 0 < low <= finer_low <= finer_high <= high
            assert (high - low) * 10**54 < low


@pytest.mark.parametrize("dtype", DTYPES.values(), ids=DTYPES)
@pytest.mark.parametrize(("name", "real"), [("loss", LOSS), ("gradient", GRADIENT), ("sum", LOSS), ("mean", LOSS)])
def test_right_truths_have_no_fault(dtype, name, real):
    assert oracle_truths.faults(truth_of(dtype, 1, 0, name, real)) == ([], 1, 1)


@pytest.mark.parametrize("dtype", DTYPES.values(), ids=DTYPES)
@pytest.mark.parametrize(("name", "real"), [("loss", LOSS), ("gradient", GRADIENT), ("sum", LOSS), ("mean", LOSS)])
@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"steps": 1}, "is not the value nearest"),
        ({"steps": -1}, "is not the value nearest"),
        ({"residual": 1e-5}, "is off by"),
        ({"residual": -1e-5}, "is off by"),
        ({"exponent": 1}, "the unit in the last place"),
        ({"exponent": -1}, "the unit in the last place"),
    ],
)
def test_truths_off_by_one_unit_are_found(dtype, name, real, change, complaint):
    found, _, _ = oracle_truths.faults(truth_of(dtype, 1, 0, name, real, **change))
    assert len(found) == 1
    assert complaint in found[0]


@pytest.mark.parametrize(("steps", "faults"), [(0, 0), (1, 1), (-1, 1)])
def test_ties_are_decided_by_a_tail_below_everything(steps, faults):
    # 3/4 |x| is halfway between two floats, and exp(-|x|) is below 2^-(10^38).
    dtype = DTYPES["float32"]
    logit = dtype.value(0x7F61B1E6)
    half_way = logit * 3 / 4
    assert half_way in dtype.rounding_interval(bits_of(dtype, dtype.round(half_way)))
    above = half_way + oracle_truths.power_of_two(-200)
    assert len(oracle_truths.faults(truth_of(dtype, logit, Fraction(1, 4), "loss", above, steps))[0]) == faults


@pytest.mark.parametrize("dtype", DTYPES.values(), ids=DTYPES)
def test_what_cancels_is_decided_by_more_digits(dtype):
    # sigmoid(x) - 1/2 = x/4 - x^3/48 + ...
    logit = dtype.value(2)
    real = logit / 4 - logit**3 / 48
    test = truth_of(dtype, logit, Fraction(1, 2), "gradient", real)
    assert oracle_truths.faults(test)[0] == []
    found = oracle_truths.faults({**test, "gradient": {**test["gradient"], "bits": hexadecimal(dtype, dtype.value(1))}})[0]
    assert "is not the value nearest" in found[0]


@pytest.mark.parametrize(
    ("logit", "label", "loss", "gradient"),
    [
        (math.inf, 1.0, 0.0, 0.0),
        (-math.inf, 0.0, 0.0, 0.0),
        (math.inf, 0.0, math.inf, 1.0),
        (-math.inf, 1.0, math.inf, -1.0),
        (math.inf, 0.5, math.inf, 0.5),
        (math.inf, 2.0, -math.inf, -1.0),
        (math.nan, 1.0, math.nan, math.nan),
        (1.0, math.nan, math.nan, math.nan),
    ],
)
def test_limits_are_the_rulings(logit, label, loss, gradient):
    def test_with(value, name):
        exponent = -1074 if value == 0 else 0 if abs(value) in (0.5, 1) else 971
        exponent = {0.5: -53, 1.0: -52}.get(abs(value), exponent)
        return {
            "id": "limit", "dtype": "float64", "posWeight": 1, "labelSmoothing": 0,
            "logits": struct.pack(">d", logit).hex(), "labels": struct.pack(">d", label).hex(),
            name: {"bits": struct.pack(">d", value).hex(), "residuals": "0" * 16, "ulpExponents": [exponent]},
        }  # fmt: skip

    for name, value in (("loss", loss), ("sum", loss), ("gradient", gradient)):
        assert oracle_truths.faults(test_with(value, name))[0] == []
        assert oracle_truths.faults(test_with(0.25, name))[0] != []


def test_parts_of_sums_that_cancel_leave_an_exact_number():
    # Weights 1 and -1 at x and -x with labels 1 and 0: nothing is left.
    dtype = DTYPES["float32"]
    test = {
        "id": "cancelled", "dtype": "float32", "posWeight": 1, "labelSmoothing": 0,
        "logits": hexadecimal(dtype, 3, -3), "labels": hexadecimal(dtype, 1, 0), "weights": hexadecimal(dtype, 1, -1),
        "sum": {"bits": "00000000", "residuals": "0" * 16, "ulpExponents": [-149]},
    }  # fmt: skip
    assert oracle_truths.faults(test) == ([], 2, 1)
    assert oracle_truths.faults({**test, "sum": {**test["sum"], "bits": "00000001"}})[0] != []


def test_files_that_are_not_whole_are_refused(tmp_path):
    path = tmp_path / "truths.json"
    path.write_text('{"format": "conformance-oracle-truths/1", "count": 1, "tests": []}')
    with pytest.raises(ValueError, match="not a whole file"):
        oracle_truths.read(path)
