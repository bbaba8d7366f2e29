"""What would have to be known: the missing sets of the scalar evaluator, a boolean column an id.

An id's column is true only in rows in which the expression is unknown, so that Kleene's rule "what is
decided misses nothing" holds at every level.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from babashi.rules.columnar.columns import Bools
from babashi.rules.columnar.frame import Frame
from babashi.rules.columnar.numbers import Num
from babashi.rules.columnar.truths import Truth, segments_any
from babashi.rules.tree import (
    And,
    Arith,
    Compare,
    Count,
    DatedLookup,
    Division,
    Exists,
    Expr,
    FactRef,
    FieldRef,
    IfElse,
    Not,
    Or,
    RegisterLookup,
    Sum,
    Tiers,
    children,
    references,
)

Masks = dict[str, Bools]


def missing(frame: Frame, expr: Expr) -> Masks:
    """For each id the rows in which it is missing for ``expr``."""
    match expr:
        case FactRef() | FieldRef():
            valid = frame.column(expr).valid
            ref = expr.id if isinstance(expr, FactRef) else expr.ref
            return {} if valid is None else {ref: ~valid}
        case And() | Or():
            truth = frame.truth(expr)
            return limited(union(missing(frame, arg) for arg in expr.args), ~(truth.true | truth.false))
        case Not(operand=operand):
            return missing(frame, operand)
        case IfElse() | Tiers():
            return _of_choice(frame, expr)
        case Arith(op="/"):
            return _of_quotient(frame, expr)
        case DatedLookup() | RegisterLookup():
            return _of_lookup(frame, expr)
        case Division(operand=operand):
            return _same(references(operand), _unknown(frame.number(expr)))
        case Exists() | Count() | Sum():
            return _of_table(frame, expr)
    return union(missing(frame, child) for child in children(expr))


def union(masks: Iterable[Mapping[str, Bools]]) -> Masks:
    """Rowwise union of missing sets."""
    found: Masks = {}
    for mask in masks:
        for ref, rows in mask.items():
            found[ref] = found[ref] | rows if ref in found else rows
    return found


def limited(masks: Masks, rows: Bools) -> Masks:
    """Only in these rows."""
    return {ref: held & rows for ref, held in masks.items()}


def _same(refs: Iterable[str], rows: Bools | None) -> Masks:
    return {} if rows is None else dict.fromkeys(refs, rows)


def _unknown(num: Num) -> Bools | None:
    return None if num.known is None else ~num.known


def _of_choice(frame: Frame, expr: IfElse | Tiers) -> Masks:
    if isinstance(expr, IfElse):
        condition = frame.truth(expr.condition)
        return union(
            (
                missing(frame, expr.condition),
                limited(missing(frame, expr.then), condition.true),
                limited(missing(frame, expr.otherwise), condition.false),
            )
        )
    reached = [frame.truth(Compare(">=", expr.operand, threshold)).true for threshold, _ in expr.steps]
    parts = [missing(frame, expr.operand)]
    for position, (_, value) in enumerate(expr.steps):
        higher = reached[position + 1] if position + 1 < len(reached) else np.zeros(frame.rows, np.bool_)
        parts.append(limited(missing(frame, value), reached[position] & ~higher))
    return union(parts)


def _of_quotient(frame: Frame, expr: Arith) -> Masks:
    right = frame.number(expr.right)
    zero = ~frame.nonzero(expr.right)
    if right.known is not None:
        zero = zero & right.known
    return union((missing(frame, expr.left), missing(frame, expr.right), _same(references(expr.right), zero)))


def _of_lookup(frame: Frame, expr: DatedLookup | RegisterLookup) -> Masks:
    keys = (expr.day,) if isinstance(expr, DatedLookup) else expr.keys
    of_keys = union(missing(frame, key) for key in keys)
    absent = _unknown(frame.number(expr))
    if absent is None:
        return of_keys
    if isinstance(expr, DatedLookup) or frame.batch.parameters.has_table(expr.name):
        for rows in of_keys.values():
            absent = absent & ~rows
    return union((of_keys, {expr.name: absent}))


def _of_table(frame: Frame, expr: Exists | Count | Sum) -> Masks:
    table = frame.batch.tables.get(expr.table)
    if table is None:
        return {expr.table: np.ones(frame.rows, np.bool_)}
    rows = frame.child(expr.table)
    if isinstance(expr, Sum):
        of_rows = missing(rows, expr.value)
        if expr.where is not None:
            of_rows = limited(union((of_rows, missing(rows, expr.where))), ~rows.truth(expr.where).false)
    else:
        of_rows = missing(rows, expr.test)
    found = {ref: segments_any(held, table) for ref, held in of_rows.items()}
    if isinstance(expr, Exists):
        truth: Truth = frame.truth(expr)
        found = limited(found, ~(truth.true | truth.false))
    if table.known is not None:
        found = union((limited(found, table.known), {expr.table: ~table.known}))
    return found
