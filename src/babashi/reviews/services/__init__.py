"""Everything officials do with a case, and what opens their stages; each verb is one transaction."""

from babashi.reviews.services.approval import drain_all, drain_queue
from babashi.reviews.services.corrections import cancel_correction, lapse_correction
from babashi.reviews.services.decisions import (
    RowResult,
    approve,
    decide,
    decide_many,
    grant_problems,
    outcome_words,
)
from babashi.reviews.services.entry import (
    resubmit_and_reopen,
    submit_and_open,
    submit_automatic_and_open,
    withdraw_and_close,
)
from babashi.reviews.services.facts import correct_fact, refresh_facts
from babashi.reviews.services.publication import finish_publicity, settle_objection
from babashi.reviews.services.tasks import assign_task, claim_task, release_task

__all__ = [
    "RowResult", "approve", "assign_task", "cancel_correction", "claim_task", "correct_fact", "decide", "decide_many",
    "drain_all", "drain_queue", "finish_publicity", "grant_problems", "lapse_correction", "outcome_words", "refresh_facts",
    "release_task", "resubmit_and_reopen", "settle_objection", "submit_and_open", "submit_automatic_and_open",
    "withdraw_and_close",
]  # fmt: skip
