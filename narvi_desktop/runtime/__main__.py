"""Run the runtime in the background, as the command line starts it."""

import argparse
import sys

from narvi_desktop.state.paths import Paths

from .main import run

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--ready", action="store_true", help="tell the starter by a line of JSON")
    parser.add_argument("--adopt", type=int, nargs=3, help="two file descriptors and the process id of a window host")
    parser.add_argument("--window", action="store_true", help="a window will be opened at once")
    options = parser.parse_args()
    adopt = options.adopt and tuple(options.adopt)
    sys.exit(run(Paths.default(), foreground=False, adopt=adopt, window=options.window))
