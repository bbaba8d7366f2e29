"""The peers. Each takes the same rulebook and columns and answers with one Kleene verdict a pair.

They get what their own users would do to be fast: OpenFisca one vectorised variable a policy, Polars one lazy
query over all policies with common sub-expressions eliminated, Arrow each distinct condition once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from numbers import Rational
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from babashi.rules.columnar import Batch, Column
from babashi.rules.columnar.columns import NEVER_YEAR
from babashi.rules.columnar.plan import expression
from babashi.rules.pack import Item
from babashi.rules.tree import And, Compare, Division, Expr, FactRef, InSet, Literal, Not, Or, Overlaps

Bools = npt.NDArray[np.bool_]
Verdict = tuple[Bools, Bools]
"""Known true and known false of one policy."""
OPERATORS: Final[dict[str, str]] = {
    "==": "__eq__",
    "!=": "__ne__",
    "<": "__lt__",
    "<=": "__le__",
    ">": "__gt__",
    ">=": "__ge__",
}


@dataclass(frozen=True, slots=True)
class Peer:
    """A peer: ``prepare`` builds what is built once, the result runs the match over ``rows`` rows."""

    name: str
    prepare: Callable[[Sequence[Item], Batch], Callable[[], Sequence[Verdict]]]
    kleene: bool = True
    """Whether missing facts stay unknown; if not, only rows without missing facts can be compared."""
    sample: int | None = None
    """Row-by-row engines run on so many rows, and the rate counts."""


def text_of(literal: Expr) -> str:
    """A constant word, for columns of codes."""
    assert isinstance(literal, Literal)
    return str(literal.value)


def scaled(literal: Expr, scale: int) -> int | float:
    """The constant in the units of the column."""
    assert isinstance(literal, Literal)
    value = literal.value
    if hasattr(value, "toordinal"):
        return int(value.toordinal())
    return int(value * scale) if isinstance(value, Rational) else NEVER_YEAR


def constant_of(column: Column, literal: Expr) -> str | int | float:
    """The constant that a column is compared with: a word, or a number in the units of the column."""
    return text_of(literal) if column.kind == "code" else scaled(literal, column.scale)


def mask_of(column: Column, values: Sequence[Literal]) -> int:
    """Words of a column of several codes as the bits it holds them in."""
    return sum(1 << column.words.index(str(value.value)) for value in values)


def divisions(column: Column) -> Column:
    """The industry division as a column of its own: every peer gets it ready-made."""
    table = np.array([int(word[:2]) for word in column.words], np.int64)
    return Column("number", table[column.data], column.valid)


def columns_of(batch: Batch) -> dict[str, Column]:
    """All facts and the division."""
    return {**batch.facts, "division": divisions(batch.facts["industry_code"])}


def operand(expr: Expr) -> str:
    """Column that a leaf reads."""
    if isinstance(expr, Division):
        return "division"
    assert isinstance(expr, FactRef)
    return expr.id


# -- Polars ------------------------------------------------------------------------------------------------


def polars_peer(items: Sequence[Item], batch: Batch) -> Callable[[], Sequence[Verdict]]:
    """One lazy query, one boolean column a policy."""
    import polars as pl

    columns = columns_of(batch)
    frame = pl.DataFrame({name: _polars_series(pl, column) for name, column in columns.items()})

    def build(expr: Expr) -> Any:
        match expr:
            case And(args=args):
                return reduce(lambda a, b: a & b, map(build, args))
            case Or(args=args):
                return reduce(lambda a, b: a | b, map(build, args))
            case Not(operand=inner):
                return ~build(inner)
            case FactRef(id=fact):
                return pl.col(fact)
            case InSet(operand=inner, values=values):
                return pl.col(operand(inner)).is_in([str(value.value) for value in values])
            case Overlaps(operand=inner, values=values):
                mask = mask_of(columns[operand(inner)], values)
                return (pl.col(operand(inner)) & mask) != 0
            case Compare(op=op, left=left, right=right):
                name = operand(left)
                return getattr(pl.col(name), OPERATORS[op])(constant_of(columns[name], right))
        raise TypeError(type(expr).__name__)

    query = frame.lazy().select(
        [build(expression(item.eligible)).alias(str(position)) for position, item in enumerate(items)]
    )

    def run() -> Sequence[Verdict]:
        result = query.collect()
        return _Lazy(result.get_columns(), lambda series: _polars_verdict(series))

    return run


def _polars_series(pl: Any, column: Column) -> Any:
    values: Any = column.data
    if column.kind == "code":
        series = pl.Series(
            np.array(column.words, dtype=object)[column.data].tolist(), dtype=pl.Enum(list(column.words))
        )
    elif column.kind == "bool":
        series = pl.Series(values.astype(np.bool_))
    else:
        series = pl.Series(values)
    if column.valid is None:
        return series
    return pl.select(pl.when(pl.Series(column.valid)).then(series).otherwise(None)).to_series()


def _polars_verdict(series: Any) -> Verdict:
    true = series.fill_null(False).to_numpy()
    return true, ~series.fill_null(True).to_numpy()


# -- Arrow -------------------------------------------------------------------------------------------------


def arrow_peer(items: Sequence[Item], batch: Batch) -> Callable[[], Sequence[Verdict]]:
    """Kleene kernels; each distinct condition is computed once a run."""
    query = _ArrowQuery(columns_of(batch))
    conditions = [expression(item.eligible) for item in items]

    def run() -> Sequence[Verdict]:
        seen: dict[Expr, Any] = {}
        return _Lazy([query.evaluate(condition, seen) for condition in conditions], _arrow_verdict)

    return run


class _ArrowQuery:
    """Conditions over Arrow arrays that are made once."""

    def __init__(self, columns: dict[str, Column]) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc

        self._pa, self._pc, self._columns = pa, pc, columns
        self._arrays = {name: _arrow_array(pa, column) for name, column in columns.items()}
        self._compare = {
            "==": pc.equal,
            "!=": pc.not_equal,
            "<": pc.less,
            "<=": pc.less_equal,
            ">": pc.greater,
            ">=": pc.greater_equal,
        }

    def evaluate(self, expr: Expr, seen: dict[Expr, Any]) -> Any:
        """The three-valued answers; ``seen`` keeps those of one run by condition."""
        match expr:
            case And(args=args):
                return reduce(self._pc.and_kleene, [self.evaluate(arg, seen) for arg in args])
            case Or(args=args):
                return reduce(self._pc.or_kleene, [self.evaluate(arg, seen) for arg in args])
            case Not(operand=inner):
                return self._pc.invert(self.evaluate(inner, seen))
        if expr not in seen:
            seen[expr] = self._leaf(expr)
        return seen[expr]

    def _leaf(self, expr: Expr) -> Any:
        pa, pc, arrays = self._pa, self._pc, self._arrays
        match expr:
            case FactRef(id=fact):
                return arrays[fact]
            case InSet(operand=inner, values=values):
                tests = [pc.equal(arrays[operand(inner)], str(value.value)) for value in values]
                return reduce(pc.or_kleene, tests)
            case Overlaps(operand=inner, values=values):
                mask = pa.scalar(mask_of(self._columns[operand(inner)], values), pa.uint64())
                return pc.not_equal(pc.bit_wise_and(arrays[operand(inner)], mask), pa.scalar(0, pa.uint64()))
            case Compare(op=op, left=left, right=right):
                name = operand(left)
                return self._compare[op](arrays[name], constant_of(self._columns[name], right))
        raise TypeError(type(expr).__name__)


def _arrow_array(pa: Any, column: Column) -> Any:
    mask = None if column.valid is None else ~column.valid
    if column.kind == "code":
        return pa.array(np.array(column.words, dtype=object)[column.data], pa.string(), mask=mask)
    values = column.data.astype(np.bool_) if column.kind == "bool" else column.data
    return pa.array(values, mask=mask)


def _arrow_verdict(array: Any) -> Verdict:
    import pyarrow.compute as pc

    true = pc.fill_null(array, False).to_numpy(zero_copy_only=False)
    return true, ~pc.fill_null(array, True).to_numpy(zero_copy_only=False)


# -- OpenFisca ---------------------------------------------------------------------------------------------


def openfisca_peer(items: Sequence[Item], batch: Batch) -> Callable[[], Sequence[Verdict]]:
    """One variable a fact, one vectorised formula a policy; a missing fact becomes its default."""
    from openfisca_core import entities, periods, simulations, taxbenefitsystems, variables

    columns = columns_of(batch)
    entity = entities.Entity("enterprise", "enterprises", "", "")
    system = taxbenefitsystems.TaxBenefitSystem([entity])

    def add(name: str, value_type: type, **more: Any) -> None:
        body = {"value_type": value_type, "entity": entity, "definition_period": periods.DateUnit.YEAR}
        system.add_variable(type(name, (variables.Variable,), {**body, **more}))

    for name, column in columns.items():
        number = float if column.kind == "number" and name != "division" else int
        add(name, bool if column.kind == "bool" else number, label=name)
    for position, item in enumerate(items):
        add(f"policy_{position}", bool, formula=_openfisca_formula(expression(item.eligible), columns))
    names = [f"policy_{position}" for position in range(len(items))]

    def run() -> Sequence[Verdict]:
        builder = simulations.SimulationBuilder()
        simulation = builder.build_default_simulation(system, count=batch.rows)
        for name, column in columns.items():
            data = column.data if column.valid is None else np.where(column.valid, column.data, 0)
            simulation.set_input(name, "2022", data.astype(np.bool_) if column.kind == "bool" else data)
        found = [simulation.calculate(name, "2022") for name in names]
        return _Lazy(found, lambda array: (array, ~array))

    return run


def _openfisca_formula(expr: Expr, columns: dict[str, Column]) -> Callable[..., Any]:
    def build(node: Expr) -> Callable[[Any, Any], Any]:
        match node:
            case And(args=args) | Or(args=args):
                parts = [build(arg) for arg in args]
                join = np.logical_and if isinstance(node, And) else np.logical_or
                return lambda e, p: reduce(join, [part(e, p) for part in parts])
            case Not(operand=inner):
                part = build(inner)
                return lambda e, p: ~part(e, p)
            case FactRef(id=fact):
                return lambda e, p: e(fact, p)
            case InSet(operand=inner, values=values):
                name = operand(inner)
                codes = [columns[name].words.index(str(value.value)) for value in values]
                return lambda e, p: np.isin(e(name, p), codes)
            case Overlaps(operand=inner, values=values):
                name = operand(inner)
                mask = mask_of(columns[name], values)
                return lambda e, p: (e(name, p) & mask) != 0
            case Compare(op=op, left=left, right=right):
                name, column = operand(left), columns[operand(left)]
                constant: Any = (
                    column.words.index(text_of(right))
                    if column.kind == "code"
                    else scaled(right, column.scale)
                )
                return lambda e, p: getattr(e(name, p), OPERATORS[op])(constant)
        raise TypeError(type(node).__name__)

    whole = build(expr)

    def formula(enterprise: Any, period: Any) -> Any:
        return whole(enterprise, period)

    return formula


# -- Zen ---------------------------------------------------------------------------------------------------


def zen_peer(items: Sequence[Item], batch: Batch) -> Callable[[], Sequence[Verdict]]:
    """A decision engine called once a row, with one expression a policy; facts without a value are left out."""
    import zen

    columns = columns_of(batch)
    expressions = [
        {"id": str(position), "key": f"p{position}", "value": _zen_text(expression(item.eligible), columns)}
        for position, item in enumerate(items)
    ]
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in", "position": {"x": 0, "y": 0}},
        {
            "id": "ex",
            "type": "expressionNode",
            "name": "ex",
            "position": {"x": 1, "y": 0},
            "content": {"expressions": expressions},
        },
        {"id": "out", "type": "outputNode", "name": "out", "position": {"x": 2, "y": 0}},
    ]
    edges = [
        {"id": "a", "sourceId": "in", "targetId": "ex", "type": "edge"},
        {"id": "b", "sourceId": "ex", "targetId": "out", "type": "edge"},
    ]
    decision = zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))
    rows = [_zen_row(columns, row) for row in range(min(batch.rows, ZEN_SAMPLE))]

    def run() -> Sequence[Verdict]:
        answers = [decision.evaluate(row)["result"] for row in rows]
        table = [
            np.array([bool(answer[f"p{position}"]) for answer in answers]) for position in range(len(items))
        ]
        return _Lazy(table, lambda array: (array, ~array))

    return run


ZEN_SAMPLE: Final = 200


def _zen_row(columns: dict[str, Column], row: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, column in columns.items():
        value = int(column.data[row])
        found[name] = (
            column.words[value] if column.kind == "code" else bool(value) if column.kind == "bool" else value
        )
        if column.kind == "codes":
            found[name] = [word for bit, word in enumerate(column.words) if value >> bit & 1]
    return found


def _zen_text(expr: Expr, columns: dict[str, Column]) -> str:
    match expr:
        case And(args=args):
            return "(" + " and ".join(_zen_text(arg, columns) for arg in args) + ")"
        case Or(args=args):
            return "(" + " or ".join(_zen_text(arg, columns) for arg in args) + ")"
        case Not(operand=inner):
            return f"not ({_zen_text(inner, columns)})"
        case FactRef(id=fact):
            return fact
        case InSet(operand=inner, values=values):
            return f"({operand(inner)} in {json.dumps([str(v.value) for v in values], ensure_ascii=False)})"
        case Overlaps(operand=inner, values=values):
            return f"some({operand(inner)}, # in {json.dumps([str(v.value) for v in values], ensure_ascii=False)})"
        case Compare(op=op, left=left, right=right):
            constant = json.dumps(constant_of(columns[operand(left)], right), ensure_ascii=False)
            return f"({operand(left)} {op} {constant})"
    raise TypeError(type(expr).__name__)


class _Lazy(Sequence[Verdict]):
    """Verdicts turned into pairs of arrays only when they are compared, outside the measured time."""

    def __init__(self, raw: Sequence[Any], read: Callable[[Any], Verdict]) -> None:
        self._raw, self._read = raw, read

    def __len__(self) -> int:
        return len(self._raw)

    def __getitem__(self, position: Any) -> Any:
        return self._read(self._raw[position])


PEERS: Final = {
    "openfisca": Peer("OpenFisca-core", openfisca_peer, kleene=False),
    "polars": Peer("Polars", polars_peer),
    "arrow": Peer("PyArrow Kleene", arrow_peer),
    "zen": Peer("Zen Engine", zen_peer, kleene=False, sample=ZEN_SAMPLE),
}
