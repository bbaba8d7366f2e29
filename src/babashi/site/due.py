"""What falls due on a day: one list of jobs, run each night, or at once when the demo moves its day.

Each job fails alone: what is wrong with one of them is no reason to leave a payment unordered or a reminder unsaid.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

log = logging.getLogger(__name__)
NAMED = 10
"""Of the cases that a job could not handle only so many are named in its sentence."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something that falls due. ``act`` says in a few words what it did, nothing when there was nothing to do."""

    name: str
    act: Callable[[date], str]


class JobsFailed(RuntimeError):
    """Jobs broke while the others did their work."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(f"没有办成：{'、'.join(names)}。原因见日志，排除后运行 babashi due 再办一次。")


@dataclass(frozen=True, slots=True)
class Done:
    """What the jobs of a day did, in their order, and the names of those that broke."""

    said: tuple[str, ...]
    failed: tuple[str, ...]

    def require_whole(self) -> None:
        """Raise :class:`JobsFailed` when a job broke, for callers that have to count as failed then."""
        if self.failed:
            raise JobsFailed(self.failed)


def due_jobs(day: date) -> list[Job]:
    """What falls due on a day, in the order of the journey."""
    return [
        Job("公示期满", _close_publicity),
        Job("排队落实额度", _drain_queue),
        Job("转入待拨付", _order_payments),
        Job("重新匹配", _match_again),
        Job("提醒", _remind),
        Job("送出消息", _deliver),
        Job("逾期统计", _overdue),
    ]


def money_jobs() -> list[Job]:
    """New money reaches those who wait, and what was approved becomes payments."""
    return [Job("排队落实额度", _drain_queue), Job("转入待拨付", _order_payments)]


def run_due_jobs(day: date) -> Done:
    """Run everything that falls due on a day; jobs that found nothing to do stay silent."""
    return run(due_jobs(day), day)


def run(jobs: Iterable[Job], day: date) -> Done:
    """Run each job whatever becomes of the others; one that breaks is logged with its trace and named."""
    said, failed = [], []
    for job in jobs:
        try:
            # inside somebody's transaction a broken job is undone by itself; else its own acts have theirs
            with transaction.atomic() if connection.in_atomic_block else nullcontext():
                words = job.act(day)
        except Exception:
            log.exception("due job %s failed on %s", job.name, day)
            failed.append(job.name)
            words = f"“{job.name}”没有办成，已记入日志，请系统管理员查看"
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()  # a lost connection must not fail the rest
        if words:
            said.append(words)
    return Done(tuple(said), tuple(failed))


def _close_publicity(day: date) -> str:
    from babashi.reviews.services import finish_publicity

    ended = finish_publicity(day)
    return _said(f"{len(ended)} 件公示期满，转入审定" if ended else "", ended.failed)


def _drain_queue(day: date) -> str:
    from babashi.reviews.services import drain_all

    granted = drain_all()
    return _said(f"{len(granted)} 件排队事项得到额度" if granted else "", granted.failed)


def _order_payments(day: date) -> str:
    from babashi.payments.services import order_ready

    ordered = order_ready()
    return _said(f"{len(ordered)} 笔转入待拨付" if ordered else "", ordered.failed)


def _said(done: str, failed: Sequence[str]) -> str:
    """What was done, and the numbers of the cases that need somebody to look."""
    named = "、".join(failed[:NAMED]) + (f"等 {len(failed)} 件" if len(failed) > NAMED else "")
    problem = f"{named} 未能自动办理，已记入日志，下次再试" if failed else ""
    return "；".join(part for part in (done, problem) if part)


def _match_again(day: date) -> str:
    from babashi.matching.services import rematch_stale
    from babashi.outreach.services import push_matches

    run = rematch_stale(cause="day")
    if run is None or not run.changed:
        return ""
    told = push_matches(run)
    return f"重新匹配，{run.changed} 项结论有变化" + (f"，推送 {told} 条" if told else "")


def _remind(day: date) -> str:
    from babashi.site.reminders import remind

    said = remind(day)
    return f"提醒 {said} 条" if said else ""


def _deliver(day: date) -> str:
    from babashi.outreach.services import deliver_due

    sent = deliver_due().get("sent", 0)
    return f"送出 {sent} 条消息" if sent else ""


def _overdue(day: date) -> str:
    """Nothing is sent: officials see it on the first page of their desk."""
    from babashi.reviews.queries import digest

    found = digest(day)
    late = f"{found.late} 件办理已逾期" if found.late else ""
    soon = f"{found.soon} 件两个工作日内到期" if found.soon else ""
    return "、".join(part for part in (late, soon) if part)
