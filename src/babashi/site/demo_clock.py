"""The movable day of the demo: forward by a day or to the next deadline, then the jobs that fall due.

The same jobs run each night in production (:mod:`babashi.site.due`); here they run at once, so that a newcomer walks through
publicity to the payment without waiting.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Min

from babashi.audit.errors import NotAllowed
from babashi.site.due import run_due_jobs
from babashi.workdays.clock import set_demo_day, today


@dataclass(frozen=True, slots=True)
class Moved:
    """Where the demo stands now, why there, and what the jobs did."""

    day: date
    reason: str
    done: tuple[str, ...]


def advance_day() -> Moved:
    """To the next calendar day."""
    return _move(today() + timedelta(days=1), "前进一天")


def advance_to_next_deadline() -> Moved:
    """To the next day on which something is due, at least one day ahead."""
    now = today()
    due = [(day, reason) for day, reason in deadlines(now) if day > now]
    if not due:
        return _move(now + timedelta(days=1), "近期没有期限，前进一天")
    day, reason = min(due)
    return _move(day, reason)


def deadlines(now: date) -> list[tuple[date, str]]:
    """The next day of each kind: a public notice has ended, a task is due, an item closes."""
    from babashi.catalogue.models import CatalogueItem
    from babashi.publicity.models import Notice
    from babashi.reviews.models import StageTask

    found: list[tuple[date, str]] = []
    ends = Notice.objects.filter(closed_at=None, ends_on__gte=now).aggregate(day=Min("ends_on"))["day"]
    if ends:
        found.append((ends + timedelta(days=1), "公示期满的次日"))
    tasks = StageTask.objects.filter(decided_at=None, paused_on=None, due_on__gt=now)
    due = tasks.exclude(role="").aggregate(day=Min("due_on"))["day"]
    if due:
        found.append((due, "办理期限到期日"))
    items = CatalogueItem.objects.filter(
        pack_version__is_current=True, pack_version__enabled=True, until__gte=now
    )
    until = items.aggregate(day=Min("until"))["day"]
    if until:
        found.append((until + timedelta(days=1), "事项截止的次日"))
    return found


def _move(day: date, reason: str) -> Moved:
    if not settings.BABASHI_DEMO:
        raise NotAllowed("只有演示环境才能调整日期。")
    set_demo_day(day)
    return Moved(day, reason, run_due_jobs(day))
