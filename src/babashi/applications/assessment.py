"""One look at a form: what the rule says of it, and everything that keeps it from being sent."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from babashi.applications import form as forms
from babashi.applications.phones import phone_problem
from babashi.applications.snapshot import Recording, freeze, parse_text, thaw, thaw_row
from babashi.enterprises.models import Enterprise
from babashi.enterprises.queries import register_parameters, subject_of
from babashi.register_io.cells import format_value
from babashi.rules import Item, Parameters, Result, Source, Subject, evaluate

TYPED_HERE = "本次申报填写"
MAX_RESULT_REASONS = 20


@dataclass
class Assessment:
    """The verdict on the register's facts, completed by what was typed; and on what the applicant says instead."""

    definition: forms.FormDefinition
    register: Subject
    typed: forms.Typed
    subject: Subject
    result: Result
    claimed: Result | None
    """Verdict if the reported differences are right; ``None`` when none are reported."""
    facts_used: dict[str, Any]
    errors: dict[str, str] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    """Why it cannot be sent whatever is typed: not met conditions, the last day past."""

    @property
    def ready(self) -> bool:
        """Whether it can be sent."""
        return not self.errors and not self.reasons


def assess(
    enterprise: Enterprise,
    rule: Item,
    form: Mapping[str, str],
    *,
    as_of: dt.date,
    recorded_by: str = "",
    overrides: Mapping[str, Any] | None = None,
    known_phones: Collection[str] = (),
) -> Assessment:
    """Evaluate a form on today's register. Writes nothing.

    A phone of the register or of ``known_phones`` is taken as it is: only what the applicant typed now is judged.
    """
    register = register_view(enterprise)
    definition = forms.define(rule, rule.dictionary)
    typed = forms.read(definition, register, form)
    _judge_phone(typed, form.get("contact_phone", ""), (enterprise.contact_phone, *known_phones))
    source = Source("declared", TYPED_HERE, as_of, recorded_by)
    asked = rule.facts & rule.dictionary.parameter_tables.keys()
    parameters = Recording(Parameters(register_parameters(asked)))
    subject = apply_overrides(forms.overlay(register, typed, source), overrides or {}, rule)
    result = evaluate(rule, subject, parameters, as_of)
    stored = result.to_json()
    facts_used = freeze(subject, parameters.used, rule.facts, rule.dictionary, as_of)
    facts_used["overrides"] = dict(overrides or {})
    claimed = None
    if typed.differs or any(forms.is_official(register, table) for table in typed.rows):
        claimed = evaluate(rule, forms.overlay(register, typed, source, differences=True), parameters, as_of)
        facts_used["differences"] = _differences(definition, register, typed, claimed)
    found = Assessment(definition, register, typed, subject, Result.from_json(stored), claimed, facts_used)
    found.errors.update(typed.errors)
    found.errors.update(_unanswered(found, rule))
    found.reasons.extend(_reasons(found))
    return found


def _judge_phone(typed: forms.Typed, phone: str, known: Collection[str]) -> None:
    problem = "" if phone.strip() in [one.strip() for one in known] else phone_problem(phone)
    if problem:
        typed.errors.setdefault("contact_phone", problem)  # an empty one is told already


def register_view(enterprise: Enterprise) -> Subject:
    """What the register says, with what is official kept apart from what the enterprise declared.

    A child table that was handed in officially counts as it was handed in: rows that the enterprise declared on
    top are a difference for the reviewer, not facts. A table that nobody handed in counts as declared.
    """
    known = subject_of(enterprise)
    sources = {fact: known.sources[fact] for fact in known.facts if fact in known.sources}
    tables: dict[str, Any] = {}
    for table, rows in known.tables.items():
        if rows is None:
            continue
        numbered = [(row, known.sources.get(f"{table}.{number}")) for number, row in enumerate(rows)]
        official = table in enterprise.known_tables
        if official:
            numbered = [(row, source) for row, source in numbered if source and source.kind != "declared"]
        tables[table] = [row for row, _ in numbered]
        first = next((source for _, source in numbered if source), None)
        fallback = Source("official", "部门登记：没有记录") if official else Source("declared", "企业自报")
        sources[table] = first or fallback
        sources |= {f"{table}.{n}": source for n, (_, source) in enumerate(numbered) if source}
    return Subject(dict(known.facts), tables, sources)


def re_evaluate(
    rule: Item, facts_used: Mapping[str, Any], overrides: Mapping[str, Any]
) -> tuple[Result, dict[str, Any]]:
    """The frozen facts of a case with a reviewer's corrections, against the same pack version."""
    snapshot = thaw(facts_used, rule.dictionary)
    subject = apply_overrides(snapshot.subject, overrides, rule)
    parameters = Recording(snapshot.parameters)
    result = Result.from_json(evaluate(rule, subject, parameters, snapshot.as_of).to_json())
    again = freeze(subject, parameters.used, rule.facts, rule.dictionary, snapshot.as_of)
    if "differences" in facts_used:
        again["differences"] = facts_used["differences"]
    again["overrides"] = dict(overrides)
    return result, again


def apply_overrides(subject: Subject, overrides: Mapping[str, Any], rule: Item) -> Subject:
    """The subject with what reviewers of this case found instead."""
    if not overrides:
        return subject
    dictionary = rule.dictionary
    facts, tables, sources = dict(subject.facts), dict(subject.tables), dict(subject.sources)
    for fact, cell in overrides.get("facts", {}).items():
        facts[fact] = parse_text(cell["value"], dictionary.facts[fact])
        sources[fact] = Source.from_json(cell["source"])
    for table, rows in overrides.get("tables", {}).items():
        tables[table] = [thaw_row(row, dictionary.tables[table].columns) for row in rows["rows"]]
        sources = {key: kept for key, kept in sources.items() if not key.startswith(f"{table}.")}
        sources[table] = Source.from_json(rows["source"])
    return Subject(facts, tables, sources)


def _differences(
    definition: forms.FormDefinition, register: Subject, typed: forms.Typed, claimed: Result
) -> dict[str, Any]:
    specs = {spec.id: spec for spec in definition.facts}
    tables = {table.spec.id: table for table in definition.tables}
    return {
        "facts": {fact: format_value(value, specs[fact]) for fact, value in typed.differs.items()},
        "tables": {
            table: [{c.id: format_value(row.get(c.id), c) for c in tables[table].columns} for row in rows]
            for table, rows in typed.rows.items()
            if forms.is_official(register, table)
        },
        "result": claimed.to_line(),
    }


def _unanswered(found: Assessment, rule: Item) -> dict[str, str]:
    """What the applicant could still say and the rule still needs."""
    result = found.claimed or found.result
    errors: dict[str, str] = {}
    for ref in result.missing:
        table_id = ref.partition(".")[0]
        table = found.definition.table(table_id)
        if table is not None:
            if forms.is_official(found.register, table_id) or table_id in found.typed.rows:
                continue
            errors[f"none.{table_id}"] = f"请逐行填写{table.spec.label}；没有的请勾选“没有”"
            continue
        spec = rule.dictionary.facts.get(ref)
        if spec is None or not spec.declarable or ref in found.typed.asked:
            continue
        if not forms.is_official(found.register, ref) and f"fact.{ref}" not in found.typed.errors:
            errors[f"fact.{ref}"] = f"请填写{spec.spoken}"
    return errors


def _reasons(found: Assessment) -> list[str]:
    reasons = []
    if found.result.closed:
        reasons.append("申报期限已过，不再受理新的申报。")
    best = found.claimed if found.claimed is not None else found.result
    if found.result.verdict == "ineligible" and best.verdict == "ineligible":
        reasons += [f"不符合：{words}" for words in failed_words(best)[:MAX_RESULT_REASONS]]
    return reasons


def failed_words(result: Result) -> list[str]:
    """Each failed clause in words, with the value that it looked at and its hint."""
    words = []
    failed = set(result.failed)
    for clause in result.trace.walk():
        if clause.id not in failed:
            continue
        values = "，".join(f"{value.label}：{value.text}" for value in clause.values)
        text = clause.name or clause.text
        hint = f" {clause.hint}" if clause.hint else ""
        words.append(f"{text}（{values}）{hint}" if values else f"{text}{hint}")
    return words


def is_fixed(result: Result) -> bool:
    """Whether the amount leaves nothing to decide."""
    return result.amount_min is not None and result.amount_min == result.amount_max
