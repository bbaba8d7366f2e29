"""Evaluating items for one subject: verdict, amounts, reasons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import partial
from typing import Any as AnyValue

from babashi.rules.compiled import Compiled, Env, Missing
from babashi.rules.pack import All, Item, Node
from babashi.rules.results import Result, Trace
from babashi.rules.trace import build_trace, order_missing
from babashi.rules.values import NO_PARAMETERS, Parameters, Subject


def evaluate(item: Item, subject: Subject, parameters: Parameters | None, as_of: dt.date) -> Result:
    """Verdict of one subject for one item on one day. The trace is built only when asked for."""
    return _evaluate(item, Env(subject, parameters or NO_PARAMETERS), as_of)


def evaluate_all(
    items: Iterable[Item], subject: Subject, parameters: Parameters | None, as_of: dt.date
) -> list[Result]:
    """The same for many items at once: a condition that several of them share is computed once."""
    env = Env(subject, parameters or NO_PARAMETERS)
    return [_evaluate(item, env, as_of) for item in items]


def _evaluate(item: Item, env: Env, as_of: dt.date) -> Result:
    program = item.program
    truth = program.verdict(env)
    amount_min = amount_max = None
    failed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    if truth is True:
        floor, ceiling = _amount(program.floor, env), _amount(program.ceiling, env)
        unknown = [amount for amount in (floor, ceiling) if type(amount) is Missing]
        amount_min = None if type(floor) is Missing else floor
        amount_max = None if type(ceiling) is Missing else ceiling
        if unknown:
            missing = order_missing(item.dictionary, frozenset().union(*unknown))
    elif truth is False:
        failed = tuple(_failed(item, item.eligible, env))
    else:
        missing = order_missing(item.dictionary, truth)
    return Result(
        item=item.full_id,
        verdict="eligible" if truth is True else "ineligible" if truth is False else "unknown",
        amount_min=amount_min,
        amount_max=amount_max,
        failed=failed,
        missing=missing,
        closed=as_of > item.until,
        as_of=as_of,
        pack_version=item.pack_version,
        pack_digest=item.pack_digest,
        readings=item.readings,
        _proof=partial(_proof, item, env, truth is True),
    )


def _proof(item: Item, env: Env, eligible: bool) -> Trace:
    return build_trace(item, env, eligible)


def _amount(closure: Compiled | None, env: Env) -> AnyValue:
    if closure is None:
        return None
    memo = env.memo
    if closure not in memo:
        memo[closure] = closure(env)
    return memo[closure]


def _failed(item: Item, node: Node, env: Env) -> Iterable[str]:
    """Ids of what is not met: clauses of an *all* one by one, *any* and *not* as a whole."""
    if item.program.truth_of(node)(env) is not False:
        return
    if isinstance(node, All):
        for part in node.parts:
            yield from _failed(item, part, env)
    else:
        yield node.id
