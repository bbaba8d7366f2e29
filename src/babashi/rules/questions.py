"""What to ask next, and what an enterprise narrowly misses: both come from the rules themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from babashi.rules.chinese import typed_text
from babashi.rules.compiled import Env, Missing, compile_amount, compile_expr
from babashi.rules.evaluate import evaluate_all
from babashi.rules.facts import FactDictionary, FactSpec
from babashi.rules.intervals import bounds
from babashi.rules.money import MOST_YUAN, round_fen
from babashi.rules.pack import Clause, Item, Node, Not, nodes
from babashi.rules.results import Result
from babashi.rules.trace import node_words
from babashi.rules.tree import Compare, Expr, FieldRef, Literal, Param, references, walk
from babashi.rules.values import NO_PARAMETERS, Parameters, Subject


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer: the text of the exchange format, and how it is shown."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question whose answer can still change a verdict or an amount."""

    ref: str
    """Fact (``kind``), table (``loans``) or cell (``loans.principal``)."""
    text: str
    label: str
    type: str
    """Type of the fact, or ``table``."""
    unit: str
    choices: tuple[Choice, ...]
    several: bool
    columns: tuple[FactSpec, ...]
    """For a table: the columns that matter."""
    items: tuple[str, ...]
    """Full ids of the items it may settle."""
    potential: Decimal
    """What these items may bring at most, as far as it is bounded (yuan)."""


def candidates_of(spec: FactSpec) -> tuple[Choice, ...]:
    """Answers to choose from; empty where one writes a number, a day or a text."""
    if spec.type == "bool":
        return (Choice("是", "是"), Choice("否", "否"))
    codes = [Choice(code, spec.code_name(code)) for code in (spec.codes or tuple(spec.names))]
    if spec.none_word and codes:
        codes.append(Choice(spec.none_word, spec.none_word))
    return tuple(codes)


def questions(
    items: Iterable[Item], subject: Subject, parameters: Parameters | None, as_of: dt.date
) -> tuple[Question, ...]:
    """All questions that can still change an answer, the most useful first.

    Facts that only an official records are never asked. Items past their last day and items for persons
    ask nothing.
    """
    asked = [item for item in items if item.applicant == "enterprise" and as_of <= item.until]
    wanted: dict[str, list[Item]] = {}
    for item, result in zip(asked, evaluate_all(asked, subject, parameters, as_of), strict=True):
        for ref in result.missing:
            wanted.setdefault(ref, []).append(item)
    if not asked:
        return ()
    dictionary = asked[0].dictionary
    found = [_question(ref, needing, subject, dictionary) for ref, needing in wanted.items()]
    order = dictionary.order
    return tuple(
        sorted(
            (question for question in found if question is not None),
            key=lambda question: (-len(question.items), order.get(question.ref, 0)),
        )
    )


def next_question(
    items: Iterable[Item], subject: Subject, parameters: Parameters | None, as_of: dt.date
) -> Question | None:
    """The question to ask next, ``None`` when no answer changes anything any more."""
    return next(iter(questions(items, subject, parameters, as_of)), None)


def _question(ref: str, items: list[Item], subject: Subject, dictionary: FactDictionary) -> Question | None:
    spec, table = dictionary.spec(ref), dictionary.tables.get(ref)
    ids = tuple(item.full_id for item in items)
    potential = sum((potential_of(item, subject) or Decimal(0) for item in items), Decimal(0))
    if table is not None:
        used = {cell for item in items for cell in item.facts if cell.startswith(f"{ref}.")}
        columns = tuple(column for column in table.columns.values() if column.ref in used)
        return Question(ref, table.question, table.label, "table", "", (), True, columns, ids, potential)
    if spec is None or not spec.declarable:
        return None
    label = dictionary.missing_label(ref)
    choices, several = candidates_of(spec), spec.type == "codes"
    return Question(ref, spec.question, label, spec.type, spec.unit, choices, several, (), ids, potential)


def potential_of(item: Item, subject: Subject) -> Decimal | None:
    """The most an item may bring to a subject with these facts; ``None`` when nothing bounds it."""
    if item.benefit.ceiling is None:
        return None
    high = bounds(item.benefit.ceiling, subject.facts).high
    return None if high is None or high > MOST_YUAN else round_fen(max(Fraction(0), Fraction(high)))


# -- near misses ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NearMiss:
    """An item that fails by one condition which may yet change, and what it would bring."""

    item: str
    title: str
    clause: str
    text: str
    gap: str
    """How much is missing, where it can be counted: ``差 20万元``."""
    hint: str
    potential: Decimal | None


def near_misses(
    items: Iterable[Item], subject: Subject, parameters: Parameters | None, as_of: dt.date
) -> tuple[NearMiss, ...]:
    """差一点: one condition fails, and not one that the enterprise can't change; the rest is met or open."""
    candidates = [item for item in items if item.applicant == "enterprise" and as_of <= item.until]
    env = Env(subject, parameters or NO_PARAMETERS)
    found: list[NearMiss] = []
    for item, result in zip(candidates, evaluate_all(candidates, subject, parameters, as_of), strict=True):
        miss = _near_miss(item, result, env)
        if miss is not None:
            found.append(miss)
    return tuple(sorted(found, key=lambda miss: -(miss.potential or Decimal(0))))


def _near_miss(item: Item, result: Result, env: Env) -> NearMiss | None:
    if result.verdict != "ineligible" or len(result.failed) != 1:
        return None
    node = next(node for node in nodes(item.eligible) if node.id == result.failed[0])
    tests = [part.test for part in nodes(node) if isinstance(part, Clause)]
    refs = set().union(*(references(test) for test in tests))
    if all(_is_fixed(ref, item.dictionary) for ref in refs):
        return None
    ceiling = item.benefit.ceiling
    value = compile_amount(ceiling)(env) if ceiling is not None else None
    potential = potential_of(item, env.subject)
    if value is not None and type(value) is not Missing and value > 0:
        potential = value
    text = node_words(item.dictionary, node)
    return NearMiss(item.full_id, item.short_title, node.id, text, _gap(node, env), node.hint, potential)


def _is_fixed(ref: str, dictionary: FactDictionary) -> bool:
    spec = dictionary.spec(ref)
    return spec is not None and spec.fixed


def _gap(node: Node, env: Env) -> str:
    tests: Iterator[Expr] = iter(())
    if isinstance(node, Clause):
        tests = walk(node.test)
    elif isinstance(node, Not) and isinstance(node.part, Clause):
        tests = walk(node.part.test)
    gaps = []
    for test in tests:
        if (
            isinstance(test, Compare)
            and isinstance(test.right, (Literal, Param))
            and test.left.type.kind == "number"
        ):
            if any(isinstance(part, FieldRef) for part in walk(test.left)):
                continue
            value, bound = compile_expr(test.left)(env), test.right.value
            if type(value) is Missing or not isinstance(bound, (int, Fraction)):
                continue
            gaps.append(f"相差{typed_text(abs(value - bound), test.left.type)}")
    return "，".join(gaps)
