"""What the ledger refuses, in words that say what to do."""

from decimal import Decimal

from babashi.audit.errors import Conflict


class InsufficientFunds(Conflict):
    """The free part of an appropriation does not cover the amount; the case waits in the queue."""

    def __init__(self, full_id: str, wanted: Decimal, free: Decimal) -> None:
        super().__init__(
            f"可用预算不足：需要 {wanted:,.2f} 元，可用 {free:,.2f} 元。请先追加预算，或排队等待。",
            code="insufficient_funds",
        )
        self.full_id = full_id
        self.wanted = wanted
        self.free = free
