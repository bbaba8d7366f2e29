"""Payments: orders for the treasury, the bank's answers, corrections. The platform never moves money itself."""

from babashi.payments.services.answers import MAX_UPLOAD, AnswerReport, import_answers, settle
from babashi.payments.services.batches import dissolve_batch, export_batch, make_batch
from babashi.payments.services.orders import correct_and_repay, order_ready

__all__ = [
    "MAX_UPLOAD", "AnswerReport", "correct_and_repay", "dissolve_batch", "export_batch", "import_answers",
    "make_batch", "order_ready", "settle",
]  # fmt: skip
