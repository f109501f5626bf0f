"""The oracle of the harness against mpmath; needs --oracle-truths FILE, and is deselected without it."""

import oracle_truths


def test_truths_are_correctly_rounded(truths, oracle_checked):
    found, inputs, checked = oracle_truths.faults(truths)
    oracle_checked["inputs"] += inputs
    oracle_checked["truths"] += checked
    oracle_checked["faults"] += len(found)
    assert not found, "\n".join(found[:20])
