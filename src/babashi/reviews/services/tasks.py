"""Stage tasks: opened when a case reaches a stage, claimed, released, closed when the stage is decided."""

from decimal import Decimal
from typing import Any

from babashi.accounts.models import Department, User
from babashi.accounts.permissions import require_role
from babashi.applications.errors import OwnEnterprise
from babashi.applications.flow import EventKind
from babashi.applications.models import Application
from babashi.applications.queries import is_party
from babashi.applications.services import audit, lock, one_act, record_event
from babashi.audit.errors import Conflict, DomainError, NotAllowed, NotFound
from babashi.publicity.services import publish
from babashi.reviews.errors import AlreadyDecided, ClaimedByAnother, FourEyes
from babashi.reviews.flow import PUBLICITY_ROLE, StageKind, Step, step_of
from babashi.reviews.models import StageTask
from babashi.reviews.people import Circle, leads, who_could_act
from babashi.reviews.queries import next_step, process_of, proposed_amount
from babashi.workdays.calendar import add_workdays
from babashi.workdays.clock import now, today


def open_next(application: Application, *, by: User | None, remaining: int | None = None) -> StageTask | None:
    """Open the stage that the plan names; ``None`` when no official has the case now.

    ``remaining`` working days are what a correction left of the stage's time.
    """
    step = next_step(application)
    if step is None:
        return None
    if step.kind is StageKind.PUBLICITY:
        return _open_publicity(application, step, by)
    kind = EventKind.APPROVAL_OPENED if step.kind is StageKind.APPROVAL else EventKind.REVIEW_OPENED
    days = remaining if remaining is not None else step.days
    task = _create(application, step, days)
    record_event(
        application,
        kind,
        by=None,
        stage=step.id,
        payload={
            "label": step.label,
            "department": step.department,
            "due_on": task.due_on.isoformat() if task.due_on else None,
            "round": task.round,
        },
    )
    _set_stage(application, step.id)
    return task


def _open_publicity(application: Application, step: Step, by: User | None) -> StageTask:
    amount = proposed_amount(application)
    amounts = {application.pk: amount if amount is not None else application.amount_max}
    notice = publish([application], working_days=step.days or 1, by=by, stage=step.id, amounts=amounts)
    task = _create(application, step, None)
    task.due_on = notice.ends_on
    task.due_is_provisional = add_workdays(notice.starts_on, notice.working_days).provisional
    task.save(update_fields=["due_on", "due_is_provisional"])
    _set_stage(application, step.id)
    return task


def _set_stage(application: Application, stage: str) -> None:
    Application.objects.filter(pk=application.pk).update(stage=stage)
    application.stage = stage


def _create(application: Application, step: Step, days: int | None) -> StageTask:
    visits = StageTask.objects.filter(application=application, stage=step.id).count()
    deadline = add_workdays(today(), days) if days is not None else None
    return StageTask.objects.create(
        application=application,
        stage=step.id,
        role=step.role,
        department=department_of(application, step),
        round=visits + 1,
        opened_at=now(),
        due_on=deadline.day if deadline else None,
        due_is_provisional=bool(deadline and deadline.provisional),
    )


def department_of(application: Application, step: Step) -> Department:
    """The department of a stage, in the district of the item's lead department."""
    lead = application.item.lead
    if step.department == lead.name:
        return lead
    found = Department.objects.filter(name=step.department, district=lead.district).first()
    if found is None:
        raise Conflict(f"还没有设置“{step.department}”，请联系系统管理人员。", code="no_department")
    return found


def lock_task(task: StageTask) -> StageTask:
    """The task with its case locked; everybody takes the case's lock first."""
    application = lock(task.application)
    found = (
        StageTask.objects.select_related("department", "claimed_by", "decided_by").filter(pk=task.pk).first()
    )
    if found is None:
        raise NotFound("没有找到这项待办，请回到待办列表重新打开。")
    found.application = application
    return found


def require_may_decide(task: StageTask, by: User, circle: Circle | None = None) -> Step:
    """Role, own enterprise, four-eyes, claimed by another; the step when all is well.

    ``circle`` of the task, for who has read it already.
    """
    if task.role == PUBLICITY_ROLE:
        raise Conflict("公示期由系统计时，到期自动进入下一环节。", code="publicity_runs")
    require_role(by, task.role, department=task.department)
    circle = circle or Circle(task)
    _require_free(circle, by)
    if task.claimed_by_id not in (None, by.pk) and circle.taken:
        raise ClaimedByAnother(str(task.claimed_by))
    return step_of(process_of(task.application.item), task.stage)


def _require_free(circle: Circle, by: User) -> None:
    """Nobody decides on a case of his own enterprise, nor at two stages of one case.

    A case that comes back to a stage goes to somebody who has not decided there yet, while there is such a
    person; otherwise to the same one, so that no case gets stuck.
    """
    task, record = circle.task, circle.record
    if by.pk in circle.parties:
        raise OwnEnterprise
    if record.barred(by, task.application, task.stage):
        raise FourEyes(who_could_act(circle.hands, task))
    if not step_of(process_of(task.application.item), task.stage).four_eyes:
        return
    if task.stage in record.decided.get(by.pk, {}):
        fresh = [str(hand.user) for hand in circle.hands if not hand.why_not and not hand.again]
        if fresh:
            raise FourEyes(f"可以办理的有：{'、'.join(fresh)}。")


def require_undecided(task: StageTask) -> None:
    """Raise :class:`AlreadyDecided` when somebody was faster."""
    if task.decided_at is not None:
        who = str(task.decided_by) if task.decided_by else "系统"
        raise AlreadyDecided(who, task.get_outcome_display())


@one_act
def claim_task(task: StageTask, *, by: User) -> StageTask:
    """Take a task, so that two people don't work on the same one. Taking it twice changes nothing."""
    locked = lock_task(task)
    require_undecided(locked)
    require_may_decide(locked, by)
    if locked.claimed_by_id == by.pk:
        return locked
    locked.claimed_by = by
    locked.save(update_fields=["claimed_by"])
    _audit(locked, "reviews.claimed", by)
    return locked


@one_act
def release_task(task: StageTask, *, by: User) -> StageTask:
    """Give a task back: by whoever has it, or by whoever leads when that person is away."""
    locked = lock_task(task)
    require_undecided(locked)
    if locked.claimed_by_id is None:
        return locked
    if locked.claimed_by_id != by.pk and not leads(by, locked):
        raise ClaimedByAnother(str(locked.claimed_by))
    before = str(locked.claimed_by)
    locked.claimed_by = None
    locked.save(update_fields=["claimed_by"])
    _audit(locked, "reviews.released", by, {"from": before})
    return locked


@one_act
def assign_task(task: StageTask, to: User, *, by: User) -> StageTask:
    """Hand a task to another person who may do it: by whoever leads, himself not of the enterprise."""
    locked = lock_task(task)
    require_undecided(locked)
    if locked.role == PUBLICITY_ROLE:
        raise Conflict("公示期由系统计时，不用分派。", code="publicity_runs")
    if not leads(by, locked):
        raise NotAllowed("改派由本部门或牵头单位的审定人员、统筹协调人员办理。")
    if is_party(by, locked.application):
        raise OwnEnterprise
    before = str(locked.claimed_by) if locked.claimed_by else ""
    locked.claimed_by = None
    try:
        require_may_decide(locked, to)
    except DomainError as error:
        raise Conflict(
            f"不能改派给{to}：{who_could_act(Circle(locked).hands, locked)}", code="not_assignable"
        ) from error
    locked.claimed_by = to
    locked.save(update_fields=["claimed_by"])
    _audit(locked, "reviews.assigned", by, {"from": before, "to": str(to)})
    return locked


def close(task: StageTask, outcome: str, *, by: User | None, **values: Any) -> None:
    """Write the decision into the task. Inside the caller's transaction."""
    task.outcome, task.decided_by, task.decided_at = outcome, by, now()
    for name, value in values.items():
        setattr(task, name, value)
    task.save(update_fields=["outcome", "decided_by", "decided_at", *values])


def close_open(application: Application, outcome: str, *, by: User | None, opinion: str = "") -> None:
    """Close whatever task the case has open."""
    for task in StageTask.objects.filter(application=application, decided_at=None):
        close(task, outcome, by=by, opinion=opinion)


def _audit(task: StageTask, action: str, by: User, more: dict[str, str] | None = None) -> None:
    audit(
        actor=by,
        action=action,
        subject=("application", task.application.number or ""),
        uscc=task.application.enterprise.uscc,
        details={"stage": task.stage, "round": task.round, **(more or {})},
    )


def yuan(amount: Decimal | None) -> str | None:
    """An amount as text for stored payloads."""
    return None if amount is None else f"{amount:.2f}"
