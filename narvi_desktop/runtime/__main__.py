"""The runtime in the background, as the command line starts it."""

import sys

from .main import run
from .paths import Paths

if __name__ == "__main__":
    sys.exit(run(Paths.default(), foreground=False))
