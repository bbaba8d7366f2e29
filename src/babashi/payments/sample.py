"""A made-up file of the bank, to show what the import takes. Its rows say so, and are refused until replaced."""

from datetime import date
from decimal import Decimal

from babashi.listing import Column
from babashi.payments.answers_file import COLUMNS, RETURNED, SAMPLE, SUCCEEDED, AnswerRow

NOTE = "合成示例，不是真实回单；请换成银行的数据"
ROWS = (
    AnswerRow(
        2,
        "PC20220905-001",
        f"{SAMPLE}ZF-SB20220901-000001-1",
        SUCCEEDED,
        Decimal("200000.00"),
        date(2022, 9, 6),
        "HZ0000001",
        "",
    ),
    AnswerRow(
        3,
        "PC20220905-001",
        f"{SAMPLE}ZF-SB20220901-000002-1",
        RETURNED,
        Decimal("123456.78"),
        None,
        "",
        "户名与账号不符",
    ),
)
_BATCH, _PAYMENT, _STATUS, _AMOUNT, _PAID_ON, _REFERENCE, _REASON = COLUMNS
SAMPLE_COLUMNS = [
    Column(_BATCH, lambda row: row.batch, 18),
    Column(_PAYMENT, lambda row: row.payment, 34),
    Column(_STATUS, lambda row: row.status, 10),
    Column(_AMOUNT, lambda row: row.amount, 16),
    Column(_PAID_ON, lambda row: row.paid_on.isoformat() if row.paid_on else "", 14),
    Column(_REFERENCE, lambda row: row.reference, 20),
    Column(_REASON, lambda row: row.reason, 24),
    Column("说明（导入时不看）", lambda row: NOTE, 44),
]
"""The columns that the import reads, and one more that it passes over."""
