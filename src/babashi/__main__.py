"""`python -m babashi …` is the command `babashi …`."""

from babashi.cli import main

raise SystemExit(main())
