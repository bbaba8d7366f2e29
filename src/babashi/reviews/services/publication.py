"""What follows a public notice: the next stage when it ends, and what an objection leads to."""

import datetime as dt

from babashi.accounts.models import User
from babashi.applications.flow import State
from babashi.applications.models import Application
from babashi.applications.services import Handled, lock, one_act, one_by_one
from babashi.publicity.models import Objection
from babashi.publicity.services import close_due, decide_objection, end_publicity
from babashi.reviews.errors import FourEyes
from babashi.reviews.models import Outcome
from babashi.reviews.queries import decided_case_ids
from babashi.reviews.services.decisions import refuse_case
from babashi.reviews.services.tasks import close_open, open_next
from babashi.workdays.clock import today

REVIEW_AGAIN, REFUSE = "review", "refuse"


def finish_publicity(day: dt.date) -> Handled[Application]:
    """Every case whose period is over and undisputed goes on; each in a transaction of its own."""
    return one_by_one("finish_publicity", close_due(day), lambda case: _finish(case, day))


@one_act
def _finish(application: Application, day: dt.date) -> Application | None:
    ended = end_publicity(application, day)
    if ended is None:
        return None
    close_open(ended, Outcome.ENDED, by=None)
    open_next(ended, by=None)
    return ended


@one_act
def settle_objection(
    objection: Objection, *, upheld: bool, answer: str, by: User, consequence: str = REVIEW_AGAIN
) -> Objection:
    """Answer an objection. Upheld: the case goes back to review, or is refused, as ``consequence`` says.

    Nobody judges an objection to a decision of his own.
    """
    application = lock(objection.entry.application)
    if decided_case_ids(by).filter(application=application).exists():
        raise FourEyes
    decided = decide_objection(objection, upheld, answer, by=by)
    application.refresh_from_db()
    if application.state != State.PUBLICITY:
        return decided
    if not upheld:
        _finish(application, today())  # the period may be over already, and this was the last open one
        return decided
    close_open(application, Outcome.OBJECTED, by=by, opinion=answer)
    if consequence == REFUSE:
        reasons = [{"clause": "objection", "name": "公示异议成立", "text": f"公示异议成立：{answer.strip()}"}]
        refuse_case(application, by=by, stage=application.stage, reasons=reasons, opinion=answer.strip())
    else:
        open_next(application, by=by)
    return decided
