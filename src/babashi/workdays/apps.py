"""Django application: workdays."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class WorkdaysConfig(AppConfig):
    name = "babashi.workdays"
    label = "workdays"
    verbose_name = "工作日与时钟"

    def ready(self) -> None:
        post_migrate.connect(_seed, sender=self, dispatch_uid="workdays.seed")


def _seed(*, using: str, plan: list[Any] | None = None, **_: object) -> None:
    """After each migrate: years that a newer library has learned of are entered.

    A data migration would run once and miss them. This is the one use of a signal in the house: there is
    no other place that runs after every migrate.
    """
    from django.db import connections

    from babashi.workdays.models import CalendarYear
    from babashi.workdays.services import seed_calendar

    if CalendarYear._meta.db_table in connections[using].introspection.table_names():
        seed_calendar()
