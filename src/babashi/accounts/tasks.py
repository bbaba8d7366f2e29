"""Jobs: letters about accounts. In a job, so that no page takes longer for an address that belongs to somebody."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

RETRY = RetryStrategy(max_attempts=4, exponential_wait=4)


@app.task(name="accounts.post_letter", queue="accounts", retry=RETRY)
def post_letter(address: str, subject: str, body: str) -> None:
    """One letter to one address."""
    from babashi.accounts import recovery

    recovery.post_letter(address, subject, body)


@app.task(name="accounts.send_reset_links", queue="accounts")
def send_reset_links(address: str) -> None:
    """Links for a new password; whoever gets none asks again, and an attempt too many would be a letter twice."""
    from babashi.accounts import recovery

    recovery.send_reset_links(address)
