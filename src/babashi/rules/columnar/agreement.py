"""Before a pack is published: the columnar evaluator must be able to compute it, and say what the scalar one says.

The whole language compiles to columns, so a finding here is a fault of the engine and not of the pack. But a pack
that one of the two evaluators computes otherwise must not decide about anybody.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from babashi.rules.cases import Case
from babashi.rules.columnar.columns import batch_of_subjects
from babashi.rules.columnar.match import Matcher
from babashi.rules.evaluate import evaluate
from babashi.rules.pack import Item, Pack
from babashi.rules.problems import Problem
from babashi.rules.values import NO_PARAMETERS, Parameters, Subject

Situation = tuple[str, Subject, Parameters, dt.date]
_ROW = np.zeros(1, np.intp)


def check_columns(pack: Pack, cases: Sequence[Case], file: str = "") -> list[Problem]:
    """Every item, for somebody of whom nothing is known and for each of its cases, in both evaluators."""
    return [
        Problem(file, 1, 1, f"{item.id}：{difference}", "请把政策包交给维护人员，暂不要发布")
        for item in pack.items
        for difference in _differences(item, _situations(item, cases))
    ]


def _situations(item: Item, cases: Iterable[Case]) -> Iterator[Situation]:
    yield "什么也不知道时", Subject({}, {}), NO_PARAMETERS, item.until
    for case in cases:
        if case.item is item:
            given = case.situation
            parameters = Parameters(given.parameters)
            yield f"用例“{case.name}”", Subject(given.facts, given.tables), parameters, case.as_of


def _differences(item: Item, situations: Iterable[Situation]) -> Iterator[str]:
    try:
        matcher = Matcher([item], engine="numpy")
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        yield f"列式引擎不能编译（{error}）"
        return
    for name, subject, parameters, as_of in situations:
        result = evaluate(item, subject, parameters, as_of)
        try:
            found = _in_columns(matcher, item, subject, parameters)
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            yield f"{name}，列式引擎不能计算（{error}）"
            continue
        if found != (result.verdict, frozenset(result.missing)):
            yield f"{name}，两个引擎的结论不一样：{result.verdict} 和 {found[0]}"


def _in_columns(
    matcher: Matcher, item: Item, subject: Subject, parameters: Parameters
) -> tuple[str, frozenset[str]]:
    """Verdict and missing ids of one subject, computed in columns."""
    batch = batch_of_subjects([subject], item.dictionary, parameters)
    verdicts = matcher.verdicts(batch)
    if verdicts.eligible(0)[0]:
        masks = matcher.amounts(batch, 0, _ROW).missing
        return "eligible", frozenset(name for name, mask in masks.items() if mask[0])
    if verdicts.ineligible(0)[0]:
        matcher.failed(batch, 0, _ROW)
        return "ineligible", frozenset()
    masks = matcher.missing(batch, 0, _ROW)
    return "unknown", frozenset(name for name, mask in masks.items() if mask[0])
