"""Checks between the columns of one row."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from babashi.register_io.layout import TableLayout
from babashi.register_io.register import Values


@dataclass(frozen=True, slots=True)
class Finding:
    """What two columns say together: always told, never a reason to refuse a row of a file."""

    is_error: bool
    """Whether somebody who types it is asked to put it right first."""
    column: str
    value: str
    reason: str
    advice: str


_PERIODS: Final = {
    "loans": ("starts_on", "ends_on", True),
    "certificates": ("issued_on", "valid_until", False),
}
"""First day, last day, and whether the wrong order is an error in a form: days of a loan are counted,
those of a certificate are not. In a file it is a warning: such a loan has no day, so it adds nothing,
and the departments' export of a hundred thousand rows must not fail for it."""


def row_findings(table: TableLayout, values: Values) -> tuple[Finding, ...]:
    """Findings of one row; hardly ever any."""
    period = _PERIODS.get(table.id)
    if period is None:
        return ()
    first, last, is_error = period
    begins, ends = values[table.positions[first]], values[table.positions[last]]
    if not isinstance(begins, dt.date) or not isinstance(ends, dt.date) or begins <= ends:
        return ()
    first_label, last_label = table.column(first).label, table.column(last).label
    reason = f"{last_label}早于{first_label} {begins.isoformat()}"
    return (Finding(is_error, last_label, ends.isoformat(), reason, f"请核对{first_label}和{last_label}"),)
