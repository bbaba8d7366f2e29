"""Codes that carry their own rules: unified social credit code, industry, district."""

from __future__ import annotations

import re
from typing import Final

USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100-2015: digits and capitals without I, O, S, V and Z."""
USCC_LENGTH: Final = 18
_USCC_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_USCC_VALUES: Final = {character: value for value, character in enumerate(USCC_ALPHABET)}
_USCC_FORM: Final = re.compile(f"[{USCC_ALPHABET}]{{{USCC_LENGTH}}}")

_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)

INDUSTRY_DIVISIONS: Final = frozenset(f"{number:02d}" for number in range(1, 98))
"""GB/T 4754-2017: the divisions run from 01 to 97 without a gap."""


def uscc_check_character(body: str) -> str:
    """Check character of the first seventeen characters (GB 32100-2015, modulus 31)."""
    total = sum(_USCC_VALUES[sign] * weight for sign, weight in zip(body[:17], _USCC_WEIGHTS, strict=True))
    return USCC_ALPHABET[-total % 31]


def organisation_check_character(body: str) -> str:
    """Check character of an eight-character organisation code (GB 11714-1997, modulus 11).

    Letters count as in that standard: A is 10 and Z is 35.
    """
    total = sum(int(sign, 36) * weight for sign, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def uscc_has_form(code: str) -> bool:
    """Whether it has eighteen characters of the alphabet."""
    return _USCC_FORM.fullmatch(code) is not None


def uscc_check_matches(code: str) -> bool:
    """Whether the last character fits the others; some early codes fail this and are valid all the same."""
    return uscc_check_character(code[:17]) == code[17]


def division_of(industry_code: str) -> str:
    """The division: the first two digits."""
    return industry_code[:2]
