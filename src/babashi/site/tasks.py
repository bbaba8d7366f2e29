"""What each night does by itself: public notices end, money goes round, payments are ordered, the new day is matched."""

from procrastinate.contrib.django import app


@app.periodic(cron="5 0 * * *")
@app.task(name="site.nightly", queue="site", lock="nightly", queueing_lock="nightly")
def nightly(timestamp: int) -> None:
    """Run every job that falls due on the new day; in demo mode the movable day runs them instead."""
    from babashi.site.due import run_due_jobs
    from babashi.workdays.clock import is_demo, today

    if not is_demo():
        run_due_jobs(today())


@app.periodic(cron="*/10 * * * *")
@app.task(name="site.order_payments", queue="site", lock="nightly", queueing_lock="order")
def order_payments(timestamp: int) -> None:
    """New money reaches those who wait, and approved applications become payments, within ten minutes."""
    from babashi.payments.services import order_ready
    from babashi.reviews.services import drain_all

    drain_all()
    order_ready()
