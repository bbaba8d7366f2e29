"""Reads of public notices and objections."""

import datetime as dt

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from babashi.accounts.models import Department
from babashi.applications.flow import State
from babashi.applications.models import Application
from babashi.publicity.models import Entry, Notice, Objection, ObjectionState


def notices(day: dt.date) -> QuerySet[Notice]:
    """All public notices: their item, how many entries are ``shown``, the ``first_name`` of them, if ``running``.

    One that shows nothing any more is over: there is nothing to object to.
    """
    shown = Count("entries", filter=Q(entries__removed_at=None), distinct=True)
    running = Q(closed_at__isnull=True, starts_on__lte=day, ends_on__gte=day, shown__gt=0)
    found = Notice.objects.select_related("item__lead").defer("item__body", "item__search")
    first = Entry.objects.filter(notice=OuterRef("pk"), removed_at=None).order_by("id")
    found = found.annotate(shown=shown, first_name=Subquery(first.values("enterprise_name")[:1]))
    return found.annotate(running=running)


def naming(text: str) -> QuerySet[Entry]:
    """The ids of the notices on which an enterprise of that name is shown."""
    return Entry.objects.filter(enterprise_name__icontains=text, removed_at=None).values("notice")


def is_running(notice: Notice, today: dt.date) -> bool:
    """Whether one may object today."""
    return notice.closed_at is None and notice.starts_on <= today <= notice.ends_on


def shown_entries(notice: Notice) -> QuerySet[Entry]:
    """The entries that the public sees."""
    return notice.entries.filter(removed_at=None).order_by("id")


def current_entry(application: Application) -> Entry | None:
    """The entry of a case that is public now, or was last without being taken down."""
    return (
        Entry.objects.filter(application=application, removed_at=None)
        .select_related("notice")
        .order_by("-id")
        .first()
    )


def due(today: dt.date) -> QuerySet[Application]:
    """Cases whose period is over and to which no objection is open, in the order of their submission."""
    standing = Entry.objects.filter(application=OuterRef("pk"), removed_at=None)
    blocked = Objection.objects.filter(entry__application=OuterRef("pk"), state=ObjectionState.OPEN)
    return (
        Application.objects.filter(Exists(standing.filter(notice__ends_on__lt=today)), state=State.PUBLICITY)
        .exclude(Exists(standing.filter(notice__ends_on__gte=today)))
        .exclude(Exists(blocked))
        .order_by("complete_on", "id")
    )


def objections(departments: list[Department] | None) -> QuerySet[Objection]:
    """Objections to items that these departments lead (``None``: all), the oldest open one first."""
    found = Objection.objects.select_related(
        "entry__notice__item__lead", "entry__application__enterprise", "decided_by"
    )
    if departments is not None:
        found = found.filter(entry__notice__item__lead__in=departments)
    return found
