"""Types of the expression language: what may be compared with, added to and multiplied by what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from babashi.rules.facts import FactSpec

UNIT_WORDS: Final = {"yuan": "元", "person": "人", "day": "天", "month": "个月", "row": "个"}


@dataclass(frozen=True, slots=True)
class Type:
    """A type: its kind and, for numbers, the exponents of its units.

    Kinds: ``bool``, ``number``, ``date``, ``year``, ``division``, ``code``, ``codes``, ``text``,
    and ``any`` for what could not be typed (an error was already reported there).
    """

    kind: str
    unit: tuple[tuple[str, int], ...] = ()
    spec: FactSpec | None = field(default=None, compare=False, repr=False)
    """The fact a code belongs to: its code list decides which codes may be written."""

    @property
    def words(self) -> str:
        """The type in Chinese, for messages."""
        if self.kind == "number":
            return _unit_words(self.unit)
        names = {
            "bool": "是/否",
            "date": "日期",
            "year": "年度",
            "division": "行业大类",
            "code": "代码",
            "codes": "多值代码",
            "text": "文字",
            "any": "未知类型",
        }
        return names[self.kind]


def _unit_words(unit: tuple[tuple[str, int], ...]) -> str:
    if not unit:
        return "数（无单位或百分比）"
    above = "·".join(
        UNIT_WORDS[name] + (f"^{power}" if power > 1 else "") for name, power in unit if power > 0
    )
    below = "·".join(
        UNIT_WORDS[name] + (f"^{-power}" if power < -1 else "") for name, power in unit if power < 0
    )
    return f"{above or '1'}/{below}" if below else above


BOOL: Final = Type("bool")
DATE: Final = Type("date")
YEAR: Final = Type("year")
DIVISION: Final = Type("division")
TEXT: Final = Type("text")
ANY: Final = Type("any")
RATIO: Final = Type("number")
YUAN: Final = Type("number", (("yuan", 1),))
PERSON: Final = Type("number", (("person", 1),))
DAY: Final = Type("number", (("day", 1),))
MONTH: Final = Type("number", (("month", 1),))
ROWS: Final = Type("number", (("row", 1),))

_NUMBER_UNITS: Final = {
    "元": YUAN, "人": PERSON, "天": DAY, "月": MONTH, "个月": MONTH, "个": ROWS, "": RATIO, "%": RATIO,
}  # fmt: skip
_EACH: Final = {"person": "人", "day": "天", "month": "月", "row": "个"}
"""Of what there may be so much money each, in the order of speech: 每人每月."""


def type_of_fact(spec: FactSpec) -> Type:
    """The type of a fact or of a column."""
    if spec.type == "money":
        return YUAN
    if spec.type == "int":
        return _NUMBER_UNITS.get(spec.unit, RATIO)
    if spec.type == "ratio":
        return RATIO
    if spec.type in ("code", "codes"):
        return Type(spec.type, spec=spec)
    if spec.type == "year":
        return Type("year", spec=spec)
    return {"bool": BOOL, "date": DATE, "text": TEXT}[spec.type]


def multiply(left: Type, right: Type, sign: int = 1) -> Type:
    """Type of a product (``sign`` 1) or of a quotient (``sign`` -1): exponents add up."""
    powers = dict(left.unit)
    for name, power in right.unit:
        powers[name] = powers.get(name, 0) + sign * power
    return Type("number", tuple(sorted((name, power) for name, power in powers.items() if power)))


def each_words(kind: Type) -> str:
    """每人每月 for 元/人/月; empty for what is no money for each of something."""
    powers = dict(kind.unit)
    if powers.pop("yuan", 0) != 1 or not powers or set(powers.values()) != {-1}:
        return ""
    return "".join(f"每{word}" for name, word in _EACH.items() if name in powers)


def each_lacking(kind: Type) -> str:
    """/人/月 for 人·月·元: by what the money of a product has still to be divided; empty if that is not it."""
    powers = dict(kind.unit)
    if powers.pop("yuan", 0) != 1:
        return ""
    too_many = {name for name, power in powers.items() if power == 1}
    if not too_many or any(power > 1 for power in powers.values()):
        return ""
    return "".join(f"/{word}" for name, word in _EACH.items() if name in too_many)
