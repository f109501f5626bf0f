import os
import subprocess
import sys

import pytest


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
