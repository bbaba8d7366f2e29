"""What the reader finds in a notice. Every find keeps its exact place in the source text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from babashi.reader.text import Span

AmountRole = Literal["fixed", "cap", "floor", "range_low", "range_high", "total_budget", "per_unit"]
RateRole = Literal["fixed", "cap", "floor", "range_low", "range_high"]
Kind = Literal[
    "reward", "subsidy", "interest_subsidy", "voucher", "insurance", "training",
    "tax_fee_relief", "loan_guarantee", "rent_relief", "service", "other",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """Words of the source, with how sure the reader is that they mean what the field says (0 to 1)."""

    text: str
    span: Span
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Amount:
    """Benefit money in yuan."""

    value: Decimal
    role: AmountRole
    per: str
    quote: str
    span: Span
    confidence: float


@dataclass(frozen=True, slots=True)
class Rate:
    """A benefit rate as a fraction and the words it is a share of."""

    value: Decimal
    role: RateRole
    base: str
    quote: str
    span: Span
    confidence: float


@dataclass(frozen=True, slots=True)
class Validity:
    """Days that the text states, and days that only follow from a start and a duration."""

    valid_from: date | None = None
    valid_until: date | None = None
    quote: Words | None = None
    alternatives: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """One numbered item or headed paragraph that grants a benefit."""

    ordinal: str
    heading: Words
    path: tuple[str, ...]
    span: Span
    kind: Kind
    kind_confidence: float
    confidence: float
    kinds_also: tuple[Kind, ...] = ()
    beneficiaries: tuple[Words, ...] = ()
    conditions: tuple[Words, ...] = ()
    amounts: tuple[Amount, ...] = ()
    rates: tuple[Rate, ...] = ()
    validity: Validity = Validity()
    deadlines: tuple[Words, ...] = ()
    lead_departments: tuple[Words, ...] = ()
    supporting_departments: tuple[Words, ...] = ()
    named_departments: tuple[Words, ...] = ()
    """Names in a bracket behind the item, whose part the notice doesn't say."""
    overlap: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class Contact:
    """A row of a hotline table."""

    policy: str
    department: str
    person: str
    phone: str
    span: Span


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as read: the source text, what it says about itself, its measures and tables."""

    text: str
    title: Words | None = None
    issuer: Words | None = None
    document_number: Words | None = None
    date: date | None = None
    date_words: Words | None = None
    addressees: Words | None = None
    attachments: tuple[Words, ...] = ()
    validity: Validity = Validity()
    overlap: tuple[Words, ...] = ()
    measures: tuple[Measure, ...] = ()
    contacts: tuple[Contact, ...] = ()
    pages: tuple[int, ...] = ()  # start position of each page, where the source has pages
    tables: tuple[Span, ...] = ()
    warnings: tuple[str, ...] = field(default=())

    def place(self, span: Span) -> str:
        """Where a find stands, in words: page (if the source has pages), line and column, from 1."""
        line = self.text.count("\n", 0, span.start) + 1
        column = span.start - (self.text.rfind("\n", 0, span.start) + 1) + 1
        page = sum(1 for start in self.pages if start <= span.start)
        return (f"第{page}页" if page else "") + f"第{line}行第{column}字"
