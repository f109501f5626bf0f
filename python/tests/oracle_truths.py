"""Decides with mpmath and exact fractions whether the truths of a file are right.

A file of truths is JSON, written by a test of the harness and read by nothing but this:

    { "format": "conformance-oracle-truths/1", "count": 1,
      "tests": [ { "id": "...", "dtype": "float32", "posWeight": 1, "labelSmoothing": 0,
                   "logits": "3f80...", "labels": "0000...", "weights": "3f80...",
                   "loss": { "bits": "3f50...", "residuals": "3fc0...", "ulpExponents": [-24] },
                   "gradient": ..., "meanGradient": ..., "sum": ..., "mean": ... } ] }

Inputs and bits are the elements' bits in hexadecimal, concatenated, as in golden/README.md; a residual is a float64 in the same
form. `weights` and any output may be absent. With p = 1/(1+exp(-x)), q = posWeight as the dtype has it, z the label after smoothing
and w the weight, `loss` is -w(q z log p + (1-z) log(1-p)), `gradient` its derivative by x, `meanGradient` that divided by the number of
elements, `sum` and `mean` the exact sum of the exact losses and that divided by the number of elements. `bits` are the nearest value, ties
to even, `ulpExponents` the binade of the real value less the significand's bits, and the residual is (real - value)/ulp, or real/ulp where
the value overflows.

What is computed: loss = w(|x| a + b log1p(exp(-|x|))) and gradient = +-w(a - b sigmoid(-|x|)), + for x >= 0, where a = (x >= 0 ? 1-z : q z)
and b = 1-z + q z. All but the transcendental factor is a dyadic rational and exact; the factor is computed by mpmath with 60 digits and
believed to 55, more where 60 do not decide.
"""

import json
import math
import struct
import sys
from fractions import Fraction
from functools import cache, lru_cache

import mpmath

FORMAT = "conformance-oracle-truths/1"
OUTPUTS = ("loss", "gradient", "meanGradient", "sum", "mean")

# Twice the digits until they decide; 4000 are enough for the smallest float64 beside a half.
DIGITS = (60, 120, 240, 500, 1000, 2000, 4000)
DOUBTED_DIGITS = 5

# Beyond, exp(-t) is below 2^-5000, which is below every step of every sum of products that can occur here.
VANISHING_ARGUMENT = 4000.0
VANISHING = Fraction(1, 1 << 5000)

# What the residuals claim, in ULP.
RESIDUAL_ERROR = Fraction(1, 1 << 19)
DOUBLE_ERROR = Fraction(1, 1 << 52)
LARGEST_RESIDUAL = Fraction(sys.float_info.max)


class DType:
    """An IEEE 754 type by its bits alone."""

    def __init__(self, name, significand_bits, exponent_bits):
        self.name = name
        self.significand_bits = significand_bits
        self.width = 1 + exponent_bits + significand_bits
        self.smallest_exponent = 2 - (1 << (exponent_bits - 1)) - significand_bits
        self.largest_exponent = (1 << (exponent_bits - 1)) - 1
        self.infinity = ((1 << exponent_bits) - 1) << significand_bits

    def split(self, digits):
        """The elements' bits of concatenated hexadecimal digits."""
        size = self.width // 4
        if len(digits) % size:
            raise ValueError(f"{len(digits)} hexadecimal digits are no whole number of {self.name}")
        return [int(digits[i : i + size], 16) for i in range(0, len(digits), size)]

    def steps(self, magnitude):
        """The magnitude in units of the smallest subnormal; infinity is the value that would follow the largest finite one."""
        exponent = magnitude >> self.significand_bits
        significand = magnitude & ((1 << self.significand_bits) - 1)
        return significand if exponent == 0 else (significand | 1 << self.significand_bits) << (exponent - 1)

    def value(self, bits):
        """The number; a float where it is NaN or an infinity."""
        magnitude = bits & ((1 << (self.width - 1)) - 1)
        if magnitude > self.infinity:
            return math.nan
        sign = -1 if bits != magnitude else 1
        if magnitude == self.infinity:
            return sign * math.inf
        return sign * self.steps(magnitude) * power_of_two(self.smallest_exponent)

    def rounding_interval(self, bits):
        """The numbers that round to a value: the two ends (None for no end), and whether these do."""
        magnitude = bits & ((1 << (self.width - 1)) - 1)
        unit = power_of_two(self.smallest_exponent - 1)
        steps = self.steps(magnitude)
        low = (-1 if magnitude == 0 else self.steps(magnitude - 1) + steps) * unit
        high = None if magnitude == self.infinity else (steps + self.steps(magnitude + 1)) * unit
        if bits != magnitude:
            low, high = (None if high is None else -high), -low
        return low, high, magnitude % 2 == 0

    def round(self, number):
        """The nearest value of a Fraction, ties to even, as a number."""
        if number == 0:
            return number
        unit = power_of_two(self.ulp_exponent(number))
        rounded = round(number / unit) * unit
        return rounded if abs(rounded) < power_of_two(self.largest_exponent + 1) else math.copysign(math.inf, number)

    def ulp_exponent(self, number):
        """The exponent of the unit in the last place of a number that is not 0."""
        exponent = max(binade(abs(number)) - self.significand_bits, self.smallest_exponent)
        return min(exponent, self.largest_exponent - self.significand_bits)


DTYPES = {
    dtype.name: dtype
    for dtype in (DType("float16", 10, 5), DType("bfloat16", 7, 8), DType("float32", 23, 8), DType("float64", 52, 11))
}


class Real:
    """(exact + sum of factor * f(t)) / divisor, f one of the transcendental functions."""

    def __init__(self, function, divisor=1):
        self.function = function
        self.divisor = divisor
        self.exact = Fraction(0)
        self.factors = {}

    def add(self, exact, factor, t):
        self.exact += exact
        self.factors[t] = self.factors.get(t, 0) + factor

    def bounds(self, digits):
        """Two numbers between which it lies, neither being it, or twice itself."""
        low = high = self.exact
        for t, factor in self.factors.items():
            if factor:
                least, greatest = sorted(factor * bound for bound in self.function(t, digits))
                low += least
                high += greatest
        return (low, high) if self.divisor == 1 else (low / self.divisor, high / self.divisor)


@cache
def power_of_two(exponent):
    return Fraction(1 << exponent) if exponent >= 0 else Fraction(1, 1 << -exponent)


def binade(number):
    """The exponent of a positive Fraction."""
    numerator, denominator = number.numerator, number.denominator
    exponent = numerator.bit_length() - denominator.bit_length()
    is_below = numerator < denominator << exponent if exponent >= 0 else numerator << -exponent < denominator
    return exponent - is_below


@lru_cache(maxsize=1 << 17)
def softplus(t, digits):
    """Two numbers around log(1 + exp(-t))."""
    return enclose(t, digits, mpmath.log1p)


@lru_cache(maxsize=1 << 17)
def sigmoid(t, digits):
    """Two numbers around 1/(1 + exp(t)); twice itself at 0."""
    return (Fraction(1, 2), Fraction(1, 2)) if t == 0 else enclose(t, digits, lambda e: e / (1 + e))


@lru_cache(maxsize=1 << 17)
def exponential(t, digits):
    with mpmath.workdps(digits):
        return mpmath.exp(-mpmath.mpf(t))


def enclose(t, digits, function):
    if t > VANISHING_ARGUMENT:
        return Fraction(0), VANISHING
    e = exponential(t, digits)
    with mpmath.workdps(digits):
        significand, exponent = function(e).man_exp
    # mpmath strips zeros: the doubt needs digits to be written in.
    significand <<= 4 * digits
    doubt = significand // 10 ** (digits - DOUBTED_DIGITS)
    unit = power_of_two(exponent - 4 * digits)
    return (significand - doubt) * unit, (significand + doubt) * unit


def fault(dtype, bits, residual, ulp_exponent, real):
    """What is wrong with a truth, or None. `real` is a Real, or a float that is a limit."""
    value = dtype.value(bits)
    if isinstance(real, float):
        right = math.isnan(real) if math.isnan(value) else value == real
        return None if right else f"{value} is not the limit {real}"
    if isinstance(value, float) and math.isnan(value):
        return "NaN is not a number"
    for digits in DIGITS:
        low, high = real.bounds(digits)
        decision = decide(dtype, bits, value, residual, ulp_exponent, low, high)
        if decision is not None:
            return decision or None
    return "no number of digits decides"


def decide(dtype, bits, value, residual, ulp_exponent, low, high):
    """A fault, or an empty string for none, or None where the bounds leave more than one possibility."""
    least, greatest, with_ends = dtype.rounding_interval(bits)
    is_exact = low == high
    with_ends = with_ends or not is_exact
    above = least is None or low > least or (with_ends and low == least)
    below = greatest is None or high < greatest or (with_ends and high == greatest)
    if not (above and below):
        if is_exact or (not above and high <= least) or (not below and low >= greatest):
            return f"{float(value)!r} is not the value nearest to {float_of(low)!r}"
        return None
    expected = exponent_between(dtype, low, high)
    if expected is None:
        return None
    if ulp_exponent != expected:
        return f"the unit in the last place of {float_of(low)!r} is 2^{expected}, not 2^{ulp_exponent}"
    claimed = Fraction(residual)
    unit = power_of_two(expected)
    doubt = RESIDUAL_ERROR * unit
    if isinstance(value, float):
        capped = max(-LARGEST_RESIDUAL, min(LARGEST_RESIDUAL, (low + high) / (2 * unit)))
        error = (abs(claimed - capped) - abs(capped) * DOUBLE_ERROR) * unit
    else:
        if not -0.5 <= residual <= 0.5:
            return f"the residual {residual!r} is more than half a unit"
        if high - low > doubt / 4:
            return None
        error = abs(claimed * unit + value - low)
    if error > doubt:
        return f"the residual {residual!r} of {float(value)!r} is off by {float_of(error / unit)} units"
    return ""


def exponent_between(dtype, low, high):
    """The exponent of the unit in the last place of all numbers between two, or of their one value; None where there are several."""
    if low.numerator > 0 or high.numerator < 0:
        least, greatest = (low, high) if low.numerator > 0 else (-high, -low)
        first = dtype.ulp_exponent(least)
        last = dtype.ulp_exponent(greatest)
        if first != last and low != high and greatest == power_of_two(binade(greatest)):
            # Below a power of two units are half as large, unless they are the smallest ones.
            last = dtype.ulp_exponent(greatest / 2)
        return first if first == last else None
    largest_subnormal = power_of_two(dtype.smallest_exponent + dtype.significand_bits)
    return dtype.smallest_exponent if max(-low, high) <= largest_subnormal else None


def float_of(number):
    try:
        return float(number)
    except OverflowError:
        return math.copysign(math.inf, number)


def smoothed(dtype, label, smoothing):
    """z(1-a) + a/2 as an eager framework has it: each operation rounded to the dtype, 1-a and a/2 being float64 before that."""
    if smoothing == 0 or isinstance(label, float):
        return label
    scale = dtype.round(Fraction(1 - smoothing))
    shift = dtype.round(Fraction(0.5 * smoothing))
    return dtype.round(dtype.round(label * scale) + shift)


def sign(number):
    return (number > 0) - (number < 0)


class Element:
    """One element's loss and gradient: parts of a Real, or limits."""

    def __init__(self, logit, label, weight, q):
        self.loss_limit = self.gradient_limit = None
        if any(isinstance(number, float) and math.isnan(number) for number in (logit, label)):
            self.loss_limit = self.gradient_limit = math.nan
            return
        if isinstance(label, float):
            raise ValueError("an infinite label is no label")
        negative, positive = 1 - label, q * label
        a = weight * (negative if logit >= 0 else positive)
        b = weight * (negative + positive)
        side = 1 if logit >= 0 else -1
        if isinstance(logit, float):
            self.loss_limit = sign(a) * math.inf if a else 0.0
            self.gradient = side * a, Fraction(0), 0.0
            return
        t = float(abs(logit))
        self.loss = abs(logit) * a, b, t
        self.gradient = side * a, -side * b, t


def reals(test):
    """What the outputs of a test should be: name to a list of Reals and limits."""
    dtype = DTYPES[test["dtype"]]
    logits, labels = (list(map(dtype.value, dtype.split(test[name]))) for name in ("logits", "labels"))
    weights = list(map(dtype.value, dtype.split(test["weights"]))) if "weights" in test else [Fraction(1)] * len(logits)
    q = dtype.round(Fraction(test["posWeight"]))
    smoothing = test["labelSmoothing"]
    labels = [smoothed(dtype, label, smoothing) for label in labels]
    elements = [Element(*inputs, q) for inputs in zip(logits, labels, weights, strict=True)]
    return {name: list(expected(name, elements)) for name in OUTPUTS if name in test}


def expected(name, elements):
    if name in ("sum", "mean"):
        total = Real(softplus, len(elements) if name == "mean" else 1)
        limit = 0.0
        for element in elements:
            if element.loss_limit is None:
                total.add(*element.loss)
            else:
                limit += element.loss_limit
        yield total if limit == 0 else limit
        return
    for element in elements:
        limit, parts, function = (
            (element.loss_limit, getattr(element, "loss", None), softplus)
            if name == "loss"
            else (element.gradient_limit, getattr(element, "gradient", None), sigmoid)
        )
        if limit is not None:
            yield limit if limit else Real(function)
            continue
        real = Real(function, len(elements) if name == "meanGradient" else 1)
        real.add(*parts)
        yield real


def read(path):
    """The tests of a file."""
    with open(path, encoding="utf-8") as file:
        content = json.load(file)
    if content["format"] != FORMAT or content["count"] != len(content["tests"]):
        raise ValueError(f"{path} is not a whole file of the format {FORMAT}")
    return content["tests"]


def faults(test):
    """What is wrong with a test's truths, one line for each, and the numbers of its inputs and of the truths that were checked."""
    dtype = DTYPES[test["dtype"]]
    found = []
    truths = 0
    for name, expected_reals in reals(test).items():
        bits = dtype.split(test[name]["bits"])
        residuals = [struct.unpack(">d", bytes.fromhex(word))[0] for word in words(test[name]["residuals"])]
        exponents = test[name]["ulpExponents"]
        for i, truth in enumerate(zip(bits, residuals, exponents, expected_reals, strict=True)):
            truths += 1
            problem = fault(dtype, *truth)
            if problem:
                found.append(f"{name}[{i}]: {problem}")
    return found, len(dtype.split(test["logits"])), truths


def words(digits):
    return [digits[i : i + 16] for i in range(0, len(digits), 16)]
