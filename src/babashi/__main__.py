"""``python -m babashi`` is the same as ``babashi``."""

import sys

from babashi.cli import main

sys.exit(main())
