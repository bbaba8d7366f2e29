"""Lead and support departments in the usual wordings.

（牵头单位：A，配合单位：B）, 责任单位：A、B, （A牵头，B配合）, （A、B按职责分工负责）. A bracket that holds bare names
says that they have to do with the item, not who leads: those are `Bodies.named`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from babashi.reader import dates, names, roles
from babashi.reader.model import Words
from babashi.reader.paragraphs import Paragraph
from babashi.reader.roles import Role
from babashi.reader.text import View

Found = list[tuple[Role, Words]]


class Bodies(NamedTuple):
    """The departments of an item, each in order of the text and without repeats."""

    lead: tuple[Words, ...] = ()
    support: tuple[Words, ...] = ()
    named: tuple[Words, ...] = ()
    """Names in a bracket without a word about their part: （市商务局、市财政局）."""


# A label is composed: (政策)(牵头)(和责任)(单位). What it makes of its names hangs on the first word of duty.
LEADS: Final = r"(?:总?牵头|主办|主责|第一责任|主管)"
DUTIES: Final = r"(?:责任|落实|组织实施|实施|负责|承办|经办|执行|兑现|职责)"
SUPPORTS: Final = r"(?:配合|会同|协办|协同|参与|协助|支持|参加|联合|会办|(?:共同|其他|其它)责任)"
UNIT: Final = r"(?:单位|部门|处室|科室|股室|机构|主体)"
_LABEL: Final = re.compile(
    r"(?:政策|业务|行业|具体|主要|直接|项目|相关|[各省市区县]级)?"
    rf"(?:(?P<lead>{LEADS})|(?P<support>{SUPPORTS})|(?P<duty>{DUTIES}))"
    rf"(?P<unit>(?:[和与及、/]?(?:{LEADS}|{SUPPORTS}|{DUTIES})){{0,2}}(?:主体)?{UNIT}(?:[和与及、/]?{UNIT}"
    rf"|（{UNIT}）)?|分工(?=：))?"
)
_OPENING: Final = "（〔【"
_CLOSING_OF: Final = dict(zip(_OPENING, "）〕】", strict=True))
# 咨询电话, 完成时限: what ends a list without a mark in between
_FIELD: Final = re.compile(
    r"(?:(?:咨询|联系|服务|受理|申报|监督|举报|投诉|完成|实施|执行|政策|办理|兑现){0,3}(?:电话|热线|方式"
    r"|联系人|时间|期限|时限|地址|窗口)"
    r"|有效期|备注|(?:牵头|责任)(?:领导|人))$"
)
_LEVELS: Final = frozenset("省市区县州旗盟镇乡")
_BODY_NEXT: Final = re.compile(
    r"[^，。；、：（）]{2,16}(?:局|委|办|厅|行|会|部|署|政府|中心)(?=[，。；、）〕】]|$|配合|协办|协同|责任|牵头|主办)"
)
# a new sentence behind a list without 。
_NEW_SENTENCE: Final = re.compile(
    r"本[一-龥]{2,6}(?:自|从|有效|由)|(?:以上|上述)[^，。]{0,6}(?:自|从|有效)|附件|自(?:印发|发布|公布)"
    rf"|[一-龥]{{4,30}}?{dates.DATE}$"  # the signature
    r"|(?!国家|中国|[省市县区州旗镇乡])[一-龥]{2,8}[省市县区州](?:人民政府|[一-龥]{2,12}(?:局|委员会))(?:办公室)?$"
)
# （…，以下各条均需各区政府落实，不再列出）, （…，下同）
_FOR_ALL_BELOW: Final = re.compile(
    r"[，；、](?:(?:以下|下列|后续|其余|其他)(?:各?[条项]|政策|措施|责任|均|都|不再|如无)|[下后]同|均不再)"
)
_MAX_LIST: Final = 400


def find_departments(paragraphs: Iterable[Paragraph], raw: str) -> Bodies:
    """What the paragraphs of an item, a heading or a line behind several items say about departments."""
    found: Found = []
    pending: Role | None = None
    listed_below = False  # names stand below their label, one a line
    for paragraph in _mended(paragraphs):
        if pending and paragraph.label is None and len(paragraph.text) <= 120:
            more = listed_below and _ONE_BODY.fullmatch(paragraph.text) is None
            if not more:
                found.extend(_names(paragraph, raw, 0, len(paragraph.text), pending))
                listed_below = True
                continue
        listed_below = False
        found.extend(_marked(paragraph, raw) or _sentence_forms(paragraph, raw) or _bare_list(paragraph, raw))
        pending = heads_list(paragraph)
    return _by_role(found)


_ONE_BODY: Final = re.compile(
    r"(?:国家|自治区|[省市区县州旗盟镇乡各])[^，。；：\d]{1,20}(?:局|委|办|厅|行|会|署|中心|政府|街道|公司)"
)
# The bracket that a break of the page cuts in two: （市人力资源社会 / 保障局牵头）
_CUT: Final = re.compile(r"[（〔【][^（）〔〕【】。]{2,80}$")
_CUT_REST: Final = re.compile(r"[^（）〔〕【】。]{0,80}[）〕】]")


def _mended(paragraphs: Iterable[Paragraph]) -> Iterator[Paragraph]:
    """The paragraphs, those joined that share a bracket."""
    held: Paragraph | None = None
    for paragraph in paragraphs:
        if held is not None and paragraph.label is None and _CUT_REST.match(paragraph.text):
            gaps = held.view.gaps | {len(held.text) + gap for gap in paragraph.view.gaps}
            view = View(held.text + paragraph.text, held.view.offsets + paragraph.view.offsets, gaps)
            held = Paragraph(held.start, paragraph.end, view, held.label)
            continue
        if held is not None:
            yield held
        held = paragraph if _CUT.search(paragraph.text) else None
        if held is None:
            yield paragraph
    if held is not None:
        yield held


def _bare_list(paragraph: Paragraph, raw: str) -> Found:
    """A line that is a list of bodies, as the cell of a table leaves it."""
    text = paragraph.text
    if paragraph.label is not None or len(text) > 120 or "、" not in text or "：" in text:
        return []
    pieces = re.split("[、，；]", re.sub(r"（[^（）]*）", "", text))
    if not all(_LISTED.fullmatch(piece) or names.LEVEL.fullmatch(piece) for piece in pieces):
        return []
    return _names(paragraph, raw, 0, len(text), "duty")


def _by_role(found: Found) -> Bodies:
    """责任单位 lead, beside a 牵头单位 too: only 配合 supports."""
    lead = {w.text: w for role, w in reversed(found) if role in ("lead", "duty")}
    support = {w.text: w for role, w in reversed(found) if role == "support"}
    named = {w.text: w for role, w in reversed(found) if role == "named"}
    for known in (lead, support):
        named = {text: words for text, words in named.items() if text not in known}
    return Bodies(*(tuple(reversed(words.values())) for words in (lead, support, named)))


_LISTED: Final = re.compile(
    r"[^。：\d]{0,14}(?:局|委|办|厅|会|联|协|社|所|站|队|行|署|单位|街道"
    r"|(?:市|县|区|省|街道|镇|乡)(?:人民)?政府|办事处|中心|公司)(?:等(?:相关|有关)?(?:单位|部门)?)?"
)


def listed(paragraph: Paragraph, raw: str) -> tuple[Words, ...]:
    """The names of a paragraph that holds nothing but names, such as a cell of a table."""
    return tuple(words for _, words in _names(paragraph, raw, 0, len(paragraph.text), "duty"))


def only_names(paragraph: Paragraph, raw: str) -> bool:
    """``（责任单位：市科技局）`` as a paragraph of its own."""
    first = next(_marks(paragraph), None)
    if first is not None:
        return first.start <= 1
    whole = _BRACKET.fullmatch(paragraph.text)
    return whole is not None and bool(_sentence_forms(paragraph, raw))


def heads_list(paragraph: Paragraph) -> Role | None:
    """``责任单位`` alone on its line: the names follow on the next."""
    match = _LABEL.fullmatch(paragraph.text[paragraph.body_start :].strip("（）〔〕【】："))
    return _role(match) if match is not None and match["unit"] else None


def _role(label: re.Match[str]) -> Role:
    return "lead" if label["lead"] else "support" if label["support"] else "duty"


class _Mark(NamedTuple):
    """A label at ``start``; its names begin at ``end``."""

    start: int
    end: int
    role: Role


def _marks(paragraph: Paragraph) -> Iterator[_Mark]:
    """The labels of a paragraph that names follow."""
    for match in _LABEL.finditer(paragraph.text):
        end = _names_begin(paragraph, match)
        if end is not None:
            yield _Mark(match.start(), end, _role(match))


def _names_begin(paragraph: Paragraph, label: re.Match[str]) -> int | None:
    """Where the names behind a label begin, None if its words are no label here.

    With 单位 or 部门 a colon is enough; a bracket, a dash, 为 or mere white space count only where the label
    opens a clause, and so does the short ``牵头：``.
    """
    text = paragraph.text
    before, end = text[label.start() - 1 : label.start()], label.end()
    colon = re.compile(r"(?:[和及与]?(?:联系|咨询)(?:方式|电话|人))?[为是]?[：|]").match(text, end)
    opens = not before or before in "（〔【，；。、" or label.start() in paragraph.view.gaps
    if colon is not None:
        return colon.end() if label["unit"] or opens else None
    if not label["unit"] or not opens:
        return None
    if before and text[end : end + 1] == _CLOSING_OF.get(before):
        if before != "【" and text[max(0, label.start() - 2) : label.start() - 1] not in ("", *"。；！"):
            return None  # 市科技局（牵头单位）
        return end + (2 if text[end + 1 : end + 2] == "：" else 1)
    joined = re.compile(r"--?|[为是](?=[^，。；]{2})").match(text, end)
    if joined is not None:
        return joined.end()
    apart = end in paragraph.view.gaps or text[end : end + 1] in _LEVELS
    return end if apart and _BODY_NEXT.match(text, end) else None


def _marked(paragraph: Paragraph, raw: str) -> Found:
    """Lists behind 牵头单位：, 责任单位：, 配合单位：."""
    marks = list(_marks(paragraph))
    result: Found = []
    for index, mark in enumerate(marks):
        limit = marks[index + 1].start if index + 1 < len(marks) else len(paragraph.text)
        end = _list_end(paragraph, mark.end, limit)
        result.extend(_names(paragraph, raw, mark.end, end, mark.role))
    return result


def _list_end(paragraph: Paragraph, start: int, limit: int) -> int:
    """A list of names ends at 。, at the bracket that encloses it, or before the next ``完成时限：``."""
    text = paragraph.text
    depth, separator = 0, start
    limit = min(limit, start + _MAX_LIST)
    for position in range(start, limit):
        char = text[position]
        if char == "。":
            return position
        if char in _OPENING:
            depth += 1
        elif char in "）〕】":
            if depth == 0:
                return position
            depth -= 1
        elif depth == 0 and char == "：":
            field = _FIELD.search(text, separator, position)
            return field.start() if field else separator
        if depth == 0 and (char in "，；、" or position in paragraph.view.gaps):
            if position in paragraph.view.gaps and _NEW_SENTENCE.match(text, position):
                return position
            separator = position
            if _FOR_ALL_BELOW.match(text, position):
                return position
    return limit


def _names(paragraph: Paragraph, raw: str, start: int, end: int, role: Role) -> Found:
    """The names of a list; a tail such as 牵头 or （配合） changes the role of its part."""
    text = paragraph.text
    result: Found = []
    for part_start, part_end in roles.without_hands(text, list(roles.apart(paragraph, start, end))):
        part_role = role
        tail = roles.tail_role(text[part_start:part_end])
        if tail is not None:
            part_role, cut = tail
            part_end -= cut
        for name_start, name_end in names.split(paragraph, part_start, part_end):
            name_role = part_role
            for pattern, inner in roles.INNER:
                match = pattern.search(text, name_start, name_end)
                if match:
                    name_role, name_end = inner, match.start()
            words = names.words(paragraph, raw, name_start, name_end)
            if words:
                result.append((name_role, words))
    if role == "duty" and any(found == "lead" for found, _ in result):  # 责任单位：A（牵头）、B
        result = [("support" if found == "duty" else found, words) for found, words in result]
    return result


# Behind a full stop, or before one: （A牵头，B配合）
_BRACKET: Final = re.compile(
    r"[（〔【]([^（）〔〕【】]{2,120}(?:[（〔][^（）〔〕]{0,60}[）〕][^（）〔〕【】]{0,80}){0,5})[）〕】]"
)
# 由市科技局牵头，市财政局配合。 as the closing sentence of an item, 由县农业农村局负责实施 as its last clause
_BODY_ENDS: Final = (
    r"(?:局|委|办|厅|署|行|会|联|协|社|所|站|队|中心|部|院|政府|公司)(?:等(?:相关|有关)?(?:单位|部门)?)?"
)
_TO: Final = r"(?:抓好落实|推动落实|兑付|落实到位|落实|实施|组织实施|组织落实|办理|执行|兑现|组织)"
_CLOSING: Final = re.compile(
    r"(?:^|(?<=[。；，]))"
    r"(?:(?:(?:本|该|此|上述|以上)[条项款]?|具体)(?:政策|措施|内容|条款|工作|事项|事宜|补贴|奖励)?)?(?P<by>由)?"
    rf"(?P<names>[^，。；：]{{2,80}}?{_BODY_ENDS}(?:牵头|主办|统筹"
    rf"|(?:{roles.BY_DUTY})?(?:分别|共同|具体|联合|统筹|具体)?(?:负责|组织实施|组织落实|实施"
    rf"|落实))(?:负责)?{_TO}?"
    rf"(?:[，、](?:会同[^，。；：]{{2,60}}{_BODY_ENDS}{_TO}"
    rf"|[^，。；：]{{2,80}}(?:配合|协助|参与|参加|按职责分工负责)"
    rf"(?:{_TO}|做好(?:相关|有关|具体)?工作)?)(?:[，、]各[^，。；：]{{1,40}}{_TO})?)?)[。；]?$"
)


def _sentence_forms(paragraph: Paragraph, raw: str) -> Found:
    """（A牵头，B配合）、（A、B负责）behind a sentence, or such a sentence at the end of an item."""
    text = paragraph.text
    result: Found = []
    for match in _BRACKET.finditer(text):
        if paragraph.label is not None and match.start() == paragraph.body_start:
            continue  # 第十四条（区级政府支持）: a title
        if (
            match.start() == 0
            or text[match.start() - 1] in "。；！"
            or text[match.end() : match.end() + 1] in "。；"
        ):
            stop = text.find("。", match.start(1), match.end(1))
            end = match.end(1) if stop < 0 else stop
            result.extend(_clause(paragraph, raw, match.start(1), end, at_end=match.end() >= len(text) - 1))
    closing = _CLOSING.search(text)
    if closing and (closing["by"] or _all_listed(closing["names"])):
        result.extend(_clause(paragraph, raw, *closing.span("names"), at_end=False))
    return result


def _clause(paragraph: Paragraph, raw: str, start: int, end: int, *, at_end: bool) -> Found:
    """``A牵头，B配合``; who is responsible leads, beside a 牵头 too, as only 配合 supports."""
    text = paragraph.text
    parts = list(roles.apart(paragraph, start, end))
    parts = roles.without_hands(text, parts)
    tails = [roles.tail_role(text[a:b]) for a, b in parts]
    if not any(tails) and at_end and _all_bodies(text[start:end]):
        return _names(paragraph, raw, start, end, "named")
    if not any(tails):
        return []
    result: Found = []
    for (a, b), tail in zip(parts, tails, strict=True):
        role = tail[0] if tail else _following_role(parts, tails, a)
        finish = b - tail[1] if tail else b
        if result and text.startswith("会同", a):  # 市工信局牵头，会同市财政局落实
            role, a = "support", a + 2
        for name_start, name_end in names.split(paragraph, a, finish):
            words = names.words(paragraph, raw, name_start, name_end)
            if words:
                result.append(("lead" if role == "duty" else role, words))
    return result


def _all_listed(inside: str) -> bool:
    """Whether a sentence that does not say 由 names bodies, not people or matters that somebody sees to."""
    parts = ((part, roles.tail_role(part)) for part in re.split("，|(?<=牵头)、|(?<=负责)、", inside))
    plain = [part[: len(part) - tail[1]] if tail else part for part, tail in parts]
    return all(_LISTED.fullmatch(piece) for part in plain for piece in part.split("、"))


def _all_bodies(inside: str) -> bool:
    """Nothing but names: several that end like one, or a single one that reads like one from its start."""
    pieces = re.split("[、，；]", re.sub(r"（[^（）]*）", "", inside))
    if len(pieces) > 1:
        return all(re.search(names.SUFFIX + r"(?:等.{0,4})?$", piece) for piece in pieces)
    return names.BODY.fullmatch(inside) is not None


def _following_role(parts: list[tuple[int, int]], tails: list[tuple[Role, int] | None], start: int) -> Role:
    """``（A，B，C负责）``: parts without a tail take the role of the next one that has it."""
    for (begin, _), tail in zip(parts, tails, strict=True):
        if begin >= start and tail is not None:
            return tail[0]
    return "duty"
