"""What each night does by itself: public notices end, money goes round, payments are ordered, the new day is matched."""

from procrastinate.contrib.django import app


@app.periodic(cron="5 0 * * *")
@app.task(name="site.nightly", queue="site", lock="nightly", queueing_lock="nightly")
def nightly(timestamp: int) -> None:
    """Run every job that falls due on the new day; in demo mode the movable day runs them instead.

    When one of them breaks the others still run, and this one counts as failed, so that the operator sees it.
    """
    from babashi.site.due import run_due_jobs
    from babashi.workdays.clock import is_demo, today

    if not is_demo():
        run_due_jobs(today()).require_whole()


@app.periodic(cron="*/10 * * * *")
@app.task(name="site.order_payments", queue="site", lock="nightly", queueing_lock="order")
def order_payments(timestamp: int) -> None:
    """New money reaches those who wait, and approved applications become payments, within ten minutes."""
    from babashi.site.due import money_jobs, run
    from babashi.workdays.clock import today

    run(money_jobs(), today()).require_whole()
