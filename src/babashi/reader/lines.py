"""Unnumbered lines with a part to play in the outline: headings, titles in the middle, lists of attachments."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from babashi.reader.grants import FACET
from babashi.reader.labels import RANK, bullet_at
from babashi.reader.paragraphs import Paragraph

_ANNEX: Final = re.compile(r"附[件表](?:[一二三四五六七八九十]|\d{1,2})?(?:：|$)|附[一二三四五六]?：?$|附录")
_TITLE_END: Final = re.compile(
    r"(?:措施|办法|细则|意见|通知|政策|方案|规定|指南|公告|条例|问答|解读|清单|计划|目录|十条"
    r"|条)(?:（[^）]{1,12}）)?$"
)


def is_annex(paragraph: Paragraph) -> bool:
    """``附件1`` or 附则 on a line of its own: what was open ends here."""
    return (
        _ANNEX.match(paragraph.text) is not None and len(paragraph.text) <= 40
    ) or paragraph.text == "附则"


def is_new_title(paragraph: Paragraph, paragraphs: list[Paragraph], index: int) -> bool:
    """A title line in the middle (the attached measures begin): short, no full stop, 一、 follows soon."""
    text = paragraph.text
    if not 5 <= len(text) <= 40 or text[-1] in "。；：，" or not _TITLE_END.search(text) or index < 3:
        return False
    following = [p.label for p in paragraphs[index + 1 : index + 8] if p.label]
    return bool(following) and following[0].number == 1 and following[0].kind in {"cn", "article", "chapter"}


def plain_headings(paragraphs: list[Paragraph], marked: frozenset[int]) -> set[int]:
    """Unnumbered headings: marked by the format, 【…】, or short lines of a text without numbering."""
    labelled = sum(1 for p in paragraphs if p.label and p.label.kind != "question")
    structural = sum(1 for p in paragraphs if p.label and RANK[p.label.kind] <= RANK["num"])
    titles, facets = _policies(paragraphs)
    if structural >= 2 and len(titles) < 2:
        titles, facets = set(), set()
    result: set[int] = set()
    for index, paragraph in enumerate(paragraphs):
        if paragraph.label is not None or index in facets:
            continue
        text = paragraph.text
        following = paragraphs[index + 1].text if index + 1 < len(paragraphs) else ""
        if text.endswith("？") and (following.startswith("答") or (structural < 2 and len(text) <= 40)):
            result.add(index)
        if not following or len(text) > 40 or text[-1] in "。；，、？":
            continue
        if (
            text.startswith("【") and text.endswith("】") and (structural < 3 or paragraph.start in marked)
        ) or (
            index in titles
            or (
                structural < 2
                and labelled < 6
                and (paragraph.start in marked or _looks_headed(text, following))
            )
        ):
            result.add(index)
    return result


_RUN_IN_TITLE: Final = re.compile(r"【(?P<title>[^【】，。；：\d]{2,20})】(?=.{10})")


def titled(paragraphs: list[Paragraph]) -> set[int]:
    """``【支持设备更新】企业购置…``: unnumbered items with a title of their own, at least twice."""
    titles = {
        index: match["title"]
        for index, paragraph in enumerate(paragraphs)
        if paragraph.label is None and (match := _RUN_IN_TITLE.match(paragraph.text))
    }
    fields = any(
        FACET.match(title) for title in titles.values()
    )  # 【受理条件】…【办件类型】…: parts of one guide
    return set(titles) if len(titles) > 1 and not fields else set()


def bulleted_titles(paragraphs: list[Paragraph]) -> set[int]:
    """``●支持科技创新。`` with paragraphs below it, at least twice."""
    found = {
        index
        for index, (here, after) in enumerate(pairwise(paragraphs))
        if bullet_at(here.view)
        and 4 <= len(here.text) <= 30
        and "，" not in here.text
        and after.label is None
        and not bullet_at(after.view)
        and len(after.text) > len(here.text)
    }
    return found if len(found) > 1 else set()


def bulleted_sections(paragraphs: list[Paragraph], titles: set[int]) -> set[int]:
    """Lines with the same sign as the titles, but with numbered items right below them: they hold these items."""
    signs = {paragraphs[index].text[0] for index in titles if bullet_at(paragraphs[index].view)}
    return {
        index
        for index, (here, after) in enumerate(pairwise(paragraphs))
        if here.text[0] in signs
        and index not in titles
        and bullet_at(here.view)
        and 4 <= len(here.text) <= 24
        and not re.search("[，。；：]", here.text)
        and after.label is not None
        and after.label.number == 1
    }


def _policies(paragraphs: list[Paragraph]) -> tuple[set[int], set[int]]:
    """Titles of policies and their parts (政策对象, 政策内容 … on lines of their own below them)."""
    alone = [bool(FACET.match(p.text.rstrip("："))) and p.label is None for p in paragraphs]
    fields = [facet or _is_field(p) for facet, p in zip(alone, paragraphs, strict=True)]
    titles = {
        index
        for index, paragraph in enumerate(paragraphs[:-1])
        if fields[index + 1]
        and not fields[index]
        and (alone[index + 1] or (index + 2 < len(fields) and fields[index + 2]))
        and not any(alone[max(0, index - 1) : index])
        and paragraph.label is None
        and len(paragraph.text) <= 24
        and not re.search(r"[，。；：！]", paragraph.text)
    }
    parts = {index for index, here in enumerate(alone) if here}
    if len(parts) < 2 and len(titles) < 2:
        return set(), set()
    return (titles, parts) if titles else (set(), set())


def _is_field(paragraph: Paragraph) -> bool:
    """``支持标准：…`` on a line of its own."""
    name, colon, _ = paragraph.text.partition("：")
    return bool(colon) and paragraph.label is None and len(name) <= 8 and FACET.match(name) is not None


def _looks_headed(text: str, following: str) -> bool:
    return (
        2 <= len(text) <= 24
        and len(following)
        > (max(12, len(text) + 4) if following.endswith(("。", "；")) else max(20, len(text)))
        and not re.search(r"[，。；：！<>≤≥]|\d{4}年|〔\d{4}〕|^（|印发|发布|来源|^附|人民政府$", text)
    )


_OF_A_DOCUMENT: Final = re.compile(
    r"(?:办法|措施|细则|意见|通知|方案|规定|公告|通告|条例|清单|计划|指南|须知|指引|流程|规程|手册|一览表"
    r"|(?:若干|关于|促进|支持|鼓励|加快)[^，。]{0,30}政策)(?:（[^）]{1,12}）)?$"
    r"|\d{4}年|〔\d{4}〕|第\d{1,4}号|^（|人民政府|委员会|[一-龥]局$"
)


def heads_parts(paragraphs: list[Paragraph], index: int) -> bool:
    """A title right above 一、补贴对象 二、补贴标准 三、申请材料: these are the parts of that one policy."""
    head = paragraphs[index]
    if head.label is not None or not 4 <= len(head.text) <= 40 or head.text[-1] in "。；：，":
        return False
    if _OF_A_DOCUMENT.search(head.text):
        return False
    parts: list[Paragraph] = []
    kind = ""
    for paragraph in paragraphs[index + 1 : index + 40]:
        label = paragraph.label
        if label is None or (kind and label.kind != kind):
            if not parts:
                return False
            continue
        if label.number != len(parts) + 1:
            break
        kind = label.kind
        parts.append(paragraph)
    facets = [p for p in parts if FACET.match(re.split("[。：]", p.text[p.body_start :])[0])]
    return len(parts) >= 3 and len(facets) >= 2 and 2 * len(facets) >= len(parts)


_STANDARD: Final = re.compile(
    r"(?:补[助贴]|奖[补励]|资助|发放|支持|减免|救助|政策)?(?:的)?标准"
    r"|(?:补[助贴]|奖[补励]|资助|支持|减免|救助|优惠|保障)(?:方式|内容|额度|金额|力度)"
)


def has_standard(paragraphs: list[Paragraph]) -> bool:
    """Whether an item is headed 补贴标准: under the title of a notice of one policy it is the measure."""
    return any(p.label is not None and _STANDARD.match(p.text, p.label.end) for p in paragraphs)


_NAME: Final = re.compile(r"(?:政策|项目|事项|补[助贴]|奖励|服务|扶持|优惠)名称[：|][^，。；：|]{2,40}$")


def named_policies(paragraphs: list[Paragraph]) -> set[int]:
    """``政策名称：…`` above 政策内容 and the other fields, at least twice: each names a policy."""
    found = {
        index
        for index, paragraph in enumerate(paragraphs)
        if paragraph.label is None and _NAME.match(paragraph.text)
    }
    return found if len(found) > 1 else set()


def attached(paragraphs: list[Paragraph]) -> set[int]:
    """The lines ``2.申请表`` ``3.承诺书`` behind ``附件：1.…``: numbered, but no items of the notice."""
    found: set[int] = set()
    expected = 0
    for index, paragraph in enumerate(paragraphs):
        start = re.match(r"附件：?(?:(\d{1,2})[.、．：])?", paragraph.text)
        label = paragraph.label
        if start and label is None:
            expected = int(start[1] or 0) + 1
        elif (
            expected
            and label is not None
            and label.kind == "num"
            and label.number == expected
            and len(paragraph.text) <= 60
            and not re.search(r"[。；]|给予|奖励\d", paragraph.text)
        ):
            found.add(index)
            expected += 1
        else:
            expected = 0
    return found
