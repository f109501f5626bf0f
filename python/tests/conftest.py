import os

import pytest

# All of these are read once, when TensorFlow or Keras is first imported.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ["KERAS_BACKEND"] = "tensorflow"

ORACLE_CHECKED = pytest.StashKey()


def pytest_addoption(parser):
    parser.addoption("--oracle-truths", metavar="FILE", help="check the truths in FILE, as written by a test of the harness")


def pytest_generate_tests(metafunc):
    path = metafunc.config.getoption("--oracle-truths")
    if "truths" in metafunc.fixturenames and path:
        import oracle_truths

        tests = oracle_truths.read(path)
        metafunc.parametrize("truths", tests, ids=[test["id"] for test in tests])


def pytest_collection_modifyitems(config, items):
    # Without a file there is nothing to check: say so in the count of the deselected, and leave nothing that seems to pass.
    if config.getoption("--oracle-truths"):
        return
    without_file = [item for item in items if "truths" in item.fixturenames]
    items[:] = [item for item in items if item not in without_file]
    config.hook.pytest_deselected(items=without_file)


@pytest.fixture
def oracle_checked(request):
    """Counts for the summary: a test that checked nothing must not look like one that did."""
    return request.config.stash.setdefault(ORACLE_CHECKED, {"inputs": 0, "truths": 0, "faults": 0})


def pytest_terminal_summary(terminalreporter, config):
    checked = config.stash.get(ORACLE_CHECKED, None)
    if checked:
        terminalreporter.write_line(f"oracle: {checked['inputs']} inputs, {checked['truths']} truths, {checked['faults']} faults")
