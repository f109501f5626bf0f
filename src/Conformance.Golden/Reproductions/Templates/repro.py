"""Repeats one failure that `conformance check` found: on these inputs, this implementation is not what the loss is.

    python repro.py

prints the inputs, what the implementation returns now, the truth, which is the real-number value rounded once, and how far apart the two are in
units in the last place (ULP). Exit code 1 says that it still fails, 0 that it does not. It needs nothing of the tool that wrote it.
"""

from __future__ import annotations

import math
import os
import struct
import subprocess
import sys
from fractions import Fraction
from typing import NamedTuple

# <data>
IMPLEMENTATION = "python/losses.py:loss"
CASE = "the case of which these inputs are what is left"
OUTCOME = "Completed"
CHECK = "Value"
OUTPUT = "loss"
OUTPUTS = ["loss"]
REDUCTION = "none"
DTYPE = "float32"
SHAPE = (1, 1, 1)
LOGITS = "42b20000"
LABELS = "00000000"
RETURNED = "7f800000"
OUTPUT_SHAPE = (1, 1, 1)
FLUSHES_SUBNORMALS = False
SECONDS = 60.0

# Of each element: the truth's bits, (real value - truth) in ULP, the exponent of an ULP, how many ULP are allowed (None: this element is waived).
TRUTH = [
    ("42b20000", 0.0, -17, 4.0),
]
# </data>

HERE = os.path.dirname(os.path.abspath(__file__))
FORMATS = {"float16": ("<e", 2), "bfloat16": ("<f", 2), "float32": ("<f", 4), "float64": ("<d", 8)}
REPEATS = 20


class Output(NamedTuple):
    """What the implementation returned: little-endian bytes, row-major."""

    dtype: str
    shape: tuple[int, ...]
    data: bytes


# <evaluate>
def evaluate(logits: bytes, labels: bytes, output: str) -> Output:
    """Evaluates the implementation: its loss, or its gradient."""
    raise NotImplementedError
# </evaluate>


def to_bytes(digits: str) -> bytes:
    """Little-endian bytes of bits, which are written with the most significant digit first."""
    size = FORMATS[DTYPE][1]
    raw = bytes.fromhex(digits)
    return b"".join(raw[i : i + size][::-1] for i in range(0, len(raw), size))


def to_hex(data: bytes) -> list[str]:
    """The bits of every element."""
    size = FORMATS[DTYPE][1]
    return [data[i : i + size][::-1].hex() for i in range(0, len(data), size)]


def value(bits: str) -> float:
    """The value of bits, exactly."""
    raw = bytes.fromhex(bits)[::-1]
    return struct.unpack(FORMATS[DTYPE][0], b"\0\0" + raw if DTYPE == "bfloat16" else raw)[0]


def show(bits: str) -> str:
    return f"{value(bits):.9g} (0x{bits})" if DTYPE != "float64" else f"{value(bits)!r} (0x{bits})"


def error(output: float, truth: float, residual: float, exponent: int) -> float:
    """(output - real value) in ULP."""
    if output == truth or (math.isnan(output) and math.isnan(truth)):
        return -residual if math.isfinite(truth) else 0.0
    if not (math.isfinite(output) and math.isfinite(truth)):
        return math.inf
    return float((Fraction(output) - Fraction(truth)) / Fraction(2) ** exponent - Fraction(residual))


def is_within(output: float, truth: float, ulps: float, allowed: float | None) -> bool:
    return (
        allowed is None
        or output == truth
        or (math.isnan(output) and math.isnan(truth))
        or abs(ulps) < allowed
        or (FLUSHES_SUBNORMALS and output == 0 and abs(truth) < {"float16": 2**-14, "float64": 2**-1022}.get(DTYPE, 2**-126))
    )


def fails(output: Output) -> bool:
    """Prints what an output is beside what it should be."""
    if output.shape != OUTPUT_SHAPE or output.dtype != DTYPE:
        print(f"returned {output.dtype}{list(output.shape)} where {DTYPE}{list(OUTPUT_SHAPE)} is asked for")
        return True
    wrong = 0
    returned = to_hex(output.data)
    for index, (bits, (truth, residual, exponent, allowed)) in enumerate(zip(returned, TRUTH)):
        ulps = error(value(bits), value(truth), residual, exponent)
        within = is_within(value(bits), value(truth), ulps, allowed)
        wrong += not within
        if not within or len(TRUTH) <= 8:
            print(f"{OUTPUT}[{index}]: returned {show(bits)}, truth {show(truth)}: {ulps:.6g} ULP, allowed {allowed}: {'ok' if within else 'WRONG'}")
    if CHECK in ("Range", "Monotone") and not wrong:
        # Within the bound, and impossible all the same: it fails for as long as it returns what it did.
        return "".join(returned) == RETURNED
    return wrong > 0


def differs(logits: bytes, labels: bytes) -> bool:
    """Evaluates again and again; the first time does not count."""
    evaluate(logits, labels, OUTPUT)
    seen = {evaluate(logits, labels, OUTPUT) for _ in range(REPEATS)}
    for output in seen:
        print(f"returned {', '.join(show(bits) for bits in to_hex(output.data)[:8])}")
    return len(seen) > 1


def main() -> int:
    logits, labels = to_bytes(LOGITS), to_bytes(LABELS)
    if "--once" in sys.argv:
        for output in OUTPUTS:
            evaluate(logits, labels, output)
        return 0
    print(f"{IMPLEMENTATION}: {CHECK or OUTCOME} of {OUTPUT or 'the evaluation'}, {DTYPE}{list(SHAPE)}, reduction {REDUCTION}")
    for index, (logit, label) in list(enumerate(zip(to_hex(logits), to_hex(labels))))[:32]:
        print(f"  logit[{index}] {show(logit)}, label[{index}] {show(label)}")
    if OUTCOME != "Completed":
        # In a process of its own, which may end as it likes.
        try:
            failed = subprocess.run([sys.executable, os.path.abspath(__file__), "--once"], timeout=SECONDS, check=False).returncode != 0
        except subprocess.TimeoutExpired:
            failed = True
    elif CHECK == "Repeat":
        failed = differs(logits, labels)
    else:
        failed = fails(evaluate(logits, labels, OUTPUT))
    print("It still fails." if failed else "It does not fail any more.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
