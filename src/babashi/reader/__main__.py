"""``python -m babashi.reader read FILE``: the notice commands by themselves."""

import sys

from babashi.cli import main

if __name__ == "__main__":
    sys.exit(main(["notice", *sys.argv[1:]]))
