"""What a name in a list does: the words of role behind it, and the parts of a clause that have roles of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal

from babashi.reader import names
from babashi.reader.paragraphs import Paragraph

Role = Literal["lead", "support", "duty", "named"]

_DONE: Final = (
    r"(?:负责)?(?:组织)?(?:兑现|兑付|抓好落实|推动落实|落实到位"
    r"|落实|实施|组织实施|办理|承办|执行|推进|到位|工作|做好(?:相关|有关|具体)?工作)?"
)
# 按职责分工, 根据各自职能, 按职责权限
BY_DUTY: Final = r"(?:(?:按照?|依据?|根据)(?:各自)?|各自)?(?:的)?(?:职责|职能|权限|分工){1,2}"
# how several do it: 分别牵头, 共同配合, 按职责分别负责
_HOW: Final = (
    rf"(?:{BY_DUTY}|分别|共同|联合|各自|具体|统一|主要|组织|会同(?:有关|相关)部门|会同|分头|分级|分块)*"
)
_LEAD_TAIL: Final = re.compile(rf"{_HOW}(?:负责)?(?:总?牵头|主办|主责|统筹(?:协调|推进)?){_DONE}$")
_DUTY_TAIL: Final = re.compile(rf"{_HOW}(?:负责|落实|实施|承办|办理|执行|兑现){_DONE}$")
_SUPPORT_TAIL: Final = re.compile(
    rf"{_HOW}(?:给予|积极|密切|做好|协同)?(?:配合|协助|协办|参与|协同|支持|参加|会办){_DONE}$"
)
# …牵头，各县（市、区）落实: they carry it out and are neither in the lead nor in support
_CARRY_OUT: Final = re.compile(
    r"(?:分别|共同|具体|组织|认真|分级|抓好|推动|做好|抓)*(?:落实|实施|执行|推进|兑现)(?:到位|工作)?$"
)
_TAILS: Final[list[tuple[re.Pattern[str], Role]]] = [
    (_LEAD_TAIL, "lead"),
    (_SUPPORT_TAIL, "support"),
    (_DUTY_TAIL, "duty"),
]
INNER: Final[list[tuple[re.Pattern[str], Role]]] = [
    (re.compile(r"[（〔<《](?:牵头|主办|负责)(?:单位|部门)?[）〕>》]$"), "lead"),
    (re.compile(r"[（〔<《](?:配合|协办|参与|协助)(?:单位|部门)?[）〕>》]$"), "support"),
]


# 市科技局牵头、市财政局配合
_ROLE_ENDS: Final = re.compile(r"(?:牵头|主办|协办|负责|配合|协助|参与|参加|协同)(?:落实|实施)?")


def apart(paragraph: Paragraph, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Parts that may have roles of their own: between ，； and at a 、 or a gap behind a word of role."""
    text = paragraph.text
    for begin, finish in names.parts(text, start, end, "，；"):
        for match in _ROLE_ENDS.finditer(text, begin, finish):
            at = match.end()
            if at >= finish or text.count("（", begin, at) != text.count("）", begin, at):
                continue
            if text[at] == "、" or at in paragraph.view.gaps or text.startswith("会同", at):
                yield begin, at
                begin = at + (text[at] == "、")
        if begin < finish:
            yield begin, finish


def without_hands(text: str, parts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The parts of a clause without those who only carry out what others lead or are responsible for."""
    words = [text[a:b] for a, b in parts]
    tails = [tail_role(part) for part in words]
    hands = [
        tail is not None
        and tail[0] == "duty"
        and bool(_CARRY_OUT.search(part))
        and not re.search("负责|会同", part)
        for part, tail in zip(words, tails, strict=True)
    ]
    if not any(tail and tail[0] != "support" and not only for tail, only in zip(tails, hands, strict=True)):
        return parts
    return [part for part, only in zip(parts, hands, strict=True) if not only]


def tail_role(part: str) -> tuple[Role, int] | None:
    for pattern, role in _TAILS:
        match = pattern.search(part)
        if match and match.start() > 0:
            return role, len(part) - match.start()
    return None
