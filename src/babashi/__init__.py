"""Babashi: every support policy of a district reaches its enterprises."""
