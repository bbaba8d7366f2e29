"""Account numbers as people type them. Pure: who is paid, and where, is not decided here."""

import unicodedata

from babashi.audit.errors import Invalid

CARD_DOUBT = "账号像银行卡号，但末位校验不符，可能输错了一位。请再对照一遍，有误的请重新登记；对公账户没有这种校验，不用理会。"
_CARD_LENGTHS = range(16, 20)
_CARD_START = "62"
"""UnionPay: nearly every card in use; corporate accounts have no common form, so other starts are not judged."""


def plain_number(typed: str) -> str:
    """The number without what people write between its digits; full-width digits count as digits."""
    return "".join(unicodedata.normalize("NFKC", typed).split()).replace("-", "")


def require_twice(typed: str, again: str) -> None:
    """Raise :class:`Invalid` beside the second field unless both are the same number.

    The full number is never shown again, so a wrong one would be noticed only when the bank sends the money back.
    """
    if plain_number(typed) != plain_number(again):
        message = "两次输入的账号不一样，请核对。"
        raise Invalid(message, {"again": [message]})


def doubt_about(typed: str) -> str:
    """What looks wrong about a number, as a warning only; empty when nothing does."""
    number = plain_number(typed)
    is_card = number.isascii() and number.isdigit() and number.startswith(_CARD_START)
    return CARD_DOUBT if is_card and len(number) in _CARD_LENGTHS and not _check_digit_holds(number) else ""


def _check_digit_holds(number: str) -> bool:
    """The check digit of bank cards (Luhn): every second digit from the right counts double."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
