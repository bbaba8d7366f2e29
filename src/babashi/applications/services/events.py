"""The one place that moves a case: lock the row, check the transition, append the event, audit it at the end."""

import hashlib
import json
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import transaction
from django.db.models import Max

from babashi.accounts.models import User
from babashi.applications.errors import WrongState
from babashi.applications.flow import EventKind, IllegalTransition, next_state
from babashi.applications.models import Application, ApplicationEvent
from babashi.audit.services import record
from babashi.workdays.clock import now

P = ParamSpec("P")
R = TypeVar("R")
SYSTEM = "系统"

_pending: ContextVar[list[Callable[[], None]] | None] = ContextVar("pending_audit", default=None)


def one_act(function: Callable[P, R]) -> Callable[P, R]:
    """One transaction; what has to be audited in it is written at its very end.

    The audit chain has one lock for everybody. Taking it before other locks would let two acts wait for each
    other, so nested services only note what to write, and the outermost one writes it as its last step.
    """

    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        if _pending.get() is not None:
            with transaction.atomic():
                return function(*args, **kwargs)
        token = _pending.set([])
        try:
            with transaction.atomic():
                answer = function(*args, **kwargs)
                for write in _pending.get() or ():
                    write()
                return answer
        finally:
            _pending.reset(token)

    return wrapper


def audit(
    *, actor: User | None, action: str, subject: tuple[str, str], uscc: str = "", details: dict[str, Any]
) -> None:
    """Note an audit entry for the end of the act (or write it now, outside of one)."""

    def write() -> None:
        record(
            actor=actor,
            action=action,
            subject=subject,
            uscc=uscc,
            details=details,
            actor_label="" if actor else SYSTEM,
        )

    pending = _pending.get()
    if pending is None:
        write()
    else:
        pending.append(write)


def lock(application: Application) -> Application:
    """The case with its row locked until the end of the transaction."""
    return (
        Application.objects.select_for_update(of=("self",))
        .select_related("enterprise", "item__pack_version", "item__lead")
        .get(pk=application.pk)
    )


@one_act
def record_event(
    application: Application,
    kind: str,
    *,
    by: User | None,
    stage: str = "",
    payload: dict[str, Any] | None = None,
    **changes: Any,
) -> ApplicationEvent:
    """Append a past-tense event and apply its state and ``changes`` to the case.

    The only place that changes ``Application.state``. ``application`` is brought up to date in place.
    Raises :class:`WrongState` when the event does not fit the state the row has now.
    """
    locked = (
        Application.objects.select_for_update(of=("self",))
        .select_related("enterprise")
        .get(pk=application.pk)
    )
    sequence = (locked.events.aggregate(last=Max("sequence"))["last"] or 0) + 1
    before = locked.state if sequence > 1 else ""
    try:
        after = next_state(before, kind)
    except IllegalTransition as error:
        raise WrongState(before, kind) from error
    changes["state"] = after.value
    for name, value in changes.items():
        setattr(locked, name, value)
        setattr(application, name, value)
    locked.save(update_fields=list(changes))
    event = ApplicationEvent.objects.create(
        application=locked,
        sequence=sequence,
        kind=EventKind(kind).value,
        stage=stage,
        from_state=before,
        to_state=after.value,
        by=by,
        by_label=str(by) if by else SYSTEM,
        payload=payload or {},
        at=now(),
    )
    audit(
        actor=by,
        action=f"applications.{event.kind}",
        subject=("application", locked.number or str(locked.public_id)),
        uscc=locked.enterprise.uscc,
        details={
            "sequence": sequence,
            "stage": stage,
            "from": before,
            "to": after.value,
            "payload_sha256": _digest(event.payload),
        },
    )
    return event


def _digest(payload: dict[str, Any]) -> str:
    text = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
