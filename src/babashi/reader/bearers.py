"""Who bears a share: purses that divide it between them, and the rest that stays with whoever is helped."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from babashi.reader.context import Context
from babashi.reader.quantities import Group

_LEVELS_BEAR: Final = re.compile(
    r"(?P<bearer>[一-龥]{1,12}?)(?:承担|负担|分担|配套|出资)?(?P<share>\d{1,2})%"
)
_PURSE: Final = re.compile(r"(?:[省市区县镇乡级]|中央|地方|财政|管委会)$")


NEAR: Final = 80  # characters: the purses of one sum stand close together


def is_shared(sentence: str, position: int) -> bool:
    """市级承担60%、县级承担40%: which purse pays how much of it; ``position`` is in one of the shares."""
    run: list[re.Match[str]] = []
    for match in _LEVELS_BEAR.finditer(sentence, max(0, position - NEAR), position + NEAR):
        if not _PURSE.search(match["bearer"]):
            run = []
            continue
        run.append(match)
        whole = sum(int(bearing["share"]) for bearing in run) == 100
        if whole and len(run) > 1 and run[0].start() <= position < match.end():
            return True
    return False


# 20%由区财政负担，80%由镇财政负担
_FROM_PURSE: Final = re.compile(r"(\d{1,2})%的?由[^，。；\d]{1,12}(?:承担|负担)")
_ALL: Final = 100  # per cent
# 保费由财政承担80%，农户承担20%: what is left is borne by whoever is helped
_BORNE: Final = re.compile(
    r"(?<!的)(?:承担|负担|自负|自担|自缴|自付|自掏|支付|缴纳|缴|出资|出|付|掏)(?:保费|费用)?的?$"
)
_PUBLIC: Final = re.compile(
    r"财政|政府|中央|[省市区县镇旗盟州](?:级|里)?(?:承担|负担|补|出|给|再)|基金|补[贴助]|资助|管委会"
)


def is_rest(sentence: str, group: Group, context: Context) -> bool:
    """Whether the share fills up to a whole what purses bear in the same sentence, and somebody else bears it."""
    so_far = sentence[: group.start - context.sentence_start][-NEAR:]
    here = re.split("[，、；。]", so_far)[-1]
    if len(group.members) > 1 or not _BORNE.search(here) or _PUBLIC.search(here):
        return False
    borne = [
        Decimal(part["share"]) / 100
        for part in re.finditer(r"(?P<words>[^，、；。\d%]{1,24})(?P<share>\d{1,2}(?:\.\d)?)%", so_far)
        if _PUBLIC.search(part["words"])
    ]
    return any(sum(borne[index:]) + group.members[0].value == 1 for index in range(len(borne)))


def is_split(sentence: str, position: int) -> bool:
    """Whether the shares about ``position`` name the purses that one whole comes from."""
    around = _FROM_PURSE.findall(sentence, max(0, position - NEAR), position + NEAR)
    return sum(map(int, around)) == _ALL
