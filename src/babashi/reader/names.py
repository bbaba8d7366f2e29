"""Lists of names of departments: where one name ends and the next begins, and what is no name.

Names stand apart by 、 ， ； or, where a notice uses neither, by white space. A name keeps what is printed
with it (``市税务局等``), but not its telephone number or the mark of the leading department.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

from babashi.reader.model import Words
from babashi.reader.paragraphs import Paragraph

SUFFIX: Final = (
    r"(?:局|委|办|部|院|行|会|署|厅|处|司|科|股|室|中心|公司|政府|街道|镇"
    r"|乡|区|县|市|园区|集团|站|所|社|中支|支行|分行|分局|支局|大队|支队"
    r"|办事处|管委会|联|团|馆|银行|单位|部门|机构|平台|国资|税务|海关|人行|协会"
    r"|商会|学校|企业)"
)
# 市科技局, 各县（市、区）政府 alone in brackets: the whole must read like the name of a body
BODY: Final = re.compile(
    r"(?:国家|自治区|[省市区县州旗盟镇]|各)[^，。：；、\d]{1,28}?"
    r"(?:局|委|办|厅|行|会|部|署|中心|政府|单位|部门)(?:等(?:相关|有关)?(?:单位|部门)?)?"
)
_NOT_A_NAME: Final = re.compile(
    r"[。？！：]|[列排]第?一位|首位|下同$|不再|均[须需]|^(?:等|由|及|和|无|有关|其他|其它|\d+)$|\d{4,}|给予"
    r"|奖励|补[助贴]"
    r"|申请|企业应|万元|%|长期|持续|立即|常年|全年|完成|即时|按期|每年|年底|季度|坚持|\d月|详见|如下|落实$|另有|^(?:联系人|序号|事项|电话|备注|内容|名称|条款)$"
)
MAX_NAME: Final = 40

# 本条政策由市科技局负责
_LEADING: Final = re.compile(
    r"[，、；：）“”|★☆*●▲■◆△○#-]*(?:(?:本|该|此|上述|以上)[条项款]?(?:政策|措施|内容|条款)?(?=由))?[由请]?"
)
# 市科技局（电话8765432）, 市科技局8765432
_TRAILING: Final = re.compile(
    r"(?:（[^（）]*(?:\d{5,}[^（）]*|下同)）|(?:电话|热线)?\d[\d-]{5,}|[，、；：（。.”|】★☆*●▲■◆△○])+$"
)


def parts(text: str, start: int, end: int, marks: str) -> Iterator[tuple[int, int]]:
    """Parts between the marks, brackets left whole."""
    depth, begin = 0, start
    for position in range(start, end):
        char = text[position]
        depth += (char in "（〔") - (char in "）〕")
        if depth <= 0 and char in marks:
            yield begin, position
            begin = position + 1
    if begin < end:
        yield begin, end


def split(paragraph: Paragraph, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The single names of a list without tails."""
    text = paragraph.text
    pieces = (
        name
        for begin, finish in parts(text, start, end, "、")
        for left, right in _apart(paragraph, begin, finish)
        for name in _split_and(text, left, right)
    )
    return _levels_joined(text, pieces)


# 各州、市人民政府 is one name
LEVEL: Final = re.compile(
    r"各?(?:(?:自治)?[省州市县区旗盟乡镇村]{1,3}|街道|社区|园区|(?:经济|经济技术|产业|高新技术)?开发区|高新区|经开区|功能区)(?:[（〔][^（）〔〕]*[）〕])?"
)
_GOVERNMENT: Final = re.compile(
    r"(?:[州市县区旗盟乡镇]|街道|园区|开发区|高新区|经开区|功能区)(?:[（〔][^（）〔〕]*[）〕])?(?:党委|人民政府|政府|管委会|办事处).*"
    r"|[市县区旗][（〔][^（）〔〕]{1,8}[）〕][^，。；、]{2,14}(?:局|委|厅|办|中心|部门)"  # 各市、县（区）商务局
)


def _levels_joined(text: str, pieces: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The pieces of a list; levels before a government are no names of their own."""
    waiting: list[tuple[int, int]] = []
    for begin, finish in pieces:
        piece = text[begin:finish]
        if LEVEL.fullmatch(piece) and (waiting or piece.startswith("各")):
            if piece.startswith("各"):
                yield from _one_phrase(waiting)
                waiting = []
            waiting.append((begin, finish))
        elif waiting and _GOVERNMENT.fullmatch(piece):
            yield waiting[0][0], finish
            waiting = []
        else:
            yield from _one_phrase(waiting)
            waiting = []
            yield begin, finish
    yield from _one_phrase(waiting)


def _one_phrase(levels: list[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    """各镇、街道 is one phrase: only its first level has 各."""
    return [(levels[0][0], levels[-1][1])] if levels else []


_WHOLE: Final = re.compile(r"[^，。：]{1,8}(?:局|委|办|部|处)")


def _apart(paragraph: Paragraph, start: int, end: int) -> Iterable[tuple[int, int]]:
    """``市科技局 市财政局``: white space separates where each piece reads like a name of its own.

    A gap alone says nothing (``市人力资源社会 保障局`` is one name), so each piece must begin as names of
    bodies do, with a level of government or like the first piece, or all of them must read like short whole names.
    """
    gaps = sorted(g for g in paragraph.view.gaps if start < g < end)
    text = paragraph.text
    pieces = list(pairwise([start, *gaps, end]))
    if len(pieces) > 1 and all(b - a >= 3 and _WHOLE.fullmatch(text, a, b) for a, b in pieces):
        return pieces
    result = []
    begin = start
    for gap, following in pairwise([*gaps, end]):
        left, right = text[begin:gap], text[gap:following]
        if (
            len(left) >= 3
            and re.search(SUFFIX + r"(?:（[^（）]*）)?$", left)
            and len(right) >= 3
            and re.match(rf"[省市区县州旗盟镇乡各国]|中国|人民银行|{re.escape(text[start])}", right)
        ):
            result.append((begin, gap))
            begin = gap
    result.append((begin, end))
    return result


# 区人才局及相关部门 is printed as one, like 区人才局等部门
_NOBODY: Final = re.compile(
    r"(?:其[他它]|各)?(?:有关|相关|各)?(?:职能|业务|成员|责任|主管)?(?:单位|部门|科室|股室)"
    r"(?=$|及|和|、|以及|与)"
)


def _split_and(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """``市财政局和市税务局`` is two names, ``区发展和改革局`` is one."""
    piece = text[start:end]
    for match in re.finditer(r"以及|和|及|与|会同|/", piece):
        left, right = piece[: match.start()], piece[match.end() :]
        if len(left) < 3 or not re.search(SUFFIX + r"$", left) or _NOBODY.match(right):
            continue
        if LEVEL.fullmatch(right) or right == "各地" or (len(right) >= 3 and re.search(SUFFIX, right)):
            yield start, start + match.start()
            yield from _split_and(text, start + match.end(), end)
            return
    yield start, end


def words(paragraph: Paragraph, raw: str, start: int, end: int) -> Words | None:
    """The name in ``[start, end)`` as printed, or None where no name stands."""
    text = paragraph.text
    leading = _LEADING.match(text, start, end)
    start = leading.end() if leading else start
    trailing = _TRAILING.search(text, start, end)
    end = trailing.start() if trailing else end
    if text[end - 1 : end] == "〕" and "〔" not in text[start:end]:
        end -= 1
    name = text[start:end]
    if not 2 <= len(name) <= MAX_NAME or _NOT_A_NAME.search(name):
        return None
    if name.count("（") != name.count("）"):
        return None
    span = paragraph.view.span(start, end)
    printed = "".join(raw[span.start : span.end].split())
    return Words(printed, span, 0.9 if re.search(SUFFIX + r"(?:等.{0,6})?$", name) else 0.6)
