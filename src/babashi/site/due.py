"""What falls due on a day: one list of jobs, run each night, or at once when the demo moves its day."""

from collections.abc import Callable, Sequence
from datetime import date

NAMED = 10
"""Of the cases that a job could not handle only so many are named in its sentence."""


def due_jobs(day: date) -> list[Callable[[date], str]]:
    """What falls due on a day, in the order of the journey; each says in a few words what it did."""
    return [_close_publicity, _drain_queue, _order_payments, _match_again, _remind, _deliver, _overdue]


def run_due_jobs(day: date) -> tuple[str, ...]:
    """Run them all; those that found nothing to do stay silent."""
    return tuple(said for job in due_jobs(day) if (said := job(day)))


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
