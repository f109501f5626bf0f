"""Functions that go wrong, each in its own way, where the first logit is MARK; elsewhere they are right."""

import ctypes
import functools
import os
import signal
import sys
import time

import numpy as np

import stable

MARK = 12345.0


def where_marked(behave):
    @functools.wraps(behave)
    def loss(logits, labels):
        return behave(logits, labels) if logits.flat[0] == MARK else stable.loss(logits, labels)

    return loss


@where_marked
def raises(logits, labels):
    raise ValueError("no such\nkernel")


@where_marked
def raises_in_numpy(logits, labels):
    return np.matmul(logits, labels[:1, :1, :1])


@where_marked
def raises_unreadable_text(logits, labels):
    raise OSError("\udcff" + "x" * 10_000)


@where_marked
def prints(logits, labels):
    for line in range(2000):
        print(line, "#" * 80)
        print(line, "#" * 80, file=sys.stderr)
    return stable.loss(logits, labels)


@where_marked
def returns_none(logits, labels):
    return None


@where_marked
def returns_list(logits, labels):
    return stable.loss(logits, labels).tolist()


@where_marked
def returns_float(logits, labels):
    return 1.0


@where_marked
def returns_masked(logits, labels):
    return np.ma.masked_invalid(logits)


@where_marked
def returns_text(logits, labels):
    return np.full(logits.shape, "0.5")


@where_marked
def returns_too_many(logits, labels):
    return np.broadcast_to(logits.flat[0], (1 << 20, 1 << 20))


@where_marked
def wrong_shape(logits, labels):
    return stable.loss(logits, labels)[:, 0]


@where_marked
def wrong_dtype(logits, labels):
    return stable.loss(logits.astype(np.float64), labels)


@where_marked
def exits(logits, labels):
    sys.exit(3)


@where_marked
def exits_at_once(logits, labels):
    os._exit(3)


@where_marked
def interrupts(logits, labels):
    raise KeyboardInterrupt


@where_marked
def hangs(logits, labels):
    while True:
        time.sleep(1)


@where_marked
def hangs_in_c(logits, labels):
    # Keeps the interpreter's lock.
    ctypes.PyDLL(None).sleep(600)


@where_marked
def eats_memory(logits, labels):
    pieces = []
    for _ in range(128):
        pieces.append(np.ones(2 << 20))
        time.sleep(0.001)
    time.sleep(600)


@where_marked
def asks_for_too_much_memory(logits, labels):
    return np.empty(1 << 58)


@where_marked
def recurses(logits, labels):
    return recurses(logits, labels)


@where_marked
def segfaults(logits, labels):
    return ctypes.string_at(0)


@where_marked
def changes_logits(logits, labels):
    result = stable.loss(logits, labels)
    np.negative(logits, out=logits)
    return result


@where_marked
def changes_labels(logits, labels):
    labels *= 2
    return stable.loss(logits, labels / 2)


@where_marked
def forks(logits, labels):
    child = os.fork()
    if child != 0:
        os.waitpid(child, 0)
    return stable.loss(logits, labels)


@where_marked
def leaves_child(logits, labels):
    if os.fork() == 0:
        print(f"child {os.getpid()}.", file=sys.stderr)
        time.sleep(600)
        os._exit(0)
    os._exit(3)


@where_marked
def closes_files(logits, labels):
    os.closerange(3, 4096)
    return stable.loss(logits, labels)


@where_marked
def writes_everywhere(logits, labels):
    for descriptor in range(3, 256):
        try:
            os.write(descriptor, b"garbage that is no message")
        except OSError:
            pass
    return stable.loss(logits, labels)


@where_marked
def kills_itself(logits, labels):
    os.kill(os.getpid(), signal.SIGKILL)
