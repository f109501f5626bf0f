import a_package_that_nobody_has  # noqa: F401


def loss(logits, labels):
    return logits
