"""`python -m babashi …` is the command `babashi …`."""

from babashi.cli import main

if __name__ == "__main__":  # the web server's workers import this module again under another name
    raise SystemExit(main())
