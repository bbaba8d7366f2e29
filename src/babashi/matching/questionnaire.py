"""The questionnaire: answers live in the session of the browser and nowhere else."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import QueryDict

from babashi.catalogue import cells, factforms
from babashi.catalogue import queries as catalogue
from babashi.rules.facts import FactDictionary
from babashi.rules.questions import Question
from babashi.rules.values import Row, Source, Subject, Value

KEY = "questionnaire"
MAX_STEPS = 60
TYPED = Source(kind="typed")
INDUSTRIES: Final = {
    "13": "农副食品加工", "14": "食品制造", "17": "纺织", "26": "化学原料", "27": "医药", "30": "非金属矿物",
    "33": "金属制品", "34": "通用设备", "35": "专用设备", "36": "汽车制造", "37": "摩托车等运输设备", "38": "电气机械",
    "39": "电子设备", "51": "批发", "52": "零售", "62": "餐饮", "65": "软件和信息技术",
}  # fmt: skip
"""The industries met most often, to be chosen with one tap: hardly anybody knows the code of his own."""

Session = MutableMapping[str, Any]


@dataclass(slots=True)
class Answered:
    """What was answered so far. ``steps`` is the way back; a step answered 不知道 has no answer."""

    name: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    tables: dict[str, list[dict[str, str]] | None] = field(default_factory=dict)
    """Rows as texts; None: the enterprise has none."""
    steps: list[str] = field(default_factory=list)

    @classmethod
    def load(cls, session: Session) -> Answered:
        """From the session; what is not of the expected form starts empty."""
        stored = session.get(KEY)
        if not isinstance(stored, dict):
            return cls()
        return cls(
            name=str(stored.get("name", "")),
            facts=dict(stored.get("facts", {})),
            tables=dict(stored.get("tables", {})),
            steps=list(stored.get("steps", [])),
        )

    def save(self, session: Session) -> None:
        """Into the session."""
        session[KEY] = {"name": self.name, "facts": self.facts, "tables": self.tables, "steps": self.steps}

    def subject(self, known: FactDictionary) -> Subject:
        """The answers as the rules see them, each with its source 您填写的."""
        errors: cells.Errors = {}
        facts: dict[str, Value | None] = cells.read_facts(self.facts, known, errors)
        tables: dict[str, list[Row] | None] = {
            table: [] if rows is None else (cells.read_rows(table, rows, known, errors) or None)
            for table, rows in self.tables.items()
        }
        sources = dict.fromkeys([*facts, *tables], TYPED)
        return Subject(facts, tables, sources)

    def step(self, ref: str) -> None:
        """Note that this was asked, as the last one."""
        self.steps = [*(step for step in self.steps if step != ref), ref][-MAX_STEPS:]

    def back(self) -> str:
        """Undo the last step and return what it asked; empty at the beginning."""
        if not self.steps:
            return ""
        ref = self.steps.pop()
        self.facts.pop(ref, None)
        self.tables.pop(ref, None)
        return ref

    @property
    def skipped(self) -> list[str]:
        """Asked and answered 不知道."""
        return [step for step in self.steps if step not in self.facts and step not in self.tables]


def home_of(ref: str) -> str:
    """A cell is asked for together with its table."""
    return ref.partition(".")[0]


def next_question(asked: tuple[Question, ...], answered: Answered) -> Question | None:
    """The first question not asked yet; a table whose rows leave something open is not asked a second time."""
    return next((question for question in asked if home_of(question.ref) not in answered.steps), None)


def columns_of(table: str, packs_items: list[Any], known: FactDictionary) -> list[str]:
    """Columns of a table that any item looks at, in the order of the dictionary."""
    used = {ref for item in packs_items for ref in item.facts if ref.startswith(f"{table}.")}
    return [ref.partition(".")[2] for ref in cells.order(known, used)]


def read(ref: str, columns: list[str], data: QueryDict) -> factforms.Answers:
    """What was posted for one question."""
    known = catalogue.dictionary()
    if ref in known.tables:
        return factforms.read(data, [], {ref: columns}, known)
    return factforms.read(data, [ref], {}, known)


def accept(answered: Answered, ref: str, posted: factforms.Answers) -> bool:
    """Take an answer; False when it has none (which counts as 不知道)."""
    answered.facts.pop(ref, None)
    answered.tables.pop(ref, None)
    answered.step(ref)
    if ref in posted.facts:
        answered.facts[ref] = posted.texts[ref]
        return True
    if ref in posted.none_tables:
        answered.tables[ref] = None
        return True
    if posted.tables.get(ref):
        rows = posted.row_texts.get(ref) or []
        answered.tables[ref] = [row for row in rows if any(row.values())]
        return True
    return False
