"""Everything one can do with an application; each verb is one transaction, and only these write."""

from babashi.applications.services.drafts import (
    attach,
    detach,
    open_application,
    require_open_item,
    save_draft,
    start_draft,
)
from babashi.applications.services.events import audit, lock, one_act, record_event
from babashi.applications.services.interests import answer_interest, express_interest
from babashi.applications.services.jobs import Handled, one_by_one, report_failure
from babashi.applications.services.submission import (
    automatic_offer,
    next_number,
    resubmit,
    submit,
    submit_automatic,
    withdraw,
)

__all__ = [
    "Handled", "answer_interest", "attach", "audit", "automatic_offer", "detach", "express_interest", "lock",
    "next_number", "one_act", "one_by_one", "open_application", "record_event", "report_failure",
    "require_open_item", "resubmit", "save_draft", "start_draft", "submit", "submit_automatic", "withdraw",
]  # fmt: skip
