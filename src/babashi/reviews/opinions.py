"""The words an opinion may begin with, one for each result, and whether a reviewer added his own."""

import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from babashi.reviews.models import Outcome

READY: Final[Mapping[str, str]] = MappingProxyType(
    {
        Outcome.PASSED.value: "材料齐全，符合条件，同意。",
        Outcome.RETURNED.value: "请补正以下内容：",
        Outcome.SENT_BACK.value: "请重新核对：",
        Outcome.REFUSED.value: "经审核，不予支持，理由：",
    }
)
"""What the form offers when a result is chosen. Only the first says all there is to say."""


def ready_for(*, grantable: bool) -> dict[str, str]:
    """The words the form offers for a case; no agreement where the rule grants nothing."""
    return {outcome: words for outcome, words in READY.items() if grantable or outcome != Outcome.PASSED}


def has_own_words(outcome: str, opinion: str, *, itemised: bool) -> bool:
    """Whether an opinion says more than the form offered. Agreement needs nothing more.

    ``itemised``: a list of what to correct goes with it, which says the rest.
    """
    if outcome == Outcome.PASSED:
        return True
    said = _letters(opinion)
    if outcome == Outcome.RETURNED and itemised and said == _letters(READY[Outcome.RETURNED]):
        return True
    offered, before = [_letters(words) for words in READY.values()], ""
    while said != before:
        before = said
        for words in offered:
            said = said.removeprefix(words)
    return len(said) >= 2


def _letters(text: str) -> str:
    """A text without its punctuation and spaces, whichever way it was typed."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text) if letter.isalnum())
