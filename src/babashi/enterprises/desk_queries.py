"""Reads of the register desk."""

from django.db.models import QuerySet

from babashi.audit.errors import NotFound
from babashi.enterprises.models import Claim, ClaimState, Enterprise, ImportBatch, RegisterRow

HISTORY = 100


def enterprise_or_404(uscc: str) -> Enterprise:
    """The enterprise of that code."""
    found = Enterprise.objects.filter(uscc=uscc.strip().upper()[:18]).first()
    if found is None:
        raise NotFound("档案里没有这家企业。")
    return found


def history(enterprise: Enterprise) -> list[RegisterRow]:
    """The latest rows, those no longer in force included."""
    rows = RegisterRow.objects.filter(enterprise=enterprise).select_related(
        "batch", "department", "recorded_by"
    )
    return list(rows.order_by("-id")[:HISTORY])


def batches() -> QuerySet[ImportBatch]:
    """Imports, the newest first."""
    return ImportBatch.objects.select_related("department", "imported_by").order_by("-id")


def open_claims() -> QuerySet[Claim]:
    """Claims that wait, the oldest first."""
    return (
        Claim.objects.filter(state=ClaimState.PENDING)
        .select_related("enterprise", "user")
        .order_by("created_at", "id")
    )


def claim_or_404(claim_id: int) -> Claim:
    """One claim that waits."""
    found = open_claims().filter(pk=claim_id).first()
    if found is None:
        raise NotFound("没有这项待核实的认领，可能已经处理。")
    return found
