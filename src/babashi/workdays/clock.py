"""The one clock. Nothing else in the house asks the machine what day it is.

Outside demo mode it is the time in Shanghai. In demo mode the day is movable: it starts at BABASHI_TODAY and
is kept in one row, so that every process agrees; the time of day stays the real one.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from babashi.audit.errors import NotAllowed
from babashi.workdays.models import DemoDay

SHANGHAI = ZoneInfo("Asia/Shanghai")


def is_demo() -> bool:
    """Whether the day may be moved."""
    return bool(settings.BABASHI_DEMO)


def today() -> date:
    """The current day in Shanghai, or the day on which the demo stands."""
    if not is_demo():
        return datetime.now(SHANGHAI).date()
    moved = DemoDay.objects.values_list("day", flat=True).first()
    return moved or settings.BABASHI_TODAY or datetime.now(SHANGHAI).date()


def now() -> datetime:
    """The current moment, aware, in Shanghai; in demo mode on the demo's day."""
    real = datetime.now(SHANGHAI)
    return datetime.combine(today(), real.time(), tzinfo=SHANGHAI) if is_demo() else real


def set_demo_day(day: date) -> None:
    """Move the demo to a day, forwards only. Impossible outside demo mode."""
    if not is_demo():
        raise NotAllowed("只有演示环境才能调整日期。")
    if day < today():
        raise NotAllowed(f"演示日期只能往后调整，现在是 {today():%Y-%m-%d}。")
    DemoDay.objects.update_or_create(singleton=True, defaults={"day": day})
