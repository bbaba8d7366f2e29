"""The exchange format of the register: reading, checking and writing facts about enterprises."""

from babashi.register_io.layout import RegisterLayout, TableLayout
from babashi.register_io.limits import DEFAULT_LIMITS, Limits
from babashi.register_io.problems import Problem, problems_path, write_problems_csv
from babashi.register_io.reading import read_register
from babashi.register_io.register import Register, RegisterRow, RegisterTable, RejectedRow
from babashi.register_io.rows import Progress

__all__ = [
    "DEFAULT_LIMITS",
    "Limits",
    "Problem",
    "Progress",
    "Register",
    "RegisterLayout",
    "RegisterRow",
    "RegisterTable",
    "RejectedRow",
    "TableLayout",
    "problems_path",
    "read_register",
    "write_problems_csv",
]
