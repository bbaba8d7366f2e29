"""The movable day of the demo: forward by a day or to the next deadline, then the jobs that fall due.

The same jobs run each night in production (:mod:`babashi.site.due`); here they run at once, so that a newcomer walks through
publicity to the payment without waiting.
"""

from collections.abc import Iterator
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
    """The next day of each kind: a public notice has ended, a task is due, something is called to mind, an item closes."""
    kinds = (_publicity, _tasks, _corrections, _items)
    return [(day, reason) for kind in kinds for day, reason in kind(now)]


def _publicity(now: date) -> Iterator[tuple[date, str]]:
    from babashi.publicity.models import Notice

    ends = Notice.objects.filter(closed_at=None, ends_on__gte=now).aggregate(day=Min("ends_on"))["day"]
    if ends:
        yield ends + timedelta(days=1), "公示期满的次日"


def _tasks(now: date) -> Iterator[tuple[date, str]]:
    from babashi.reviews.flow import PUBLICITY_ROLE
    from babashi.reviews.models import StageTask

    tasks = StageTask.objects.filter(decided_at=None, due_on__gt=now).exclude(role=PUBLICITY_ROLE)
    due = tasks.aggregate(day=Min("due_on"))["day"]
    if due:
        yield due, "办理期限到期日"


def _corrections(now: date) -> Iterator[tuple[date, str]]:
    from babashi.applications.flow import State
    from babashi.applications.models import Application
    from babashi.applications.queries import correction_due

    cases = Application.objects.filter(state=State.CORRECTION)
    days = [due.day for case in cases if (due := correction_due(case)) and due.day > now]
    if days:
        yield min(days), "补正时限到期日"


def _items(now: date) -> Iterator[tuple[date, str]]:
    from babashi.catalogue.queries import current_items
    from babashi.site.reminders import BEFORE_CLOSING

    for until in set(current_items().filter(until__gte=now).values_list("until", flat=True)):
        for left in BEFORE_CLOSING:
            if until - timedelta(days=left) > now:
                yield until - timedelta(days=left), f"距事项截止 {left} 天"
        yield until + timedelta(days=1), "事项截止的次日"
    for opens in set(current_items().filter(opens__gt=now).values_list("opens", flat=True)):
        yield opens, "新一批开始申报"


def _move(day: date, reason: str) -> Moved:
    if not settings.BABASHI_DEMO:
        raise NotAllowed("只有演示环境才能调整日期。")
    set_demo_day(day)
    return Moved(day, reason, run_due_jobs(day).said)
