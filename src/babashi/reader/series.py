"""Labels that only their series shows: A1, B-2, 专题一：, 【措施3】, 第三类：, 〖4〗, 壹、, ❶, ``5 上规奖励``.

Offices number in more ways than can be listed, and an opening of such a shape may be anything else. So it is a
label only where paragraphs of one and the same shape count up from 1.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Final, NamedTuple

from babashi.reader import numerals
from babashi.reader.labels import Label
from babashi.reader.text import View

_SYMBOLS: Final = (
    "壹贰叁肆伍陆柒捌玖拾", "甲乙丙丁戊己庚辛壬癸", "ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ", "ⅰⅱⅲⅳⅴⅵⅶⅷⅸⅹ",
    "❶❷❸❹❺❻❼❽❾❿", "➊➋➌➍➎➏➐➑➒➓", "⓵⓶⓷⓸⓹⓺⓻⓼⓽⓾", "➀➁➂➃➄➅➆➇➈➉",
)  # fmt: skip
_ROMAN: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
_LETTERS: Final = "ABCDEFGHIJ"
_CLEAR: Final = frozenset("".join(_SYMBOLS[4:]))  # marks in themselves
_NUM: Final = (
    rf"(?P<n>\d{{1,2}}|[一二三四五六七八九十]{{1,3}}|[{''.join(_SYMBOLS)}]|[IVX]{{1,4}}"
    r"|(?<=[一-龥])[A-J](?![A-Z])|[A-J](?=类[：、]))"
)
# 附件1, 情形一, 支持范围Ⅰ: numbered, but no items
_NO_ITEM: Final = re.compile(
    r"附件|附表|附录|附图|附注|[表图注问答例周至到年月共约近达超]|情形|情况|方式|方法|途径|渠道|条件|标准|步骤|流程|阶段|模式|形式"
    r"|原则|档|等级|电话|联系|材料|说明|选项|路径|窗口|地址|网点|公式|星期|范围|对象|要求|时间|期限|部门|单位"
)
_WORD: Final = r"[A-Z]{1,2}[-—]?|N[oO][.．]?|№|\d{1,2}[-—.]|[一-龥]{1,5}?"
_UNIT: Final = r"(?![年月季周天日次名位等级档批期轮步梯线届阶个])[一-龥]{1,3}?"
_MARK: Final = "[：、.．。，）|/—－-]"
_ENCLOSED: Final = re.compile(
    rf"(?P<open>[（【〔\[<〈〖])(?P<g>{_WORD}|){_NUM}(?P<mark>[）】〕\]>〉〗]){_MARK}?"
)
_BARE: Final = rf"(?:(?P<nth>第|(?=[甲乙丙丁戊A-J]类)){_NUM.replace('<n>', '<m>')}(?P<unit>{_UNIT})|(?P<g>{_WORD}|[第其]|)0?{_NUM})"
_MARKED: Final = re.compile(
    rf"{_BARE}(?P<mark>{_MARK}|(?<=[{''.join(_SYMBOLS[4:])}]))(?=[一-龥“《【（A-Z]|(?<=[：、，|）])\d)"
)
_APART: Final = re.compile(rf"{_BARE}(?P<mark>)")  # white space stands behind it
_COUNTED: Final = re.compile("[年月日号万亿元个家人名项次种类级时]")  # 3个…, with the gap of a careless hand


_LONGEST: Final = 10


class _Seen(NamedTuple):
    at: int
    number: int
    label: Label
    least: int  # how many must count up


def found(views: list[View]) -> dict[int, Label]:
    """The labels of those paragraphs (without any of the usual ones) that belong to a series, by their index."""
    seen: dict[tuple[str, ...], list[_Seen]] = defaultdict(list)
    for index, view in enumerate(views):
        match = _opening(view)
        shape = _shape(match) if match is not None and match.end() < len(view.text) else None
        if match is not None and shape is not None and not _NO_ITEM.search(shape[1]) and _heads(view, shape):
            seen[shape].append(_seen(index, match, shape))
    runs = {shape: _counting_up(places) for shape, places in seen.items()}
    result = {s.at: s.label for run in runs.values() for s in run if len(run) >= s.least}
    return result | _companions(seen, result)


# A类：技改补助 is an item, A类：100万元 a step
_TITLE_ALONE: Final = re.compile(r"[A-J]类[：、][^，。；：\d]{3,24}")


def _heads(view: View, shape: tuple[str, ...]) -> bool:
    """Whether what follows ``A类：`` is a title; other labels may stand in front of anything."""
    return shape[2] != "类" or shape[4] != "A" or _TITLE_ALONE.fullmatch(view.text) is not None


def _opening(view: View) -> re.Match[str] | None:
    """What may be a label at the start of a paragraph."""
    text = view.text
    match = _ENCLOSED.match(text) or _MARKED.match(text)
    gap = min((g for g in view.gaps if 0 < g <= _LONGEST), default=0)
    if match is not None and not 0 < gap < match.end():
        return match
    apart = _APART.fullmatch(text, 0, gap)
    if apart is not None and not (apart["g"] or apart["nth"]) and not apart["unit"]:
        apart = None if _COUNTED.match(text, gap) else apart
    return apart or match


def _shape(match: re.Match[str]) -> tuple[str, ...]:
    """What labels of one series share: bracket, word, what follows the number, and the script of the number."""
    part = match.groupdict()
    number = part["n"] or part.get("m") or ""
    script = "0" if number.isdigit() else next((s[0] for s in _SYMBOLS if number in s), "")
    script = script or ("I" if number[0] in "IVX" else "A" if number[0] in _LETTERS else "一")
    return (
        part.get("open") or "",
        part.get("g") or part.get("nth") or "",
        part.get("unit") or "",
        part["mark"],
        script,
    )


def _seen(index: int, match: re.Match[str], shape: tuple[str, ...]) -> _Seen:
    bracket, word, unit, mark, script = shape
    number = match["n"] or match.groupdict().get("m") or ""
    plain = not (bracket or word)
    kind = "measure" if unit or re.search("[一-龥]", word) else "num" if plain and script == "0" else "series"
    if word in {"第", "其"} and not unit:
        kind = "firstly"
    least = 3 if plain and not (mark or unit) and number not in _CLEAR else 2
    return _Seen(index, _value(number), Label(kind, _value(number), 0, match.end()), least)


def _value(number: str) -> int:
    for symbols in _SYMBOLS:
        if number in symbols:
            return symbols.index(number) + 1
    if number in _ROMAN:
        return _ROMAN.index(number) + 1
    if number in _LETTERS:
        return _LETTERS.index(number) + 1
    return numerals.parse_int(number) or 0


def _counting_up(places: list[_Seen]) -> list[_Seen]:
    """What counts up from 1, and on when it begins anew: 类别一, 类别二, 类别一, 类别二."""
    run: list[_Seen] = []
    last = 0
    again = {place.number for place in places} >= {1, 2}
    for place in places:
        if place.number == last + 1 or (place.number == 1 and again and place.label.kind != "num"):
            run.append(place)
            last = place.number
    return run


def _companions(seen: dict[tuple[str, ...], list[_Seen]], known: dict[int, Label]) -> dict[int, Label]:
    """``B1`` alone between A1, A2 and C1, C2 is a label like theirs."""
    shapes = {shape[2:] for shape, places in seen.items() if any(s.at in known for s in places)}
    return {
        places[0].at: places[0].label
        for shape, places in seen.items()
        if re.fullmatch("[A-Z][-—]?", shape[1]) and shape[2:] in shapes
        if len(places) == 1 and places[0].number == 1
    }
