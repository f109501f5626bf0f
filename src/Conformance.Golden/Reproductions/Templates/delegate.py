"""Repeats one failure that `conformance check` found, by the program beside it: `dotnet run Repro.cs`, which needs the .NET 10 SDK.

Exit code 1 says that it still fails, 0 that it does not.
"""

import os
import subprocess
import sys

if __name__ == "__main__":
    sys.exit(subprocess.run(["dotnet", "run", "Repro.cs"], cwd=os.path.dirname(os.path.abspath(__file__)), check=False).returncode)
