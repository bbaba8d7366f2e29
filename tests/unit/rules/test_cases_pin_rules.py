"""The cases of a pack hold its rules in place: whatever is changed in a rule, a case no longer holds.

Every comparison is turned and moved by its smallest step, every figure, code, condition, line of a
dated table and last day is changed, one at a time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from babashi.rules import FactDictionary, load_pack, packs_root, tree
from babashi.rules import pack as packs
from babashi.rules.cases import Case, read_cases
from babashi.rules.loader import find_packs
from babashi.rules.pack import Item
from babashi.rules.units import YUAN, Type

DICTIONARY = FactDictionary.load()
TURNED = {"<": ("<=", ">"), "<=": ("<",), ">": (">=", "<"), ">=": (">",), "==": ("!=",), "!=": ("==",)}
FEN = Fraction(1, 100)

Change = tuple[str, Any]
"""What was changed, and the changed thing."""


def changes(thing: Any) -> Iterator[Change]:
    """The thing changed in one place, in every way there is."""
    match thing:
        case tree.Compare(op=op, left=left, right=right):
            yield from ((f"{op} 改成 {other}", replace(thing, op=other)) for other in TURNED[op])
            for name, side in (("left", left), ("right", right)):
                if isinstance(side, tree.Literal):
                    yield from ((words, replace(thing, **{name: new})) for words, new in moved(side))
                else:
                    yield from below(thing, name)
            return
        case tree.Literal(value=int() | Fraction() as value) if not isinstance(value, bool):
            yield f"{thing.text} 加一", replace(thing, value=value + 1)
        case tree.InSet() | tree.Overlaps():
            for value in thing.values:
                rest = tuple(other for other in thing.values if other != value)
                yield f"去掉 {value.value}", replace(thing, values=rest)
        case tree.DatedLookup(steps=steps):
            yield from ((words, replace(thing, steps=new)) for words, new in moved_steps(steps))
        case tree.And(args=parts) | tree.Or(args=parts):
            yield from ((words, replace(thing, args=new)) for words, new in without_one(parts))
        case packs.All(parts=parts) | packs.Any(parts=parts):
            yield from ((words, replace(thing, parts=new)) for words, new in without_one(parts))
        case tree.MinMax(op=op):
            yield f"{op} 反过来", replace(thing, op="max" if op == "min" else "min")
        case _:
            pass
    for field in fields(thing) if is_dataclass(thing) else ():
        yield from below(thing, field.name)


def below(thing: Any, name: str) -> Iterator[Change]:
    """Changes of one part of a thing."""
    part = getattr(thing, name)
    if isinstance(part, tuple):
        for place, entry in enumerate(part):
            for words, new in changes(entry):
                yield words, replace(thing, **{name: (*part[:place], new, *part[place + 1 :])})
    elif is_dataclass(part) and not isinstance(part, Type):
        yield from ((words, replace(thing, **{name: new})) for words, new in changes(part))


def moved(constant: tree.Literal | tree.Param) -> Iterator[Change]:
    """A constant by its smallest step to either side."""
    value = constant.value
    if isinstance(value, dt.date):
        steps: list[Any] = [dt.timedelta(days=1), -dt.timedelta(days=1)]
    elif isinstance(value, (int, Fraction)) and not isinstance(value, bool):
        step = FEN if constant.type == YUAN else 1
        steps = [step, -step]
    else:
        return
    for step in steps:
        yield f"{value} 改成 {value + step}", replace(constant, value=value + step)


def moved_steps(steps: tuple[Any, ...]) -> Iterator[Change]:
    for place, (day, rate) in enumerate(steps):
        for other in (
            (day + dt.timedelta(days=1), rate),
            (day - dt.timedelta(days=1), rate),
            (day, rate + Fraction(1, 10_000)),
        ):
            yield f"{day} {rate} 改成 {other[0]} {other[1]}", (*steps[:place], other, *steps[place + 1 :])


def without_one(parts: tuple[Any, ...]) -> Iterator[Change]:
    for place, part in enumerate(parts):
        yield f"去掉 {getattr(part, 'id', part)}", parts[:place] + parts[place + 1 :]


def changed_items(item: Item) -> Iterator[tuple[str, Item]]:
    """The item with one thing changed in its conditions, its amounts or its last day."""
    if item.applicant == "enterprise":
        yield from ((words, replace(item, eligible=new)) for words, new in changes(item.eligible))
    for name in ("floor", "ceiling"):
        amount = getattr(item.benefit, name)
        for words, new in changes(amount) if amount is not None else ():
            yield f"{name}：{words}", replace(item, benefit=replace(item.benefit, **{name: new}))
    for parameter in parameters(item):
        for words, new in moved(parameter):
            ceiling = with_parameter(item.benefit.ceiling, new)
            yield f"{parameter.name}：{words}", replace(item, benefit=replace(item.benefit, ceiling=ceiling))
    for days in (-1, 1):
        yield f"until 移动 {days} 天", replace(item, until=item.until + dt.timedelta(days=days))


def parameters(item: Item) -> set[tree.Param]:
    """The named constants of the ceiling; each is changed everywhere at once, as a department would."""
    ceiling = item.benefit.ceiling
    return {part for part in tree.walk(ceiling) if isinstance(part, tree.Param)} if ceiling else set()


def with_parameter(thing: Any, new: tree.Param) -> Any:
    """The thing with a new value of one parameter."""
    if isinstance(thing, tree.Param):
        return new if thing.name == new.name else thing
    if isinstance(thing, tuple):
        return tuple(with_parameter(part, new) for part in thing)
    if not is_dataclass(thing) or isinstance(thing, Type):
        return thing
    parts = {field.name: getattr(thing, field.name) for field in fields(thing)}
    return replace(thing, **{name: with_parameter(part, new) for name, part in parts.items()})


def notices(case: Case, changed: Item) -> bool:
    """Whether the case no longer holds."""
    return bool(replace(case, item=changed).run())


def all_items() -> Iterator[Any]:
    for folder in find_packs(packs_root()):
        pack = load_pack(folder, DICTIONARY)
        cases = read_cases(pack)
        for item in pack.items:
            own = [case for case in cases if case.item is item]
            yield pytest.param(item, own, id=item.full_id)


ALL_ITEMS = list(all_items())


@pytest.mark.parametrize(("item", "cases"), ALL_ITEMS)
def test_no_change_of_a_rule_goes_unnoticed(item: Item, cases: list[Case]) -> None:
    tried = list(changed_items(item))
    assert len(tried) >= (2 if item.applicant == "person" else 12)
    assert [words for words, changed in tried if not any(notices(case, changed) for case in cases)] == []


@pytest.mark.parametrize(("item", "cases"), ALL_ITEMS)
def test_everything_a_rule_looks_at_is_missing_in_some_case(item: Item, cases: list[Case]) -> None:
    told = {ref for case in cases for ref in case.expect["missing"]}  # type: ignore[attr-defined]
    tables = {ref.partition(".")[0] for ref in item.facts if "." in ref}
    dated = {part.name for part in lookups(item)}
    wanted = item.facts | tables | dated if item.applicant == "enterprise" else set()
    assert wanted - told == set()


def lookups(item: Item) -> Iterator[tree.DatedLookup]:
    for amount in (item.benefit.floor, item.benefit.ceiling):
        if amount is not None:
            yield from (part for part in tree.walk(amount) if isinstance(part, tree.DatedLookup))


@pytest.mark.parametrize(("item", "cases"), ALL_ITEMS)
def test_every_condition_fails_in_some_case(item: Item, cases: list[Case]) -> None:
    if item.applicant == "enterprise":
        assert isinstance(item.eligible, packs.All)
        failed = {clause for case in cases for clause in case.expect.get("failed", ())}  # type: ignore[attr-defined]
        assert {part.id for part in item.eligible.parts} - failed == set()
        assert len(cases) >= 10


def test_packs_are_found() -> None:
    assert Path(packs_root() / "banan" / "2022-63") in find_packs(packs_root())
