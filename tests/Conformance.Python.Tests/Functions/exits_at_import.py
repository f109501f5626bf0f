import os
import sys

print("cannot go on", file=sys.stderr)
os._exit(4)


def loss(logits, labels):
    return logits
