"""What has to happen after facts changed. Matching is the next step; it is asked for by the name of its job."""

from collections.abc import Collection

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

FEW = 200
"""Up to so many enterprises are named in the job; beyond that matching finds for itself who is stale."""


def ask_for_matching(enterprise_ids: Collection[int], cause: str, *, everybody: bool = False) -> None:
    """Defer matching in the caller's transaction: no commit, no job. ``everybody``: official figures changed."""
    if enterprise_ids and len(enterprise_ids) <= FEW and not everybody:
        task = app.configure_task("matching.rematch_enterprises", queue="matching", lock="matching-few")
        task.defer(enterprise_ids=sorted(enterprise_ids), cause=cause)
    elif enterprise_ids or everybody:
        _stale(cause)


def _stale(cause: str) -> None:
    task = app.configure_task(
        "matching.rematch_stale", queue="matching", lock="matching", queueing_lock="stale"
    )
    try:
        with transaction.atomic():  # the refusal of a second job must not spoil the caller's transaction
            task.defer(cause=cause)
    except AlreadyEnqueued:
        return  # one is waiting anyway and will see these too
