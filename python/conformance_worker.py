"""Evaluates a user's loss function, and a gradient function beside it, for the harness that started this script.

    python -u conformance_worker.py [--gradient SPEC] [--limit SECONDS] SPEC INPUT OUTPUT

A SPEC is `file.py:function` or `package.module:function`; the folder of the file, or the working directory, becomes the first entry of
`sys.path`. INPUT and OUTPUT are the handles of two pipes: file descriptors, on Windows the handles that `msvcrt` opens.

It runs in the user's own environment, so it needs Python 3.9 or later and NumPy and nothing else, is one file, and sets neither threads
nor flags nor seeds of any framework. Of the process it sets only what a crash or a hang needs: a traceback on standard error
(`faulthandler`), and a process group of its own, in which the harness finds the children that a crashed worker leaves.

Messages are a little-endian 32-bit length and as many bytes of UTF-8 JSON, with the names of the harness: first the status of the
worker, then an answer for each item of the lists that come. Arrays lie in files which both sides map.
"""

from __future__ import annotations

import argparse
import contextlib
import faulthandler
import functools
import importlib
import importlib.util
import inspect
import json
import math
import os
import platform
import queue
import signal
import struct
import sys
import threading
import time
import traceback
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    import numpy as np

# Numbers of the harness: members of its enumeration of outcomes.
COMPLETED = 0
ERROR = 2

OLDEST_PYTHON = (3, 9)
LARGEST_COUNT = 2**31 - 1
MAX_MESSAGE = 500
PIPE_LOST = 70

# What decides results, where the user's module has imported it.
FRAMEWORKS = ("torch", "jax", "jaxlib", "tensorflow", "keras", "ml_dtypes", "scipy", "numba")

# Files whose lines say nothing about the user's.
_MACHINERY = {os.path.realpath(__file__), os.path.realpath(importlib.__file__)}

_LENGTH = struct.Struct("<i")


class Unavailable(Exception):
    """The function cannot be had: what is missing, and what to do about it."""

    def __init__(self, missing: str, fix: str) -> None:
        super().__init__(missing)
        self.missing = missing
        self.fix = fix


class Refused(Exception):
    """What the function returned or did is no answer; the message says why."""


class Pipes:
    """The two pipes to the harness. A thread reads, so that the worker ends with the harness even while a function hangs."""

    def __init__(self, reading: int, writing: int) -> None:
        self._reading = reading
        self._writing = writing
        self._lists: queue.SimpleQueue[list[dict[str, Any]]] = queue.SimpleQueue()
        for descriptor in (reading, writing):
            os.set_inheritable(descriptor, False)
        threading.Thread(target=self._read_until_closed, name="harness", daemon=True).start()

    def receive(self) -> list[dict[str, Any]]:
        """Waits for the next list of items."""
        return self._lists.get()

    def send(self, message: dict[str, Any]) -> None:
        """Sends a message; ends the process where the function has closed the pipe."""
        data = json.dumps(message).encode()
        data = _LENGTH.pack(len(data)) + data
        try:
            while data:
                data = data[os.write(self._writing, data) :]
        except OSError as error:
            _end(f"the pipe to the harness is closed ({error.strerror})")

    def _read_until_closed(self) -> None:
        try:
            while True:
                (length,) = _LENGTH.unpack(self._read(_LENGTH.size))
                self._lists.put(json.loads(self._read(length)))
        except EOFError:
            _end_with_children()
        except Exception as error:
            _end(f"what comes from the harness cannot be read ({error})")

    def _read(self, count: int) -> bytearray:
        data = bytearray()
        while len(data) < count:
            part = os.read(self._reading, count - len(data))
            if not part:
                raise EOFError
            data += part
        return data


def _end(reason: str) -> NoReturn:
    try:
        os.write(2, f"conformance worker: {reason}\n".encode())
    finally:
        os._exit(PIPE_LOST)


def _end_with_children() -> NoReturn:
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(0)


def open_pipe(handle: str, flags: int) -> int:
    """The file descriptor of a pipe that the parent process left open."""
    if sys.platform == "win32":
        import msvcrt

        return msvcrt.open_osfhandle(int(handle), flags)
    return int(handle)


def _within(text: str, limit: int = MAX_MESSAGE) -> str:
    # Surrogates, as in file names, are no UTF-8; line ends would make two lines of one.
    text = " ".join(text.encode("utf-8", "replace").decode().split())
    return text if len(text) <= limit else text[: limit - 3] + "..."


def _a(value: Any) -> str:
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def describe(error: BaseException, file: str | None) -> str:
    """Type, message and place of an error: the innermost line of `file`, or else of anything but this script."""
    try:
        message = str(error)
    except Exception:
        message = ""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not _is_machinery(frame.filename)]
    own = [frame for frame in frames if file is not None and os.path.realpath(frame.filename) == file] or frames
    if isinstance(error, SyntaxError) and error.filename:
        place, message = f"{os.path.basename(error.filename)}:{error.lineno}", error.msg
    else:
        place = f"{os.path.basename(own[-1].filename)}:{own[-1].lineno}" if own else ""
    what = _within(type(error).__name__ + (f": {message}" if message else ""))
    return f"{what} ({_within(place)})" if place else what


def _is_machinery(filename: str) -> bool:
    return filename.startswith("<frozen importlib") or os.path.realpath(filename) in _MACHINERY


class Function:
    """A user's function."""

    def __init__(self, spec: str) -> None:
        """Imports it, or raises `Unavailable`."""
        target, separator, self.name = spec.rpartition(":")
        if not separator or not target or not self.name:
            raise Unavailable(f"'{spec}' names no function.", "Give file.py:function or package.module:function.")
        module = _import(target)
        self.file = os.path.realpath(module.__file__) if getattr(module, "__file__", None) else None
        found: Any = module
        for part in self.name.split("."):
            if not hasattr(found, part):
                raise Unavailable(f"{target} has no '{self.name}'{_instead(module)}.", "Name one of its functions after the colon.")
            found = getattr(found, part)
        if not callable(found):
            raise Unavailable(
                f"'{self.name}' of {target} is {_a(found)}, which cannot be called{_instead(module)}.",
                "Name one of its functions after the colon.",
            )
        self._call: Callable[..., Any] = found
        self.takes_reduction = _takes_reduction(found)

    def __call__(self, logits: np.ndarray, labels: np.ndarray, reduction: str) -> np.ndarray:
        """Calls it with copies of the inputs; raises what it raises, or `Refused` where there is no array or the copies were changed."""
        copies = logits.copy(), labels.copy()
        returned = self._call(*copies, reduction=reduction) if self.takes_reduction else self._call(*copies)
        result = as_array(returned, self.name)
        for what, copy, original in zip(("logits", "labels"), copies, (logits, labels)):
            if copy.shape != original.shape or copy.tobytes() != original.tobytes():
                raise Refused(f"{self.name} changed its {what}, which belong to its caller")
        return result


def _import(target: str) -> ModuleType:
    try:
        if target.lower().endswith(".py"):
            path = os.path.realpath(target)
            name = os.path.splitext(os.path.basename(path))[0]
            _put_first(os.path.dirname(path))

            # A file called json.py must not become the json of everybody else.
            name = f"{name}_under_test" if name in sys.modules and not _is_of(sys.modules[name], path) else name
            return sys.modules[name] if name in sys.modules else _load(name, path)
        _put_first(os.getcwd())
        return importlib.import_module(target)
    except BaseException as error:
        file = os.path.realpath(target) if target.lower().endswith(".py") else None
        if isinstance(error, ModuleNotFoundError) and f"{target}.".startswith(f"{error.name}."):
            fix = "Start the command in the folder that holds it: modules are found from there, and in the environment."
        elif isinstance(error, ImportError) and "relative import" in str(error):
            fix = "Name it as package.module:function, and start the command in the folder that holds the package."
        elif isinstance(error, ImportError):
            fix = f"Install what it needs in the environment of {sys.executable}, or name another environment with --python-env."
        else:
            fix = "Mend it; it must be importable without an error."
        raise Unavailable(f"{target} cannot be imported: {describe(error, file)}.", fix) from error


def _put_first(folder: str) -> None:
    if not sys.path or sys.path[0] != folder:
        sys.path.insert(0, folder)


def _is_of(module: ModuleType, path: str) -> bool:
    return os.path.realpath(getattr(module, "__file__", None) or "") == path


def _load(name: str, path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _instead(module: ModuleType) -> str:
    functions = sorted(
        name
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_")
    )
    return _within(f"; it has {', '.join(functions)}") if functions else ""


def _takes_reduction(function: Callable[..., Any]) -> bool:
    try:
        own = inspect.signature(function, follow_wrapped=False).parameters
        wrapped = inspect.signature(function).parameters
    except (TypeError, ValueError):
        # Functions of C need not tell.
        return False

    # A decorator passes on what its function takes only where it takes keywords itself.
    passes_on = any(parameter.kind == parameter.VAR_KEYWORD for parameter in own.values())
    parameter = (wrapped if passes_on else own).get("reduction")
    return parameter is not None and parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)


def as_array(returned: Any, name: str) -> np.ndarray:
    """What a function returned as an array of its own dtype and shape; raises `Refused` for what is none.

    NumPy arrays and scalars are, and whatever converts itself by `__array__`: tensors of JAX and TensorFlow, and those of PyTorch on the
    CPU that need no gradient. Python numbers and sequences are not: their dtype would be a guess.
    """
    import numpy as np

    if returned is None:
        raise Refused(f"{name} returned None; return an array")
    if isinstance(returned, np.ma.MaskedArray):
        raise Refused(f"{name} returned a masked array; return what its filled() gives")
    if not isinstance(returned, (np.ndarray, np.generic)) and not hasattr(returned, "__array__"):
        raise Refused(f"{name} returned {_a(returned)}; return a NumPy array, or a NumPy scalar for a reduced loss")
    result = np.asarray(returned)
    if math.prod(max(extent, 1) for extent in result.shape) > LARGEST_COUNT:
        raise Refused(f"{name} returned an array of shape {list(result.shape)}, more than {LARGEST_COUNT} elements")
    return result


@functools.lru_cache(maxsize=None)
def dtype_of(name: str) -> np.dtype:
    """NumPy's dtype of a name; bfloat16 is that of the package ml_dtypes."""
    import numpy as np

    if name != "bfloat16":
        return np.dtype(name)
    try:
        from ml_dtypes import bfloat16
    except ImportError:
        raise Refused(
            f"bfloat16 arrays need the package ml_dtypes, which the environment of {sys.executable} has not; install it, or leave bfloat16 out with --dtype"
        ) from None
    return np.dtype(bfloat16)


class Segments:
    """The mapped files, each mapped once."""

    def __init__(self) -> None:
        self._mapped: dict[str, np.ndarray] = {}

    def view(self, location: dict[str, Any], dtype: np.dtype, shape: tuple[int, ...]) -> np.ndarray:
        """An array over the harness' own memory."""
        import numpy as np

        path = location["Path"]
        if path not in self._mapped:
            self._mapped[path] = np.asarray(np.memmap(path, np.uint8, "r+"))
        start = location["Offset"]
        return self._mapped[path][start : start + math.prod(shape) * dtype.itemsize].view(dtype).reshape(shape)


class Worker:
    """Answers items with a loss function and perhaps a gradient function."""

    def __init__(self, loss: Function, gradient: Function | None) -> None:
        self._loss = loss
        self._gradient = gradient
        self._segments = Segments()

    def answer(self, item: dict[str, Any]) -> dict[str, Any]:
        """Evaluates an item; whatever the functions raise is an answer."""
        process = os.getpid()
        function = self._loss
        try:
            dtype, shape = dtype_of(item["DType"]), tuple(item["Shape"])
            logits = self._segments.view(item["Logits"], dtype, shape)
            labels = self._segments.view(item["Labels"], dtype, shape)
            loss = function(logits, labels, item["Reduction"])
            signatures = {"Loss": _signature(loss)}

            # Before the other function is called, which may use the same memory for its own result.
            self._write(loss, item["Loss"], dtype, shape if item["Reduction"] == "none" else ())
            if self._gradient is not None and item.get("Gradient") is not None:
                function = self._gradient
                gradient = function(logits, labels, item["Reduction"])
                signatures["Gradient"] = _signature(gradient)
                self._write(gradient, item["Gradient"], dtype, shape)
            answer: dict[str, Any] = {"Outcome": COMPLETED, **signatures}
        except Refused as refusal:
            answer = {"Outcome": ERROR, "Message": _within(str(refusal))}
        except BaseException as error:
            answer = {"Outcome": ERROR, "Message": describe(error, function.file)}
        if os.getpid() != process:
            # A child that the function forked must not answer a second time.
            os._exit(0)
        return answer

    def _write(self, result: np.ndarray, location: dict[str, Any], dtype: np.dtype, shape: tuple[int, ...]) -> None:
        import numpy as np

        # The dtype's name goes into the answer, so that a cast hides nothing; of another shape nothing is written.
        if result.shape == shape:
            np.copyto(self._segments.view(location, dtype, shape), result, casting="unsafe")


class Watch:
    """Writes a traceback to standard error when an evaluation is about to be given up, so that it is known where it hung."""

    def __init__(self, limit: float | None) -> None:
        self._limit = limit
        self._since: float | None = None

    def evaluating(self) -> None:
        """Says that an evaluation begins. A thread is started for each traceback that is due: once in a while will do."""
        now = time.monotonic()
        if self._limit is not None and (self._since is None or now - self._since > 0.1 * self._limit):
            faulthandler.dump_traceback_later(0.8 * self._limit, file=2)
            self._since = now

    def idle(self) -> None:
        """Says that there is nothing to do."""
        faulthandler.cancel_dump_traceback_later()
        self._since = None


def _signature(result: np.ndarray) -> dict[str, Any]:
    import numpy as np

    if not np.can_cast(result.dtype, np.float64, "same_kind"):
        raise Refused(f"an array of dtype {result.dtype.name} was returned; it must hold real numbers")
    return {"DType": result.dtype.name, "Shape": list(result.shape)}


def versions() -> dict[str, str]:
    """What is there and decides results."""
    import numpy as np

    found = {"python": platform.python_version(), "numpy": np.__version__}
    for name in FRAMEWORKS:
        version = getattr(sys.modules.get(name), "__version__", None)
        if isinstance(version, str):
            found[name] = version
    return found


def load(loss: str, gradient: str | None) -> tuple[Function, Function | None]:
    """Imports the functions, or raises `Unavailable`."""
    if sys.version_info < OLDEST_PYTHON:
        raise Unavailable(
            f"{sys.executable} is Python {platform.python_version()}, and {'.'.join(map(str, OLDEST_PYTHON))} or later is needed.",
            "Name another environment with --python-env.",
        )
    if importlib.util.find_spec("numpy") is None:
        raise _without_numpy("No module named 'numpy'")
    functions = Function(loss), Function(gradient) if gradient else None
    try:
        # Not earlier: what their module sets for NumPy must be set before its first import.
        import numpy as np  # noqa: F401
    except ImportError as error:
        raise _without_numpy(str(error)) from error
    return functions


def _without_numpy(why: str) -> Unavailable:
    return Unavailable(
        f"NumPy cannot be imported in {sys.executable} ({_within(why)}).",
        f"Run '{sys.executable} -m pip install numpy', or name another environment with --python-env.",
    )


def _forget_own_folder() -> None:
    # The folder of this script is nobody's place to import from.
    own = os.path.dirname(os.path.realpath(__file__))
    sys.path[:] = [folder for folder in sys.path if not folder or os.path.realpath(folder) != own]
    sys.argv[1:] = []


def _lead_group() -> None:
    # By which whoever started this ends what it leaves running.
    if hasattr(os, "setpgid"):
        with contextlib.suppress(OSError):
            os.setpgid(0, 0)


def describe_functions(loss: str, gradient: str | None) -> NoReturn:
    """Imports the functions, says on standard output what they take, and ends; what they print meanwhile goes to standard error."""
    process = os.getpid()
    _lead_group()
    faulthandler.enable()
    answer_to = os.dup(1)
    os.dup2(2, 1)
    _forget_own_folder()
    try:
        functions = [function for function in load(loss, gradient) if function is not None]
        answer: dict[str, Any] = {"TakesReduction": all(function.takes_reduction for function in functions)}
    except Unavailable as reason:
        answer = {"Missing": reason.missing, "Fix": reason.fix}
    if os.getpid() == process:
        os.write(answer_to, json.dumps(answer).encode())
    os._exit(0)


def main() -> NoReturn:
    parser = argparse.ArgumentParser(description="Serves a conformance harness with a user's loss function.")
    parser.add_argument("--gradient", metavar="SPEC", help="a function of the gradient with respect to the logits")
    parser.add_argument("--limit", metavar="SECONDS", type=float, help="how long one evaluation may take")
    parser.add_argument("--describe", action="store_true", help="say in JSON what the functions take, and end")
    parser.add_argument("loss", metavar="SPEC", help="file.py:function or package.module:function")
    parser.add_argument("input", nargs="?", help="the handle of the pipe to read from")
    parser.add_argument("output", nargs="?", help="the handle of the pipe to write to")
    arguments = parser.parse_args()
    if arguments.describe:
        describe_functions(arguments.loss, arguments.gradient)

    _lead_group()
    faulthandler.enable()
    pipes = Pipes(open_pipe(arguments.input, os.O_RDONLY), open_pipe(arguments.output, os.O_WRONLY))

    _forget_own_folder()
    process = os.getpid()
    try:
        worker = Worker(*load(arguments.loss, arguments.gradient))
        status: dict[str, Any] = {"IsAvailable": True, "Versions": versions()}
    except Unavailable as reason:
        status = {"IsAvailable": False, "Versions": {}, "Missing": reason.missing, "Fix": reason.fix}
    if os.getpid() != process:
        os._exit(0)
    pipes.send(status)
    watch = Watch(arguments.limit)
    while True:
        for item in pipes.receive():
            watch.evaluating()
            pipes.send(worker.answer(item))
        watch.idle()


if __name__ == "__main__":
    main()
