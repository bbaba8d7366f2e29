"""Jobs of outreach."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

RETRY = RetryStrategy(max_attempts=6, exponential_wait=4)


@app.task(name="outreach.push_run", queue="outreach", lock="push", retry=RETRY)
def push_run(run_id: int) -> None:
    """One message for each new match of a run."""
    from babashi.matching.models import MatchRun
    from babashi.outreach import services

    services.push_matches(MatchRun.objects.get(pk=run_id))


@app.task(name="outreach.deliver", queue="outreach", lock="deliver", queueing_lock="deliver")
def deliver() -> None:
    """Send what is queued; what fails stays queued with a later time and is picked up by the periodic job."""
    from babashi.outreach import services

    services.deliver_due()


@app.periodic(cron="* * * * *")
@app.task(name="outreach.deliver_again", queue="outreach", lock="deliver", queueing_lock="deliver_again")
def deliver_again(timestamp: int) -> None:
    """Second and later attempts, and whatever a stopped worker left behind."""
    from babashi.outreach import services

    services.deliver_due()
