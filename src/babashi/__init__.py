"""Babashi: every support policy of a district reaches its enterprises."""

__version__ = "0.1.0"
