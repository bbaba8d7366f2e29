"""The calculator of an item page: facts in, verdict and amount out; nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import QueryDict

from babashi.catalogue import cells, explain, factforms
from babashi.enterprises import queries as enterprises
from babashi.rules.evaluate import evaluate
from babashi.rules.facts import ParameterTableSpec
from babashi.rules.pack import Item, Pack
from babashi.rules.results import Result
from babashi.rules.values import Parameters, Subject


@dataclass(slots=True)
class Calculation:
    """The form, and the result once something was typed."""

    fields: list[factforms.FactField]
    tables: list[factforms.TableField]
    parameters: list[tuple[ParameterTableSpec, str, list[str]]]
    result: Result | None = None
    conditions: list[explain.Condition] | None = None
    missing: list[object] | None = None
    amounts: list[tuple[str, str]] | None = None
    has_errors: bool = False


def calculate(item: Item, pack: Pack, data: QueryDict | None, today: date) -> Calculation:
    """The calculator of an item; ``data`` is what was posted, None before anything was."""
    known = pack.dictionary
    facts = cells.order(known, (ref for ref in item.facts if ref in known.facts))
    tables = {
        table: [
            ref.partition(".")[2] for ref in cells.order(known, item.facts) if ref.startswith(f"{table}.")
        ]
        for table in cells.order(known, (ref for ref in item.facts if ref in known.tables))
    }
    answers = factforms.read(data if data is not None else _defaults(pack), facts, tables, known)
    adding = data.get("add", "") if data is not None else ""
    parameters = factforms.parameter_tables(item.facts, known)
    found = Calculation(
        fields=[factforms.fact_field(fact, known, answers) for fact in facts],
        tables=[
            factforms.table_field(table, columns, known, answers, extra=1 if adding == table else 0)
            for table, columns in tables.items()
        ],
        parameters=[
            (spec, answers.parameter_texts.get(spec.id, ""), answers.errors.get(f"p.{spec.id}", []))
            for spec in parameters
        ],
        has_errors=bool(answers.errors),
    )
    if data is None or adding or answers.errors:
        return found
    subject = Subject(answers.facts, answers.tables)
    base = Parameters(enterprises.register_parameters() if parameters else {})
    found.result = evaluate(item, subject, factforms.TriedParameters(base, answers.parameters), today)
    found.conditions = explain.conditions(found.result, pack)
    found.missing = list(explain.missing(found.result, pack))
    found.amounts = explain.amount_rows(found.result)
    return found


def _defaults(pack: Pack) -> QueryDict:
    data = QueryDict(mutable=True)
    data["f.district"] = pack.document.region
    data["f.kind"] = "企业"
    return data
