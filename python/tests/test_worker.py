import ast
import json
import os
import pathlib
import signal
import struct
import subprocess
import sys
import textwrap
import threading

import numpy as np
import pytest

import conformance_worker
from conformance_worker import Function, Refused, Unavailable, Watch, as_array, describe, dtype_of, versions

SCRIPT = pathlib.Path(conformance_worker.__file__)
SHAPE = (2, 5)
POISON = -12345.0

# Seconds after which what still runs is ended, and the test fails.
PATIENCE = 30


def write(path, text):
    path.write_text(textwrap.dedent(text))
    return path


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Imports a file of that text and gives a function of it; what it does to the interpreter is undone."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))

    def function(text, name="loss", file="losses.py"):
        return Function(f"{write(tmp_path / file, text)}:{name}")

    return function


class Worker:
    """The script in a process of its own, and a file with two inputs and two outputs in it."""

    def __init__(self, folder, *specs, **environment):
        reading, their_writing = os.pipe()
        their_reading, writing = os.pipe()
        ends = (their_reading, their_writing)
        if sys.platform == "win32":
            import msvcrt

            handles = [msvcrt.get_osfhandle(end) for end in ends]
            for handle in handles:
                os.set_handle_inheritable(handle, True)
            inheritance = {"close_fds": False}
        else:
            handles, inheritance = ends, {"pass_fds": ends}
        self.process = subprocess.Popen(
            [sys.executable, "-u", str(SCRIPT), *specs, *map(str, handles)],
            cwd=folder, env={**os.environ, "PYTHONPATH": "", **environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **inheritance,
        )  # fmt: skip
        for end in ends:
            os.close(end)
        self.ended_by_test = False
        self.patience = threading.Timer(PATIENCE, self.kill)
        self.patience.start()
        self.reading, self.writing = os.fdopen(reading, "rb"), os.fdopen(writing, "wb")
        self.file = folder / "arrays"
        generator = np.random.default_rng(3)
        self.arrays = np.concatenate([generator.normal(size=10), generator.random(10), np.full(20, POISON)]).astype(np.float32)
        self.file.write_bytes(self.arrays.tobytes())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.writing.close()
        self.process.wait()
        self.patience.cancel()
        self.reading.close()
        self.process.stdout.close()
        assert not self.ended_by_test, f"The worker or a child of it had to be ended after {PATIENCE} s."

    def kill(self):
        self.ended_by_test = True
        if hasattr(os, "killpg"):
            os.killpg(self.process.pid, signal.SIGKILL)
        else:
            self.process.kill()

    def item(self, reduction="none", gradient=True, dtype="float32"):
        places = [{"Path": str(self.file), "Offset": 40 * i} for i in range(4)]
        item = {"Name": "n", "Implementation": "i", "Function": "sigmoid_cross_entropy", "DType": dtype, "Reduction": reduction, "Shape": SHAPE}
        item.update(zip(("Logits", "Labels", "Loss", "Gradient") if gradient else ("Logits", "Labels", "Loss"), places))
        return item

    def send(self, *items):
        data = json.dumps(items).encode()
        self.writing.write(struct.pack("<i", len(data)) + data)
        self.writing.flush()

    def receive(self):
        (length,) = struct.unpack("<i", self.reading.read(4))
        return json.loads(self.reading.read(length))

    def evaluate(self, *items):
        self.send(*items)
        return [self.receive() for _ in items]

    def array(self, index):
        return np.fromfile(self.file, np.float32)[10 * index : 10 * index + 10].reshape(SHAPE)


def test_worker_announces_itself_then_answers_each_item_in_order(tmp_path):
    write(tmp_path / "losses.py", "def loss(x, z, reduction): return (x + 2 * z) if reduction == 'none' else (x + 2 * z).mean()")
    write(tmp_path / "slopes.py", "def slope(x, z): return x - z")

    with Worker(tmp_path, "--gradient", "slopes.py:slope", "--limit", "60", "losses.py:loss") as worker:
        status = worker.receive()
        answers = worker.evaluate(worker.item(), worker.item("mean", gradient=False), worker.item(dtype="complex64"))

    assert status["IsAvailable"] is True and status["Versions"]["numpy"] == np.__version__
    signature = {"DType": "float32", "Shape": [2, 5]}
    assert answers[0] == {"Outcome": 0, "Loss": signature, "Gradient": signature}
    assert answers[1] == {"Outcome": 0, "Loss": {"DType": "float32", "Shape": []}}
    assert answers[2]["Outcome"] == 2
    logits, labels = worker.array(0), worker.array(1)
    assert worker.array(2).flat[0] == (logits + 2 * labels).mean()
    np.testing.assert_array_equal(worker.array(2).flat[1:], (logits + 2 * labels).flat[1:])
    np.testing.assert_array_equal(worker.array(3), logits - labels)
    np.testing.assert_array_equal(np.fromfile(worker.file, np.float32)[:20], worker.arrays[:20])


def test_worker_keeps_the_loss_where_the_gradient_uses_its_memory(tmp_path):
    write(
        tmp_path / "losses.py",
        """
        import numpy as np

        workspace = np.empty((2, 5), np.float32)

        def loss(x, z):
            return np.add(x, z, out=workspace)

        def slope(x, z):
            return np.subtract(x, z, out=workspace)
        """,
    )

    with Worker(tmp_path, "--gradient", "losses.py:slope", "losses.py:loss") as worker:
        worker.receive()
        worker.evaluate(worker.item())

    np.testing.assert_array_equal(worker.array(2), worker.array(0) + worker.array(1))
    np.testing.assert_array_equal(worker.array(3), worker.array(0) - worker.array(1))


def test_relative_import_of_a_file_says_how_the_package_is_named(tmp_path):
    write(tmp_path / "losses.py", "from .other import loss")

    with Worker(tmp_path, "losses.py:loss") as worker:
        assert worker.receive()["Fix"] == "Name it as package.module:function, and start the command in the folder that holds the package."


def describe_in(folder):
    return subprocess.run(
        [sys.executable, str(SCRIPT), "--describe", "losses.py:loss"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE, check=False,
    )  # fmt: skip


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows does not fork.")
def test_description_of_a_module_that_forks_is_given_once(tmp_path):
    write(tmp_path / "losses.py", "import os\nos.fork()\ndef loss(x, z): return x")

    assert json.loads(describe_in(tmp_path).stdout) == {"TakesReduction": False}


def test_worker_imports_modules_from_the_working_directory_and_nothing_from_its_own(tmp_path):
    (tmp_path / "package").mkdir()
    write(
        tmp_path / "package" / "losses.py",
        """
        import os, sys

        assert sys.path[0] == os.getcwd() and len(sys.argv) == 1

        try:
            import conformance_losses
        except ImportError:
            def loss(x, z): return x
        """,
    )

    with Worker(tmp_path, "package.losses:loss") as worker:
        assert worker.receive()["IsAvailable"]


@pytest.mark.parametrize(
    ("text", "name", "missing"),
    [
        ("def loss(x z): pass", "loss", "cannot be imported: SyntaxError: invalid syntax (losses.py:1)."),
        ("x = 1\nimport sys; sys.exit('no licence')", "loss", "cannot be imported: SystemExit: no licence (losses.py:2)."),
        ("raise KeyboardInterrupt", "loss", "cannot be imported: KeyboardInterrupt (losses.py:1)."),
        ("import math", "math.loss", "has no 'math.loss'."),
        ("from math import exp\ndef _own(): pass\ndef mine(): pass", "loss", "has no 'loss'; it has mine."),
        ("loss = 3", "loss", "is an int, which cannot be called."),
    ],
)
def test_worker_without_the_function_says_why(tmp_path, text, name, missing):
    write(tmp_path / "losses.py", text)

    with Worker(tmp_path, f"losses.py:{name}") as worker:
        status = worker.receive()

    assert status["IsAvailable"] is False and status["Fix"]
    assert status["Missing"].endswith(missing)


def test_worker_without_the_module_says_where_it_is_looked_for(tmp_path):
    with Worker(tmp_path, "package.losses:loss") as worker:
        status = worker.receive()

    assert status["Missing"] == "package.losses cannot be imported: ModuleNotFoundError: No module named 'package'."
    assert status["Fix"].startswith("Start the command in the folder that holds it")


def test_worker_lets_the_module_import_numpy_first(tmp_path):
    write(tmp_path / "losses.py", "import sys\nassert 'numpy' not in sys.modules\nimport numpy\n\ndef loss(x, z): return x")

    with Worker(tmp_path, "losses.py:loss") as worker:
        assert worker.receive()["IsAvailable"]


def test_worker_without_numpy_says_how_to_install_it(tmp_path):
    write(tmp_path / "numpy.py", "raise ImportError('broken here')")
    write(tmp_path / "losses.py", "def loss(x, z): return x")

    with Worker(tmp_path, "losses.py:loss", PYTHONPATH=str(tmp_path)) as worker:
        status = worker.receive()

    assert status["Missing"] == f"NumPy cannot be imported in {sys.executable} (broken here)."
    assert status["Fix"].startswith(f"Run '{sys.executable} -m pip install numpy'")


@pytest.mark.parametrize("body", ["while True: pass", "import time; time.sleep(600)"])
def test_worker_whose_parent_goes_ends_even_while_busy(tmp_path, body):
    write(tmp_path / "losses.py", f"def loss(x, z):\n    print('entered', flush=True)\n    {body}")
    with Worker(tmp_path, "losses.py:loss") as worker:
        worker.receive()
        worker.send(worker.item())
        assert worker.process.stdout.readline() == "entered\n"

        worker.writing.close()

        worker.process.wait()


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="process groups are of Unix")
def test_worker_whose_parent_goes_ends_its_children_too(tmp_path):
    write(
        tmp_path / "losses.py",
        """
        import subprocess, sys

        def loss(x, z):
            subprocess.Popen([sys.executable, "-c", "import time; print('born', flush=True); time.sleep(600)"])
            return x
        """,
    )
    with Worker(tmp_path, "losses.py:loss") as worker:
        worker.receive()
        worker.evaluate(worker.item())
        assert worker.process.stdout.readline() == "born\n"

        worker.writing.close()

        # The end comes when nobody has standard output any more.
        assert worker.process.stdout.read() == ""


def test_worker_that_hangs_says_where_before_it_is_given_up(tmp_path):
    write(tmp_path / "losses.py", "import time\n\ndef loss(x, z):\n    time.sleep(600)")
    with Worker(tmp_path, "--limit", "0.5", "losses.py:loss") as worker:
        worker.receive()
        worker.send(worker.item())

        while 'losses.py", line 4 in loss' not in worker.process.stdout.readline():
            assert worker.process.poll() is None


def test_watch_has_a_traceback_due_while_evaluating_and_none_while_idle(monkeypatch):
    now, calls = [100.0], []
    monkeypatch.setattr(conformance_worker.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(conformance_worker.faulthandler, "dump_traceback_later", lambda seconds, file: calls.append(seconds))
    monkeypatch.setattr(conformance_worker.faulthandler, "cancel_dump_traceback_later", lambda: calls.append("cancelled"))
    watch = Watch(10)

    for later in (0, 0.5, 0.4, 0.2):
        now[0] += later
        watch.evaluating()
    watch.idle()
    watch.evaluating()

    assert calls == [8, 8, "cancelled", 8]


def test_function_in_a_file_with_the_name_of_another_module_is_that_of_the_file(module):
    assert module("def loss(x, z): return 7 * x", file="json.py")(np.ones(3), np.ones(3), "none").tolist() == [7, 7, 7]
    assert sys.modules["json"] is json


def test_functions_of_one_file_share_its_module(module, tmp_path):
    text = "calls = []\n\ndef loss(x, z): calls.append(1); return x\n\ndef slope(x, z): return x * len(calls)"
    loss = module(text)
    slope = Function(f"{tmp_path / 'losses.py'}:slope")

    loss(np.ones(2), np.ones(2), "none")

    assert slope(np.ones(2), np.ones(2), "none").tolist() == [1, 1]


def test_function_that_is_a_method_is_found(module):
    assert module("class Losses:\n    @staticmethod\n    def mine(x, z): return x", "Losses.mine")(np.ones(1), np.ones(1), "none") == 1


@pytest.mark.parametrize(
    ("parameters", "received"),
    [
        ("x, z", "nothing"),
        ("x, z, reduction", "mean"),
        ("x, z, *, reduction='sum'", "mean"),
        ("x, z, **options", "nothing"),
        ("x, z, reduction='nothing', /", "nothing"),
    ],
)
def test_function_is_told_the_reduction_only_where_it_takes_one(module, parameters, received):
    function = module(f"import numpy as np\n\ndef loss({parameters}): return np.array(locals().get('reduction', 'nothing'))")

    assert function(np.ones(2), np.ones(2), "mean") == received


@pytest.mark.parametrize(("parameters", "takes"), [("*args", False), ("*args, **options", True), ("x, z, reduction", True)])
def test_function_behind_a_decorator_is_told_the_reduction_only_where_that_passes_it_on(module, parameters, takes):
    function = module(
        f"""
        import functools

        def decorate(function):
            @functools.wraps(function)
            def inner({parameters}):
                return function({parameters.replace("reduction", "reduction=reduction")})
            return inner

        @decorate
        def loss(x, z, reduction="none"):
            return x if reduction == "none" else x.mean()
        """
    )

    assert function.takes_reduction is takes
    assert function(np.ones(SHAPE), np.ones(SHAPE), "mean").shape == (() if takes else SHAPE)


def test_function_without_a_signature_is_called_without_the_reduction(module):
    assert module("from numpy import add as loss")(np.ones(2), np.ones(2), "none").tolist() == [2, 2]


def test_function_that_keeps_its_inputs_sees_no_later_ones(module):
    function = module("kept = []\n\ndef loss(x, z):\n    kept.append(x)\n    return kept[0]")
    logits = np.ones(2)
    function(logits, logits, "none")
    logits[:] = 5

    assert function(logits, logits, "none").tolist() == [1, 1]


@pytest.mark.parametrize("change", ["x[0] = 1", "x.shape = (1, 2)", "np.copyto(x, np.negative(x))"])
def test_function_that_changes_its_inputs_is_refused(module, change):
    function = module(f"import numpy as np\n\ndef loss(x, z):\n    y = x + 0\n    {change}\n    return y")
    zeros = np.zeros(2)

    with pytest.raises(Refused, match="^loss changed its logits, which belong to its caller$"):
        function(zeros, zeros, "none")
    assert zeros.tolist() == [0, 0] and zeros.shape == (2,)


def test_function_that_leaves_nan_inputs_alone_is_not_refused(module):
    inputs = np.array([np.nan, -0.0])

    assert np.isnan(module("def loss(x, z): return x")(inputs, inputs, "none")[0])


class Converts:
    def __init__(self, array):
        self.array = array

    def __array__(self, dtype=None, copy=None):
        return self.array


@pytest.mark.parametrize("returned", [np.float16(2.5), np.array(2.5), Converts(np.float32(2.5).reshape(1))])
def test_as_array_of_what_converts_itself_keeps_dtype_and_shape(returned):
    result = as_array(returned, "loss")

    assert result == 2.5
    assert (result.dtype, result.shape) == (np.asarray(returned).dtype, np.shape(returned))


@pytest.mark.parametrize(
    ("returned", "name"), [(2.5, "a float"), (7, "an int"), (True, "a bool"), ([1.0], "a list"), ((1.0,), "a tuple"), ("1", "a str"), ({}, "a dict")]
)
def test_as_array_of_python_values_is_refused(returned, name):
    with pytest.raises(Refused, match=f"^loss returned {name}; return a NumPy array"):
        as_array(returned, "loss")


def test_as_array_of_what_cannot_convert_itself_raises_its_own_error():
    class NeedsGradient:
        def __array__(self, dtype=None, copy=None):
            raise RuntimeError("Use tensor.detach().numpy() instead.")

    with pytest.raises(RuntimeError, match="detach"):
        as_array(NeedsGradient(), "loss")


@pytest.mark.parametrize("shape", [(1 << 20, 1 << 12), (1 << 31, 0)])
def test_as_array_of_more_elements_than_can_be_judged_is_refused(shape):
    with pytest.raises(Refused, match="more than 2147483647 elements"):
        as_array(np.broadcast_to(np.float32(1), shape), "loss")


@pytest.mark.parametrize(
    "expression",
    ["x.astype('>f4')", "np.asfortranarray(x)", "np.repeat(x, 2, axis=1)[:, ::2]", "x.astype('f8')", "x.astype(np.longdouble)"],
)
def test_worker_writes_results_of_any_memory_layout(tmp_path, expression):
    write(tmp_path / "losses.py", f"import numpy as np\n\ndef loss(x, z): return {expression}")

    with Worker(tmp_path, "losses.py:loss") as worker:
        worker.receive()
        (answer,) = worker.evaluate(worker.item(gradient=False))

    assert answer["Outcome"] == 0 and answer["Loss"]["Shape"] == [2, 5]
    np.testing.assert_array_equal(worker.array(2), worker.array(0))


@pytest.mark.parametrize("dtype", ["complex64", "object", "U4", "M8[s]"])
def test_worker_refuses_results_without_real_numbers(tmp_path, dtype):
    write(tmp_path / "losses.py", f"import numpy as np\n\ndef loss(x, z): return np.zeros(x.shape, '{dtype}')")

    with Worker(tmp_path, "losses.py:loss") as worker:
        worker.receive()
        (answer,) = worker.evaluate(worker.item())

    assert answer["Outcome"] == 2 and answer["Message"].endswith("was returned; it must hold real numbers")
    assert (worker.array(2) == POISON).all()


def test_dtype_of_bfloat16_without_its_package_says_what_to_install(monkeypatch):
    dtype_of.cache_clear()
    monkeypatch.setitem(sys.modules, "ml_dtypes", None)

    with pytest.raises(Refused, match="^bfloat16 arrays need the package ml_dtypes, which the environment of .* has not; install it, or leave bfloat16 out with --dtype$"):
        dtype_of("bfloat16")


def test_dtype_of_every_name_has_that_name():
    dtype_of.cache_clear()

    assert [dtype_of(name).name for name in ("float16", "bfloat16", "float32", "float64")] == ["float16", "bfloat16", "float32", "float64"]


def test_describe_names_the_innermost_line_of_the_file(module, tmp_path):
    function = module("import json\n\ndef parse(text): return json.loads(text)\n\ndef loss(x, z): return parse('{')")

    with pytest.raises(ValueError) as caught:
        function(np.ones(1), np.ones(1), "none")

    assert describe(caught.value, function.file).endswith("(losses.py:3)")
    assert "(decoder.py:" in describe(caught.value, str(tmp_path / "other.py"))


def test_describe_of_an_error_that_cannot_be_printed_is_its_type():
    class Unprintable(Exception):
        def __str__(self):
            raise ValueError

    assert describe(Unprintable(), None) == "Unprintable"


def test_versions_name_what_the_module_has_imported(monkeypatch):
    class Framework:
        __version__ = "9.8.7"

    monkeypatch.setitem(sys.modules, "torch", Framework)
    monkeypatch.setitem(sys.modules, "jax", None)

    found = versions()

    assert found["torch"] == "9.8.7" and "jax" not in found and found["python"].startswith("3.")


def test_load_in_an_old_python_says_which_is_needed(monkeypatch):
    monkeypatch.setattr(conformance_worker, "OLDEST_PYTHON", (99, 0))

    with pytest.raises(Unavailable) as caught:
        conformance_worker.load("losses:loss", None)

    assert "99.0 or later is needed" in caught.value.missing


def test_script_can_be_read_by_the_oldest_python():
    ast.parse(SCRIPT.read_text(), feature_version=conformance_worker.OLDEST_PYTHON)
