"""Reads: balances per item, the ledger, and the proof that both agree."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import Q, QuerySet

from babashi.budget.models import Appropriation, EntryKind, LedgerEntry
from babashi.catalogue.models import CatalogueItem

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Balance:
    """The money of one item in yuan; ``title`` falls back to the id when no current pack has the item."""

    full_id: str
    title: str
    article: str
    lead: str
    total: Decimal
    reserved: Decimal
    paid: Decimal

    @property
    def free(self) -> Decimal:
        return self.total - self.reserved - self.paid

    @property
    def appropriated(self) -> bool:
        """Whether money has been set aside for this item at all."""
        return self.total > ZERO


def free(full_id: str) -> Decimal:
    """What can still be reserved for an item, in yuan; 0 without an appropriation."""
    appropriation = Appropriation.objects.filter(full_id=full_id).first()
    return appropriation.free if appropriation else ZERO


def money_items() -> QuerySet[CatalogueItem]:
    """The items of current packs for which one can apply, so that need an appropriation."""
    return (
        CatalogueItem.objects.filter(
            pack_version__is_current=True, pack_version__enabled=True, channel="application"
        )
        .select_related("lead")
        .order_by("pack_version__pack_id", "position")
    )


def balances() -> list[Balance]:
    """One row an item: those of current packs in their order, then appropriations of earlier packs."""
    amounts = {row.full_id: row for row in Appropriation.objects.all()}
    rows = [_balance(amounts.pop(item.full_id, None), item) for item in money_items()]
    titles = {item.full_id: item for item in _latest_items(amounts)}
    return rows + [_balance(row, titles.get(full_id)) for full_id, row in amounts.items()]


def _latest_items(full_ids: Iterable[str]) -> QuerySet[CatalogueItem]:
    wanted = list(full_ids)
    if not wanted:
        return CatalogueItem.objects.none()
    return CatalogueItem.objects.filter(full_id__in=wanted).select_related("lead").order_by("id")


def _balance(row: Appropriation | None, item: CatalogueItem | None) -> Balance:
    full_id = item.full_id if item else row.full_id if row else ""
    return Balance(
        full_id=full_id,
        title=item.name if item else full_id,
        article=item.article if item else "",
        lead=item.lead.name if item else "",
        total=row.total if row else ZERO,
        reserved=row.reserved if row else ZERO,
        paid=row.paid if row else ZERO,
    )


def totals(rows: Iterable[Balance]) -> Balance:
    """The sum row under a list of balances."""
    rows = list(rows)
    return Balance(
        full_id="",
        title="合计",
        article="",
        lead="",
        total=sum((row.total for row in rows), ZERO),
        reserved=sum((row.reserved for row in rows), ZERO),
        paid=sum((row.paid for row in rows), ZERO),
    )


def titles() -> dict[str, str]:
    """The name of every item that ever was in the catalogue, the newest version winning."""
    rows = CatalogueItem.objects.order_by("id").only("full_id", "title", "short_title")
    return {row.full_id: row.name for row in rows}


def ledger(text: str = "", kind: str = "", full_id: str = "") -> QuerySet[LedgerEntry]:
    """Ledger entries; ``text`` is looked for in the references and the basis."""
    entries = LedgerEntry.objects.select_related("appropriation", "by")
    if text:
        entries = entries.filter(
            Q(reference__icontains=text) | Q(payment_number__icontains=text) | Q(memo__icontains=text)
        )
    if kind:
        entries = entries.filter(kind=kind)
    if full_id:
        entries = entries.filter(appropriation__full_id=full_id)
    return entries


def reversals(payment_number: str) -> int:
    """How often the bank sent this payment back after it had been booked as paid."""
    return LedgerEntry.objects.filter(kind=EntryKind.REVERSED, payment_number=payment_number).count()


@dataclass(frozen=True)
class Difference:
    """A stored balance that is not the fold of its ledger entries."""

    subject: str
    column: str
    stored: Decimal
    folded: Decimal

    def __str__(self) -> str:
        return f"{self.subject} {self.column}：余额 {self.stored:,.2f} 元，台账合计 {self.folded:,.2f} 元"


_VERIFY = """
WITH signed AS (
    SELECT *, CASE kind WHEN 'appropriated' THEN amount WHEN 'reduced' THEN -amount ELSE 0 END AS to_total,
        CASE WHEN kind IN ('reserved', 'reversed') THEN amount
             WHEN kind IN ('released', 'paid') THEN -amount ELSE 0 END AS to_reserved,
        CASE kind WHEN 'paid' THEN amount WHEN 'reversed' THEN -amount ELSE 0 END AS to_paid,
        CASE kind WHEN 'reserved' THEN amount ELSE 0 END AS to_held,
        CASE kind WHEN 'released' THEN amount ELSE 0 END AS to_released
    FROM budget_ledgerentry
), per_item AS (
    SELECT appropriation_id AS id, sum(to_total) AS total, sum(to_reserved) AS reserved, sum(to_paid) AS paid
    FROM signed GROUP BY appropriation_id
), per_case AS (
    SELECT reference, sum(to_held) AS held, sum(to_paid) AS paid, sum(to_released) AS released
    FROM signed WHERE kind NOT IN ('appropriated', 'reduced') GROUP BY reference
), compared AS (
    SELECT a.full_id AS subject, c.name, c.stored, coalesce(c.folded, 0) AS folded
    FROM budget_appropriation a LEFT JOIN per_item f ON f.id = a.id, LATERAL (VALUES
        ('预算', a.total, f.total), ('占用', a.reserved, f.reserved), ('已支付', a.paid, f.paid)
    ) AS c(name, stored, folded)
    UNION ALL
    SELECT coalesce(r.reference, f.reference), c.name, coalesce(c.stored, 0), coalesce(c.folded, 0)
    FROM budget_reservation r FULL JOIN per_case f ON f.reference = r.reference, LATERAL (VALUES
        ('占用', r.amount, f.held), ('已支付', r.paid, f.paid), ('已释放', r.released, f.released)
    ) AS c(name, stored, folded)
)
SELECT subject, name, stored, folded FROM compared WHERE stored <> folded ORDER BY subject, name
"""


def verify() -> list[Difference]:
    """Compare every balance and every reservation with the fold of the ledger; empty when all agree.

    One statement, so that it sees one state of all three tables while others go on paying.
    """
    with connection.cursor() as cursor:
        cursor.execute(_VERIFY)
        return [Difference(*row) for row in cursor.fetchall()]
