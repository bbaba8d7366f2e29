"""Lead and support departments in the usual wordings.

（牵头单位：A，配合单位：B）, 责任单位：A、B, （A牵头，B配合）, （A、B按职责分工负责）.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, Literal

from babashi.reader.model import Words
from babashi.reader.paragraphs import Paragraph

Role = Literal["lead", "support", "duty", "other"]

_SUFFIX: Final = (
    r"(?:局|委|办|部|院|行|会|署|厅|处|司|科|股|室|中心|公司|政府|街道|镇"
    r"|乡|区|县|市|园区|集团|站|所|社|中支|支行|分行|分局|支局|大队|支队"
    r"|办事处|管委会|联|团|馆|银行|单位|部门|机构|平台|国资|税务|海关|人行|协会"
    r"|商会|学校|企业)"
)
_MARK: Final = re.compile(
    r"(?P<lead>(?:主要)?(?:牵头|主办|第一责任|主责)(?:责任)?(?:单位|部门|处室|科室)?(?:和责任单位)?"
    r"|主管(?:单位|部门))[：:】]"
    r"|(?P<duty>(?:责任|落实|实施|负责|承办)(?:主体)?(?:单位|部门|处室|科室|主体|科室)?|主要负责单位"
    r"|职责单位)[：:】]"
    r"|(?P<support>(?:配合|协办|协同|参与|协助|支持|参加|共同责任|联合)(?:责任)?(?:单位|部门|处室|科室))[：:】]"
    r"|(?P<other>(?:咨询|联系|服务|受理|申报|兑现|政策|监督|举报|投诉)?(?:电话|热线|方式|联系人|时间"
    r"|期限|时限|渠道|地址|材料|流程|条件|对象|标准|依据|程序|科室|窗口|单位|咨询)|有效期|备注"
    r"|完成时限|牵头领导|责任领导|责任人|牵头人)[：:】]"
)
_LEAD_TAIL: Final = re.compile(r"(?:负责)?(?:牵头)(?:负责|落实|组织实施|实施|办理)?$")
_DUTY_TAIL: Final = re.compile(
    r"(?:(?:按照?|依|根据)?(?:各自)?职责(?:分工)?|分工|分别|共同|具体|组织|会同有关部门"
    r"|等?按职责分工)*(?:负责|落实|实施|组织实施|承办|办理)(?:落实|实施|组织实施)?$"
)
_SUPPORT_TAIL: Final = re.compile(
    r"(?:(?:按照?)?职责(?:分工)?)?(?:配合|协助|参与|协同|支持)(?:落实|实施|负责)?$"
)
_INNER_LEAD: Final = re.compile(r"（(?:牵头|牵头单位|牵头部门|主办|负责)）$")
_INNER_SUPPORT: Final = re.compile(r"（(?:配合|协办|参与|协助)）$")
_NOT_A_NAME: Final = re.compile(
    r"[。？！]|[列排]第?一位|首位|下同$|不再|均[须需]|^(?:等|由|及|和|无|有关|\d+)$|\d{4,}|给予|奖励|补[助贴]|申请|企业应|万元|%"
)
_INNER: Final[list[tuple[re.Pattern[str], Role]]] = [(_INNER_LEAD, "lead"), (_INNER_SUPPORT, "support")]
_TAILS: Final[list[tuple[re.Pattern[str], Role]]] = [
    (_LEAD_TAIL, "lead"),
    (_SUPPORT_TAIL, "support"),
    (_DUTY_TAIL, "duty"),
]
MAX_NAME: Final = 40


def find_departments(
    paragraphs: Iterable[Paragraph], raw: str
) -> tuple[tuple[Words, ...], tuple[Words, ...]]:
    """(lead, support), each in order of the text and without repeats."""
    found: list[tuple[Role, Words]] = []
    pending: Role | None = None
    for paragraph in paragraphs:
        if pending and paragraph.label is None and len(paragraph.text) <= 120:
            found.extend(_names(paragraph, raw, 0, len(paragraph.text), pending))
            pending = None
            continue
        marked = _marked(paragraph, raw)
        found.extend(marked or _sentence_forms(paragraph, raw))
        pending = _heads_list(paragraph)
    has_lead = any(role == "lead" for role, _ in found)
    has_support = any(role == "support" for role, _ in found)
    lead: dict[str, Words] = {}
    support: dict[str, Words] = {}
    for role, words in found:
        if role == "lead" or (role == "duty" and not has_lead):
            lead.setdefault(words.text, words)
        elif role == "support" or (role == "duty" and has_lead and not has_support):
            support.setdefault(words.text, words)
    for name in lead:
        support.pop(name, None)
    return tuple(lead.values()), tuple(support.values())


def listed(paragraph: Paragraph, raw: str) -> tuple[Words, ...]:
    """The names of a paragraph that holds nothing but names, such as a cell of a table."""
    return tuple(words for _, words in _names(paragraph, raw, 0, len(paragraph.text), "duty"))


def _heads_list(paragraph: Paragraph) -> Role | None:
    """``责任单位`` alone on its line: the names follow on the next."""
    text = paragraph.text[paragraph.body_start :]
    match = _MARK.fullmatch(text if text.endswith("：") else text + "：")
    if match is None or match["other"]:
        return None
    return "lead" if match["lead"] else "duty" if match["duty"] else "support"


def _marked(paragraph: Paragraph, raw: str) -> list[tuple[Role, Words]]:
    """Lists behind 牵头单位：, 责任单位：, 配合单位：."""
    text = paragraph.text
    marks = list(_MARK.finditer(text))
    result: list[tuple[Role, Words]] = []
    for index, mark in enumerate(marks):
        role: Role = (
            "lead" if mark["lead"] else "duty" if mark["duty"] else "support" if mark["support"] else "other"
        )
        if role == "other":
            continue
        end = marks[index + 1].start() if index + 1 < len(marks) else len(text)
        end = _list_end(text, mark.end(), end)
        result.extend(_names(paragraph, raw, mark.end(), end, role))
    return result


def _list_end(text: str, start: int, limit: int) -> int:
    """A list of names ends at 。, at the bracket that encloses it, or at the next label."""
    depth = 0
    for position in range(start, min(limit, start + 400)):
        char = text[position]
        if char in "。\n":
            return position
        if char in "（〔【":
            depth += 1
        elif char in "）〕】":
            if depth == 0:
                return position
            depth -= 1
    return min(limit, start + 400)


def _names(paragraph: Paragraph, raw: str, start: int, end: int, role: Role) -> list[tuple[Role, Words]]:
    """The names of a list; a tail such as 牵头 or （配合） changes the role of its part."""
    text = paragraph.text
    result: list[tuple[Role, Words]] = []
    for part_start, part_end in _parts(text, start, end, "，；"):
        part_role = role
        tail = _tail_role(text[part_start:part_end])
        if tail is not None:
            part_role, cut = tail
            part_end -= cut
        for name_start, name_end in _split_names(text, part_start, part_end):
            name_role = part_role
            piece = text[name_start:name_end]
            for pattern, inner in _INNER:
                match = pattern.search(piece)
                if match:
                    name_role = inner
                    name_end = name_start + match.start()
            words = _words(paragraph, raw, name_start, name_end)
            if words:
                result.append((name_role, words))
    return result


def _tail_role(part: str) -> tuple[Role, int] | None:
    for pattern, role in _TAILS:
        match = pattern.search(part)
        if match and match.start() > 0:
            return role, len(part) - match.start()
    return None


def _parts(text: str, start: int, end: int, marks: str) -> Iterable[tuple[int, int]]:
    """Parts between the marks, brackets left whole."""
    depth, begin = 0, start
    for position in range(start, end):
        char = text[position]
        depth += (char == "（") - (char == "）")
        if depth <= 0 and char in marks:
            yield begin, position
            begin = position + 1
    if begin < end:
        yield begin, end


def _split_names(text: str, start: int, end: int) -> Iterable[tuple[int, int]]:
    for begin, finish in _parts(text, start, end, "、"):
        yield from _split_and(text, begin, finish)


def _split_and(text: str, start: int, end: int) -> Iterable[tuple[int, int]]:
    """``市财政局和市税务局`` is two names, ``区发展和改革局`` is one."""
    piece = text[start:end]
    for match in re.finditer(r"以及|和|及|与|会同", piece):
        left, right = piece[: match.start()], piece[match.end() :]
        if (
            re.search(_SUFFIX + r"$", left)
            and len(left) >= 3
            and re.search(_SUFFIX, right)
            and len(right) >= 3
        ):
            yield start, start + match.start()
            yield from _split_and(text, start + match.end(), end)
            return
    yield start, end


# 本条政策由市科技局负责
_LEADING: Final = re.compile(
    r"[，、；：）“]*(?:(?:本|该|此|上述|以上)[条项款]?(?:政策|措施|内容|条款)?(?=由))?[由请]?"
)


def _words(paragraph: Paragraph, raw: str, start: int, end: int) -> Words | None:
    text = paragraph.text
    leading = _LEADING.match(text, start, end)
    start = leading.end() if leading else start
    while end > start and text[end - 1] in "，、；：（。.”〕】":
        end -= 1
    name = text[start:end]
    if not 2 <= len(name) <= MAX_NAME or _NOT_A_NAME.search(name):
        return None
    if name.count("（") != name.count("）"):
        return None
    span = paragraph.view.span(start, end)
    printed = "".join(raw[span.start : span.end].split())
    return Words(printed, span, 0.9 if re.search(_SUFFIX + r"(?:等.{0,6})?$", name) else 0.6)


_BRACKET: Final = re.compile(
    r"[（〔【]([^（）〔〕【】]{2,120}(?:（[^（）]{0,20}）[^（）]{0,80}){0,3})[）〕】](?=。?$|[。；]|$)"
)
# 由市科技局牵头，市财政局配合。 as the closing sentence of an item
_CLOSING: Final = re.compile(
    r"(?:^|(?<=[。；]))由(?P<names>[^，。；：]{2,60}?(?:局|委|办|厅|行|会|中心|部|政府)(?:牵头|负责)(?:负责|组织|落实|实施)?"
    r"(?:，[^，。；：]{2,80}(?:配合|协助|参与)(?:落实|实施)?)?)[。；]?$"
)


def _sentence_forms(paragraph: Paragraph, raw: str) -> list[tuple[Role, Words]]:
    """（A牵头，B配合）、（A、B负责）at the end of an item."""
    text = paragraph.text
    result: list[tuple[Role, Words]] = []
    closing = _CLOSING.search(text)
    for match in [*_BRACKET.finditer(text), *([closing] if closing else [])]:
        inside = match[1]
        parts = list(_parts(text, match.start(1), match.end(1), "，；"))
        tails = [_tail_role(text[a:b]) for a, b in parts]
        only_names = (
            all(re.search(_SUFFIX + r"(?:等)?$", n) for n in re.split("[、，]", inside)) and "、" in inside
        )
        if not any(tails) and not (only_names and match.end() >= len(text) - 1):
            continue
        for (a, b), tail in zip(parts, tails, strict=True):
            role: Role = tail[0] if tail else _following_role(parts, tails, a)
            finish = b - tail[1] if tail else b
            for name_start, name_end in _split_names(text, a, finish):
                words = _words(paragraph, raw, name_start, name_end)
                if words:
                    result.append((role, words))
    return result


def _following_role(parts: list[tuple[int, int]], tails: list[tuple[Role, int] | None], start: int) -> Role:
    """``（A，B，C负责）``: parts without a tail take the role of the next one that has it."""
    for (begin, _), tail in zip(parts, tails, strict=True):
        if begin >= start and tail is not None:
            return tail[0]
    return "duty"
