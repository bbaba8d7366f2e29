"""Numbering labels at the start of a paragraph: 一、（一）1.（1）① 第一条 第一章 措施一：问：【】 and bullets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from babashi.reader import numerals
from babashi.reader.text import View

_CN: Final = "一二三四五六七八九十百零〇"
_SUB: Final = "㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩"
_ROMAN: Final = "ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ"
_CIRCLED: Final = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_PARENTHESISED: Final = "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇"
_DOTTED: Final = "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛"

# kind → how deep it usually stands; a smaller number stands higher.
RANK: Final = {
    "part": 0, "chapter": 1, "section": 2, "roman": 2, "cn": 3, "measure": 3, "series": 3, "question": 3, "article": 4,
    "cn_paren": 5, "titled": 5, "firstly": 9, "num": 6, "decimal": 7, "num_paren": 8, "num_half": 9, "circled": 10, "letter": 11,
}  # fmt: skip

_PATTERNS: Final = [
    ("part", re.compile(rf"第(?P<n>[{_CN}\d]{{1,4}})(?:编|部分)[、：]?")),
    ("chapter", re.compile(rf"第(?P<n>[{_CN}\d]{{1,4}})章[、：]?")),
    ("section", re.compile(rf"第(?P<n>[{_CN}\d]{{1,4}})节[、：]?")),
    (
        "article",
        re.compile(
            rf"第(?P<n>[{_CN}\d]{{1,7}})条(?:之[{_CN}])?[、：.]?(?!第[{_CN}\d]{{1,4}}[款项条]|规定|政策"
            rf"|的规定|和|、第)"
        ),
    ),
    (
        "measure",
        re.compile(
            rf"(?:措施|举措|政策|条款|惠企政策|(?:支持|奖补|奖励|扶持|补贴|补助|惠企|服务)?事项)(?P<n>[{_CN}]{{1,3}}"
            rf"|\d{{1,3}})[、：:.．]"
        ),
    ),
    ("question", re.compile(r"(?:问(?P<n>\d{1,3})?：|问题(?P<m>\d{1,3})?[：.、]|Q(?P<k>\d{0,3})[：.、])")),
    (
        "cn",
        re.compile(
            rf"(?P<n>[{_CN}]{{1,4}})(?:、|\.|：(?=[^\d]))(?!(?:[{_CN}]{{1,2}}[、和及至])*[{_CN}]{{1,2}}[等级年类期档])"
        ),
    ),
    (
        "cn_paren",
        re.compile(rf"（(?P<n>[{_CN}]{{1,4}})）[、.：]?|〔(?P<m>[{_CN}]{{1,3}})〕|(?P<s>[{_SUB}])[、.]?"),
    ),
    (
        "decimal",
        re.compile(
            r"(?P<p>\d{1,2})\.(?P<n>\d{1,2})(?:\.\d{1,2})?[、.]?(?=[一-龥（“])(?![万亿元个倍米吨亩年月人%])"
        ),
    ),
    ("num", re.compile(r"(?P<n>\d{1,3})(?:[、．]|\.(?!\d)|\.(?=(?:19|20)\d\d年|1?\d月)|[：，](?=[一-龥]))")),
    ("num_paren", re.compile(rf"（(?P<n>\d{{1,3}})）[、.]?|(?P<s>[{_PARENTHESISED}])[、.]?")),
    ("num_half", re.compile(r"(?P<n>\d{1,3})）[、.]?")),
    ("circled", re.compile(rf"(?P<s>[{_CIRCLED}])[、.]?")),
    ("firstly", re.compile(rf"(?P<n>[{_CN}]{{1,3}})是(?=[一-龥“\d])")),
    ("roman", re.compile(rf"(?P<s>[{_ROMAN}])[、.]")),
    ("letter", re.compile(r"(?P<a>[A-Za-z])(?:[、）]|\.(?=[一-龥]))|（(?P<b>[a-zA-Z])）")),
]
# 政策三　…: white space closes the label
_SPACED: Final = re.compile(rf"(?:措施|举措|政策|条款|事项)(?P<n>[{_CN}]{{1,3}}|\d{{1,3}})")
# shapes, blocks, stars, arrows and ticks, but no numbers in circles
_BULLET: Final = re.compile(
    r"(?:[\u2580-\u2775\u2794-\u27bf\u2b05-\u2b55\U0001f300-\U0001faff•※]\ufe0f?)+|[·*-](?=[一-龥（“])"
)


@dataclass(frozen=True, slots=True)
class Label:
    """A label of ``length`` characters at position ``start`` of a view."""

    kind: str
    number: int
    start: int
    length: int

    @property
    def end(self) -> int:
        return self.start + self.length


def _number(match: re.Match[str]) -> int:
    groups = match.groupdict()
    for name in ("n", "m", "k"):
        if groups.get(name):
            return numerals.parse_int(groups[name]) or 0
    symbol = groups.get("s")
    if symbol:
        for series in (_SUB, _ROMAN, _CIRCLED, _PARENTHESISED, _DOTTED):
            if symbol in series:
                return series.index(symbol) + 1
    letter = groups.get("a") or groups.get("b")
    return ord(letter.lower()) - ord("a") + 1 if letter else 0


def match_at(view: View, position: int = 0) -> Label | None:
    """The label that starts at ``position`` of the view, if any."""
    text = view.text
    if text[position : position + 1] in _DOTTED and position < len(text):
        return Label("num", _DOTTED.index(text[position]) + 1, position, 1)
    for kind, pattern in _PATTERNS:
        match = pattern.match(text, position)
        if match is None:
            continue
        if kind == "article" and not _article_heads_paragraph(view, match):
            continue
        return Label(kind, _number(match), position, match.end() - position)
    spaced = _SPACED.match(text, position)
    if spaced is not None and spaced.end() in view.gaps:
        return Label("measure", _number(spaced), position, spaced.end() - position)
    return None


def _article_heads_paragraph(view: View, match: re.Match[str]) -> bool:
    """``第三条规定的…`` refers to an article, ``第三条 落户奖`` is one."""
    following = view.text[match.end() : match.end() + 2]
    return following[:1] not in {"至", "中", "所", "）", "款", "项", "，"} or match.end() in view.gaps


def bullet_at(view: View) -> int:
    """Length of a bullet sign at the start of the view, 0 without one."""
    match = _BULLET.match(view.text)
    return match.end() if match else 0
