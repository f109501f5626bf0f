import subprocess
import sys

# It holds standard error for as long as it runs.
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(47.25)"])


def loss(logits, labels):
    return logits
