"""The one clock. Nobody else asks the operating system for the time.

Outside demo mode it is the real time in Asia/Shanghai. In demo mode the day is a single row that can be
moved forward, so that a newcomer can walk through publicity to the payment; the time of day stays real.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from babashi.workdays.models import DemoDay

ZONE = ZoneInfo("Asia/Shanghai")
_frozen: ContextVar[dt.datetime | None] = ContextVar("frozen clock", default=None)
_day_asked: ContextVar[list[dt.date] | None] = ContextVar("day of the demo, once asked for", default=None)


class ClockNotMovable(Exception):
    """Somebody tried to move the clock where it must not move; the text (Chinese) says why."""


def is_demo() -> bool:
    """Whether this installation is a demonstration with synthetic data and a movable day."""
    return bool(settings.BABASHI_DEMO)


def now() -> dt.datetime:
    """The present moment, aware, in Asia/Shanghai."""
    frozen = _frozen.get()
    if frozen is not None:
        return frozen
    real = dt.datetime.now(ZONE)
    if not is_demo():
        return real
    return dt.datetime.combine(_demo_day(), real.timetz())


def today() -> dt.date:
    """The present day in Asia/Shanghai; in demo mode the day on which the demo stands."""
    return now().date()


def set_demo_day(day: dt.date) -> None:
    """Move the demo to a later day (or leave it where it is).

    Raises ClockNotMovable outside demo mode, and for an earlier day: what happened would then lie ahead.
    """
    if not is_demo():
        raise ClockNotMovable("只有演示环境可以调整日期。")
    with transaction.atomic():
        row, _ = DemoDay.objects.select_for_update().get_or_create(singleton=True, defaults={"day": _start()})
        if day < row.day:
            raise ClockNotMovable(f"演示日期只能向前：现在是 {row.day}，不能退回 {day}。")
        row.day = day
        row.save(update_fields=["day"])


@contextmanager
def frozen(moment: dt.datetime | None = None) -> Iterator[dt.datetime]:
    """Within the block the clock stands still (at ``moment``, or at the moment of entering).

    Used around a request or a long job, so that one piece of work knows one day and asks for it once.
    """
    if moment is not None and moment.tzinfo is None:
        raise ValueError("the frozen moment must be aware")
    chosen = (moment or now()).astimezone(ZONE)
    token = _frozen.set(chosen)
    try:
        yield chosen
    finally:
        _frozen.reset(token)


@contextmanager
def asked_once() -> Iterator[None]:
    """Within the block the day of the demo is asked for once, by whoever needs it first. For reading: who moves the
    day within it would not see that."""
    token = _day_asked.set([])
    try:
        yield
    finally:
        _day_asked.reset(token)


def _start() -> dt.date:
    return settings.BABASHI_TODAY or dt.datetime.now(ZONE).date()


def _demo_day() -> dt.date:
    asked = _day_asked.get()
    if asked:
        return asked[0]
    row = DemoDay.objects.first()
    day = row.day if row else _start()
    if asked is not None:
        asked.append(day)
    return day
