"""Jobs over many cases: one that fails is written down and keeps nobody else waiting; the next run tries it again."""

import logging
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from babashi.applications.models import Application
from babashi.applications.services.events import audit, one_act
from babashi.audit.models import AuditEntry
from babashi.workdays.clock import now

log = logging.getLogger(__name__)
T = TypeVar("T")
FAILED = "applications.job_failed"


class Handled(list[T], Generic[T]):
    """What a job made of the cases; ``failed`` are the numbers of those that it could not handle."""

    def __init__(self, done: Iterable[T] = ()) -> None:
        super().__init__(done)
        self.failed: list[str] = []


def one_by_one(
    job: str, cases: Iterable[Application], handle: Callable[[Application], T | None]
) -> Handled[T]:
    """Handle each case; ``handle`` is one act, so what a failing one began is undone. ``None``: nothing to do."""
    handled: Handled[T] = Handled()
    for case in cases:
        try:
            done = handle(case)
        except (
            Exception
        ) as error:  # a bug, a guard of the database: this one is looked into, the others go on
            handled.failed.append(report_failure(job, case, error))
        else:
            if done is not None:
                handled.append(done)
    return handled


def report_failure(job: str, case: Application, error: Exception) -> str:
    """Log a failure with its trace, and note it in the audit log once a day; the number of the case."""
    number = case.number or ""
    log.error("%s: %s failed", job, number, exc_info=error)
    _note_failure(job, case, type(error).__name__)
    return number


@one_act
def _note_failure(job: str, case: Application, kind: str) -> None:
    known = AuditEntry.objects.filter(
        action=FAILED, subject_type="application", subject_id=case.number or "", details__job=job
    )
    if known.filter(at__date=now().date()).exists():
        return
    audit(
        actor=None,
        action=FAILED,
        subject=("application", case.number or ""),
        uscc=case.enterprise.uscc,
        details={"job": job, "error": kind},
    )
