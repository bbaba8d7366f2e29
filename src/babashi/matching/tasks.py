"""Jobs of matching. All are idempotent: run twice, the second finds nothing to do."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

RETRY = RetryStrategy(max_attempts=6, exponential_wait=4)


@app.task(name="matching.rematch_enterprises", queue="matching", lock="matching-few", retry=RETRY)
def rematch_enterprises(enterprise_ids: list[int], cause: str) -> None:
    """After an enterprise's facts changed: match it, then tell it what is new.

    It does not wait for a pass over the register to end, only for that pass's present chunk.
    """
    from babashi.matching import services

    push(services.rematch(enterprise_ids, cause=cause).pk)


@app.task(
    name="matching.rematch_stale", queue="matching", lock="matching", queueing_lock="stale", retry=RETRY
)
def rematch_stale(cause: str = "day") -> None:
    """After an import, a publication or a new day: match whoever is not up to date."""
    from babashi.matching import services

    run = services.rematch_stale(cause=cause)
    if run is not None:
        push(run.pk)


@app.task(name="matching.rematch_all", queue="matching", lock="matching", queueing_lock="all", retry=RETRY)
def rematch_all() -> None:
    """The whole register again, on demand."""
    from babashi.matching import services

    push(services.rematch(None, cause="manual").pk)


@app.periodic(cron="*/5 * * * *")
@app.task(name="matching.keep_up", queue="matching", lock="matching", queueing_lock="keep_up")
def keep_up(timestamp: int) -> None:
    """The safety net: whatever changed without a job of its own is matched within five minutes."""
    from babashi.matching import services

    run = services.rematch_stale(cause="day")
    if run is not None:
        push(run.pk)


def push(run_id: int) -> None:
    """Pushing is the next step of the journey; it is asked for by the name of its job."""
    app.configure_task("outreach.push_run", queue="outreach").defer(run_id=run_id)
