"""Beneficiaries, conditions, application deadlines and overlap rules of a measure, as printed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from babashi.reader.model import Words
from babashi.reader.paragraphs import Paragraph

_FOR: Final = re.compile(
    r"(?:^|[。；，：])(?:对于?|凡是?|支持|鼓励|面向|向)(?!金融|银行|保险机构|担保|国有|非国有|倡导"
    r"|上级)(?P<who>[^。；：]{4,160}?)(?=，(?:按照?|比照"
    r"|根据|参照)|，?(?:分别|一次性|每年|最高|由[^，。]{1,12}|可)?(?:一次性)?(?:给予|予以|奖励|补助"
    r"|补贴|资助|发放|享受|申请|减免|免征|免收))"
)
_LABELLED_WHO: Final = re.compile(
    r"(?:补贴|补助|奖励|支持|扶持|申报|适用|享受|资助|政策|发放)?(?:对象|范围|主体)(?:为"
    r"|：)(?P<who>[^。；]{4,160})"
)
_CONDITION: Final = re.compile(
    r"达到|超过|以上|以下|不低于|不少于|不超过\d{1,3}(?:个月|年|人|天)|满\d|连续|首次|仅|只能|须|需|不得"
    r"|期限最长|未被"
    r"|具有|符合|获得|获评|认定|注册|签订"
)
_CLAUSE: Final = re.compile(r"[^，。；：]{1,400}")
_LABELLED_CONDITION: Final = re.compile(
    r"(?:申报|申请|享受|补贴|奖励|支持|认定|基本|资助)条件(?:为|：)(?P<what>[^。]{4,300})"
)
_NOT_CONDITION: Final = re.compile(
    r"给予|予以|奖励\d|奖励给|补[助贴](?:标准|金额|资金)?\d|牵头|责任单位|配合单位|限额"
    r"|最高不?超?过?\d+[万亿]?元|执行期限|有效期"
)
_DEADLINE: Final = re.compile(
    r"[^，。；]{0,12}(?:\d{4}年)?\d{1,2}月\d{1,2}日(?:之?前|以前"
    r"|至\d{1,2}月\d{1,2}日)?[^，。；]{0,12}(?:申报|申请|提交|报送|受理|截止)[^，。；]{0,10}|(?:申报"
    r"|申请|受理)(?:截止)?(?:时间|期限)(?:为|：)[^。；]{4,60}"
)
_OVERLAP: Final = re.compile(
    r"从高|就高|不重复|不得重复|不可重复|不再重复|叠加|同时享受|择优|择高|补足差额|只能享受一次|兼得"
)
_SENTENCE: Final = re.compile(r"[^。；]{1,400}")
MAX_FINDS: Final = 40


def _cut(paragraph: Paragraph, raw: str, start: int, end: int, confidence: float) -> Words | None:
    text = paragraph.text
    while start < end and text[start] in "，。；：、）（":
        start += 1
    if end - start < 4:
        return None
    span = paragraph.view.span(start, end)
    return Words(raw[span.start : span.end], span, confidence)


def _collect(found: Iterable[Words | None]) -> tuple[Words, ...]:
    seen: dict[str, Words] = {}
    for words in found:
        if words is not None and len(seen) < MAX_FINDS:
            seen.setdefault(words.text, words)
    return tuple(seen.values())


def beneficiaries(paragraphs: Iterable[Paragraph], raw: str) -> tuple[Words, ...]:
    """Who receives the benefit."""
    found: list[Words | None] = []
    for paragraph in paragraphs:
        for pattern, sure in ((_LABELLED_WHO, 0.9), (_FOR, 0.7)):
            found.extend(_cut(paragraph, raw, *m.span("who"), sure) for m in pattern.finditer(paragraph.text))
    return _collect(found)


def conditions(paragraphs: Iterable[Paragraph], raw: str) -> tuple[Words, ...]:
    """Clauses that read as conditions; whoever completes the draft decides which of them are."""
    found: list[Words | None] = []
    for paragraph in paragraphs:
        labelled = _LABELLED_CONDITION.finditer(paragraph.text)
        found.extend(_cut(paragraph, raw, *m.span("what"), 0.9) for m in labelled)
        found.extend(
            _cut(paragraph, raw, *m.span(), 0.6)
            for m in _CLAUSE.finditer(paragraph.text, paragraph.body_start)
            if _CONDITION.search(m[0]) and not _NOT_CONDITION.search(m[0])
        )
    return _collect(found)


def deadlines(paragraphs: Iterable[Paragraph], raw: str) -> tuple[Words, ...]:
    """Until when to apply, as printed."""
    return _collect(
        _cut(p, raw, *match.span(), 0.8) for p in paragraphs for match in _DEADLINE.finditer(p.text)
    )


def overlap(paragraphs: Iterable[Paragraph], raw: str) -> tuple[Words, ...]:
    """Rules on receiving several benefits (从高不重复, 可叠加 …)."""
    return _collect(
        _cut(p, raw, *match.span(), 0.9)
        for p in paragraphs
        for match in _SENTENCE.finditer(p.text)
        if _OVERLAP.search(match[0])
    )
