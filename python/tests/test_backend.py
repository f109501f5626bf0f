import os
import subprocess
import sys

import pytest

# What keras_losses takes of tf_keras, which the environment does not have; the loss is a number to be recognized.
LEGACY_KERAS = """
from types import SimpleNamespace

__version__ = "9.8.7"
losses = SimpleNamespace(
    binary_crossentropy=lambda labels, logits, from_logits: logits[..., 0] * 0 + 42,
    BinaryCrossentropy=lambda from_logits, reduction: lambda labels, logits: logits[..., 0],
)
"""
LEGACY_SCRIPT = """
import numpy as np
from conformance_losses import keras_losses, tensorflow_losses

loss, _ = keras_losses.evaluate("binary_crossentropy/from_logits", "eager", "none", np.ones(1, "f"), np.ones(1, "f"), True)
print(keras_losses.versions()["keras"], loss, "keras" in tensorflow_losses.versions())
"""


@pytest.mark.parametrize("backend", [None, "numpy"])
def test_keras_losses_without_tensorflow_backend_refuses_to_import(backend):
    environment = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    if backend:
        environment["KERAS_BACKEND"] = backend
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)

    process = subprocess.run(
        [sys.executable, "-B", "-c", "import conformance_losses.keras_losses"], env=environment, capture_output=True, text=True
    )

    assert process.returncode == 1
    assert "ImportError: Set KERAS_BACKEND=tensorflow before" in process.stderr


@pytest.mark.parametrize("legacy", ["1", "True", "true"])
def test_keras_losses_with_legacy_keras_computes_with_tf_keras_and_says_so(tmp_path, legacy):
    (tmp_path / "tf_keras.py").write_text(LEGACY_KERAS)
    environment = {**os.environ, "TF_USE_LEGACY_KERAS": legacy, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}

    process = subprocess.run([sys.executable, "-B", "-c", LEGACY_SCRIPT], env=environment, capture_output=True, text=True)

    assert process.returncode == 0, process.stderr
    assert process.stdout.split("\n")[0] == "9.8.7+tf_keras [42.] False"
