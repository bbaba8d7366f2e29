"""What a day does by itself; the site's list of due jobs calls :func:`run_day`."""

import datetime as dt

from babashi.reviews import services


def run_day(today: dt.date) -> dict[str, int]:
    """End public notices whose days are over, then give free money to those who wait."""
    finished = services.finish_publicity(today)
    funded = services.drain_all()
    return {"publicity_ended": len(finished), "funded": len(funded)}
