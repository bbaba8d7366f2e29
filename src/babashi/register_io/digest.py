"""A fingerprint of what a register says, whatever it looks like."""

from __future__ import annotations

import hashlib
from decimal import Decimal

from babashi.register_io.register import Register, RegisterTable, Values
from babashi.rules.values import Never, Value


def register_digest(register: Register) -> str:
    """SHA-256 in hexadecimal over all accepted values and over what is unknown.

    Equal for equal content: the order of rows and columns, labels or ids, encoding and kind of file
    don't matter. Importing a register whose digest is already recorded changes nothing.
    """
    total = hashlib.sha256()
    tables: dict[str, RegisterTable | None] = {
        register.layout.enterprises.id: register.enterprises if register.has_enterprises else None,
        **register.tables,
        **register.parameters,
    }
    for name, table in tables.items():
        state = "unusable" if name in register.unusable else "absent" if table is None else "present"
        total.update(f"{name}:{state}\n".encode())
        if table is not None:
            total.update(b"".join(sorted(_row_digest(values) for values in table.values)))
        total.update("".join(sorted(register.incomplete.get(name, ()))).encode())
    total.update(b"synthetic" if register.synthetic else b"real")
    return total.hexdigest()


def _row_digest(values: Values) -> bytes:
    text = "\x1f".join(
        ["\x00" if value is None else value if type(value) is str else _canonical(value) for value in values]
    )
    return hashlib.sha256(text.encode()).digest()


def _canonical(value: Value) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, frozenset):
        return "|".join(sorted(value))
    if isinstance(value, Never):
        return value.value
    return str(value)
