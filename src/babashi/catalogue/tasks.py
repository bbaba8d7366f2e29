"""What follows from a published, enabled or disabled pack: matching, asked for by the name of its job."""

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued


def packs_changed() -> None:
    """Have everybody matched again. Part of the caller's transaction; asked twice, it waits once."""
    from django.db import transaction

    try:
        with transaction.atomic():
            app.configure_task("matching.rematch_stale", queue="matching", queueing_lock="stale").defer(
                cause="pack"
            )
    except AlreadyEnqueued:
        return
