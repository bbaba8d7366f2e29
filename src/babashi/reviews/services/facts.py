"""A reviewer finds another fact: both values are kept, and the case is judged again on its own pack version."""

from typing import Any

from babashi.accounts.models import Role, User
from babashi.applications.assessment import re_evaluate
from babashi.applications.errors import Mistakes
from babashi.applications.flow import EventKind
from babashi.applications.models import Application, ApplicationEvent
from babashi.applications.services import one_act, record_event
from babashi.applications.snapshot import parse_text
from babashi.audit.errors import NotAllowed
from babashi.catalogue.queries import rule_of
from babashi.enterprises.services import record_official_fact
from babashi.listing import whole_number
from babashi.register_io.cells import BLANKS, CellError, CellNote, format_value, reader_of
from babashi.reviews.drift import judged_now
from babashi.reviews.models import StageTask
from babashi.reviews.services.tasks import lock_task, require_may_decide, require_undecided
from babashi.rules import Item, Result, Source
from babashi.rules.facts import FactSpec
from babashi.workdays.clock import today

FACT_ROLES = (Role.FIRST_REVIEWER, Role.SECOND_REVIEWER)
"""Who establishes facts; acceptance looks at completeness, finance and approval at money."""

ACCEPT_DECLARED = "declared"
"""In place of a value: take what the applicant reported as a difference."""


@one_act
def correct_fact(task: StageTask, ref: str, text: str, *, reason: str, by: User) -> ApplicationEvent:
    """Record what the reviewer found for a fact (``rd_expense_2021``), a cell (``loans.0.principal``, rows counted
    from 0) or, with ``text`` = ``declared``, a whole table as the applicant reported it.

    The former value stays in the history beside the new one, with its source; a new trace is appended.
    """
    locked = _task_for_facts(task, by)
    if not 2 <= len(reason.strip()) <= 500:
        raise Mistakes("请写明核定的依据（500 字以内）。", {"reason": "请写明核定的依据（500 字以内）"})
    application, rule = locked.application, rule_of(locked.application.item)
    label = f"{locked.department}核定"
    source = Source("reviewer", label, today(), str(by)).to_json()
    overrides = _copy(application.facts_used.get("overrides", {}))
    table, _, rest = ref.partition(".")
    if table in rule.dictionary.tables:
        old, new = _override_rows(application, rule, overrides, table, rest, text, source)
    else:
        old, new = _override_fact(application, rule, overrides, ref, text, source)
    event = _judge_again(application, rule, overrides, ref=ref, old=old, new=new, reason=reason, by=by)
    if table not in rule.dictionary.tables:
        spec = rule.dictionary.facts[ref]
        value = parse_text(new, spec)
        record_official_fact(application.enterprise, ref, value, by=by, department=locked.department)
    return event


@one_act
def refresh_facts(task: StageTask, *, by: User) -> ApplicationEvent:
    """Judge the case again on what the register says now (an official table that came late, for instance)."""
    locked = _task_for_facts(task, by)
    application, rule = locked.application, rule_of(locked.application.item)
    found = judged_now(application, rule)
    return _record(
        application,
        found.result,
        found.facts_used,
        {"ref": "", "reason": "按最新登记数据重新核算"},
        by,
    )


def _task_for_facts(task: StageTask, by: User) -> StageTask:
    locked = lock_task(task)
    require_undecided(locked)
    require_may_decide(locked, by)
    if locked.role not in FACT_ROLES:
        raise NotAllowed("数据由初审或复审人员核定。")
    return locked


def _copy(overrides: dict[str, Any]) -> dict[str, Any]:
    return {"facts": dict(overrides.get("facts", {})), "tables": dict(overrides.get("tables", {}))}


def _override_fact(
    application: Application,
    rule: Item,
    overrides: dict[str, Any],
    ref: str,
    text: str,
    source: dict[str, Any],
) -> tuple[str | None, str]:
    frozen = application.facts_used["facts"]
    if ref not in frozen:
        raise Mistakes("这个指标不参与本事项的判断，请刷新页面。", {"ref": "没有这个指标"})
    if text == ACCEPT_DECLARED:
        text = application.facts_used.get("differences", {}).get("facts", {}).get(ref, "")
    new = read_value(rule.dictionary.facts[ref], text)
    overrides["facts"][ref] = {"value": new, "source": source, "before": frozen[ref]}
    return frozen[ref]["value"], new


def _override_rows(
    application: Application,
    rule: Item,
    overrides: dict[str, Any],
    table: str,
    rest: str,
    text: str,
    source: dict[str, Any],
) -> tuple[Any, Any]:
    frozen = application.facts_used["tables"].get(table)
    if frozen is None:
        raise Mistakes("这张表不参与本事项的判断，请刷新页面。", {"ref": "没有这张表"})
    if not rest:
        rows = application.facts_used.get("differences", {}).get("tables", {}).get(table)
        if text != ACCEPT_DECLARED or rows is None:
            raise Mistakes("申请人没有另报这张表，不能采用。请逐格核定。", {"ref": "没有另报"})
        overrides["tables"][table] = {"rows": rows, "source": source, "before": frozen["rows"]}
        return frozen["rows"], rows
    number, _, column = rest.partition(".")
    spec = rule.dictionary.tables[table].columns.get(column)
    rows = [dict(row) for row in frozen["rows"] or ()]
    place = whole_number(number)
    if spec is None or place is None or place >= len(rows) or column not in rows[place]:
        raise Mistakes("没有这一格，请刷新页面。", {"ref": "没有这一格"})
    old = rows[place][column]
    rows[place][column] = new = read_value(spec, text)
    overrides["tables"][table] = {"rows": rows, "source": source, "before": frozen["rows"]}
    return old, new


def read_value(spec: FactSpec, text: str) -> str:
    """The value in the exchange format from what a reviewer typed; :class:`Mistakes` with advice otherwise."""
    text = text.strip(BLANKS)
    if not text:
        raise Mistakes(f"请填写{spec.spoken}。", {"value": f"请填写{spec.spoken}"})
    try:
        return format_value(reader_of(spec)(text), spec)
    except CellNote as note:
        if note.value is not None:
            return format_value(note.value, spec)
        raise Mistakes(f"{note.reason}。{note.advice}", {"value": note.reason}) from note
    except CellError as error:
        raise Mistakes(f"{error.reason}。{error.advice}", {"value": error.reason}) from error


def _judge_again(
    application: Application,
    rule: Item,
    overrides: dict[str, Any],
    *,
    ref: str,
    old: Any,
    new: Any,
    reason: str,
    by: User,
) -> ApplicationEvent:
    result, facts_used = re_evaluate(rule, application.facts_used, overrides)
    payload = {"ref": ref, "old": old, "new": new, "reason": reason.strip()}
    return _record(application, result, facts_used, payload, by)


def _record(
    application: Application, result: Result, facts_used: dict[str, Any], payload: dict[str, Any], by: User
) -> ApplicationEvent:
    before = {"verdict": application.verdict, "amount_max": str(application.amount_max)}
    return record_event(
        application,
        EventKind.FACTS_CORRECTED,
        by=by,
        stage=application.stage,
        payload={**payload, "before": before, "facts_used": facts_used, "result": result.to_json()},
        facts_used=facts_used,
        trace=result.to_json(),
        verdict=result.verdict,
        amount_min=result.amount_min,
        amount_max=result.amount_max,
    )
