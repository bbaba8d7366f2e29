"""The one place that moves a case: lock the row, check the transition, append the event, audit it at the end."""

import hashlib
import json
from typing import Any

from django.db.models import Max

from babashi.accounts.models import User
from babashi.applications.errors import WrongState
from babashi.applications.flow import EventKind, IllegalTransition, next_state
from babashi.applications.models import Application, ApplicationEvent
from babashi.applications.queries import with_item
from babashi.audit.acts import note, one_act
from babashi.audit.services import SYSTEM
from babashi.workdays.clock import now

audit = note
"""Note an audit entry for the end of the act; see :mod:`babashi.audit.acts`."""


def lock(application: Application) -> Application:
    """The case with its row locked until the end of the transaction.

    Locked first and read then: a lock that waits reads the row again but not what it was joined with, and finds
    nothing where somebody has just moved a draft on to another version of its item.
    """
    Application.objects.select_for_update().values_list("pk").get(pk=application.pk)
    return with_item(Application.objects.all()).get(pk=application.pk)


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
    locked, sequence = _next(application)
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
    _note(event)
    return event


def _next(application: Application) -> tuple[Application, int]:
    """The row of a case, locked, and the number of its next event."""
    rows = Application.objects.select_for_update(of=("self",)).select_related("enterprise")
    locked = rows.get(pk=application.pk)
    return locked, (locked.events.aggregate(last=Max("sequence"))["last"] or 0) + 1


def _note(event: ApplicationEvent) -> None:
    """The audit entry of an event: that it happened, and a digest of what it says."""
    case = event.application
    audit(
        actor=event.by,
        action=f"applications.{event.kind}",
        subject=("application", case.number or str(case.public_id)),
        uscc=case.enterprise.uscc,
        details={
            "sequence": event.sequence,
            "stage": event.stage,
            "from": event.from_state,
            "to": event.to_state,
            "payload_sha256": _digest(event.payload),
        },
    )


def _digest(payload: dict[str, Any]) -> str:
    text = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
