"""Reading messages and how pushing goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet
from django.db.models.lookups import IsNull

from babashi.accounts.models import User
from babashi.enterprises.models import Enterprise, Member
from babashi.outreach.models import Delivery, DeliveryState, Message, OptOut

FILTERS = ("unread", "match", "case")
ABOUT_POLICIES = ("match", "closing")


def inbox(enterprises: Iterable[Enterprise], only: str = "", text: str = "") -> QuerySet[Message]:
    """Messages of these enterprises, unread ones first, then the newest."""
    found = Message.objects.filter(enterprise__in=list(enterprises)).select_related("enterprise")
    if only == "unread":
        found = found.filter(read_at__isnull=True)
    elif only == "match":
        found = found.filter(kind__in=ABOUT_POLICIES)
    elif only == "case":
        found = found.exclude(kind__in=ABOUT_POLICIES)
    if text:
        found = found.filter(Q(subject__icontains=text) | Q(body__icontains=text))
    return found.order_by(IsNull(F("read_at"), False), "-id")


def unread_of(user: User) -> int:
    """How many messages of a person's enterprises nobody has opened."""
    mine = Member.objects.filter(user=user, ended_at=None).values("enterprise_id")
    return Message.objects.filter(enterprise_id__in=mine, read_at__isnull=True).count()


def opted_out(enterprises: Iterable[Enterprise]) -> set[tuple[int, str]]:
    """Enterprise (by its key) and channel by which it wants no pushes."""
    found = OptOut.objects.filter(enterprise__in=list(enterprises))
    return set(found.values_list("enterprise_id", "channel"))


@dataclass(frozen=True, slots=True)
class PushCount:
    """How pushes about one item went."""

    full_id: str
    written: int
    read: int

    @property
    def share(self) -> int:
        """Read ones in percent, rounded down."""
        return self.read * 100 // self.written if self.written else 0


def push_counts() -> list[PushCount]:
    """Pushes by item."""
    rows = (
        Message.objects.filter(kind="match")
        .values("full_id")
        .annotate(written=Count("id"), read=Count("id", filter=Q(read_at__isnull=False)))
        .order_by("full_id")
    )
    return [PushCount(row["full_id"], row["written"], row["read"]) for row in rows]


def delivery_counts() -> list[dict[str, object]]:
    """Deliveries by channel and state."""
    return list(
        Delivery.objects.values("channel", "state").annotate(number=Count("id")).order_by("channel", "state")
    )


def failed_deliveries() -> QuerySet[Delivery]:
    """What did not arrive, newest first."""
    return (
        Delivery.objects.filter(state=DeliveryState.FAILED)
        .select_related("message__enterprise")
        .order_by("-id")
    )


def totals() -> dict[str, int]:
    """Figures for the head of the desk page."""
    return {
        **Message.objects.filter(kind="match").aggregate(
            pushed=Count("id"),
            read=Count("id", filter=Q(read_at__isnull=False)),
            reached=Count("enterprise", distinct=True),
        ),
        "opted_out": OptOut.objects.values("enterprise").distinct().count(),
    }
