"""Codes and small questions that the tests of the register share."""

from __future__ import annotations

from babashi.register_io import Register

A = "91500113MA5U000010"
B = "91500113MA5U000023"
C = "91500113MA5U000036"


def errors(register: Register) -> list[tuple[int | None, str]]:
    """Row and reason of every error."""
    return [(p.row, p.reason) for p in register.problems if p.severity == "error"]


def warnings(register: Register) -> list[tuple[int | None, str]]:
    """Row and reason of every warning."""
    return [(p.row, p.reason) for p in register.problems if p.severity == "warning"]
