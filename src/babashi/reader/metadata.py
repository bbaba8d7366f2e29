"""What a notice says about itself: document number, title, issuer, date, addressees, attachments."""

from __future__ import annotations

import re
from typing import Final

from babashi.reader import dates
from babashi.reader.furniture import is_furniture
from babashi.reader.model import Words
from babashi.reader.paragraphs import Paragraph
from babashi.reader.text import Span

_NUMBER_CORE: Final = (
    r"[一-龥][一-龥·]{0,23}(?:（[一-龥]{1,8}）)?[一-龥]{0,8}"
    r"[〔【（〈]\s?(?:(?:19|20)\d{2}|9\d|二[〇○零][一二三四五六七八九〇○零]{2})年?[〕】）〉]"
    r"(?:[一-龥]{0,2}字|[一-龥]{1,2}(?=第?\d))?第?\d{1,5}号"
)
_NUMBER: Final = re.compile(_NUMBER_CORE)
# 发文字号：, and as the cell of a table | 〔发文字号〕 | …
_NAME_OF_NUMBER: Final = (
    r"(?:(?:发文|公文|文件|发布|制发|政策|规范性文件|文)(?:字号|文号|编号|号)|文号|字号)[〕】|：]*"
)
_NUMBER_LINE: Final = re.compile(
    rf"·?(?:【?(?:{_NAME_OF_NUMBER}"
    rf"|编号[：】]*))?[（【〔-]{{0,2}}(?P<number>{_NUMBER_CORE})(?:文件)?[，、；]?(?:{dates.DATE}(?:起?(?:印发|发布"
    rf"|公布|施行|实施))?(?:；[^（）]{{0,40}})?)?[）】〕]{{0,2}}"
    rf"(?:（.{{0,10}}）)?(?:签发人.{{0,12}})?"
)
_DECREE: Final = re.compile(
    r"(?P<number>[一-龥、（）]{2,60}(?:公告|通告)\s?(?:19|20)\d{2}年第?\d{1,4}号|(?:公告|通告)(?:19"
    r"|20)\d{2}年第\d{1,4}号|[一-龥]{2,40}(?:公告|通告)第\d{1,4}号|(?:19|20)\d{2}年第\d{1,4}号(?:公告)?|第\d{1,4}号(?:令|公告)?"
    r"|[一-龥]{2,20}令(?:第?\d{1,4}号|（第?\d{1,4}号）))"
)
# the number of an office of Taiwan, with the day and what the letter did: 113年5月2日府农辅字第1130091457号函订定
_LETTER: Final = re.compile(
    rf"(?:{_NAME_OF_NUMBER})?(?:{dates.DATE})?(?P<number>[一-龥]{{2,14}}字第\d{{5,12}}[A-Z]?号|（(?:19)?9\d）[一-龥]{{2,10}}第?\d{{1,4}}号)(?:函|令|公告)?"
    r"(?:订定|制定|修正|修订|发布|公布|核定|核备|下达|备查|实施)?[^。；]{0,24}"
)
_TITLE_WORDS: Final = re.compile(
    r"(?:措施|办法|细则|意见|通知|政策|方案|规定|指南|公告|条例|问答|解读|清单|计划|十条|\d+条"
    r"|[一二三四五六七八九十]+条|补贴，请查收|问题|决定|通告|规程|纲要|函|汇编|事项|篇）"
    r"|节选）)(?:（[^）]{1,14}）)?$|^关于"
)
_SKIP: Final = re.compile(
    r"^(?:您?当前(?:所在)?(?:的)?位置|首页|来源|发布(?:时间|日期)|索引号|【|点击|分享|浏览|字体|主题"
    r"|打印|信息来源|作者|附件|目录)"
)
_ISSUER: Final = re.compile(
    r"[一-龥（）、]{2,50}?(?:人民政府办公厅|人民政府办公室|人民政府|委员会办公室|管理委员会|管委会"
    r"|委员会|领导小组办公室|领导小组|总局|厅|局|办公室|银行|分行|支行|部|委|院|中心|联合会|总工会|公司|署|处)"
)
_ADDRESSEES: Final = re.compile(
    r"^(?:各|区属|市属|县属|省属|有关|驻)[^。]{4,300}：$|^[^。，]{2,20}各[^。]{4,200}：$"
)
_ATTACHMENT: Final = re.compile(r"^(?:附件：?(?:\d{1,2}[.、．])?|\d{1,2}[.、．])(?P<name>.{2,80})$")
HEAD_PARAGRAPHS: Final = 30


def _words(paragraph: Paragraph, raw: str, start: int, end: int, confidence: float) -> Words:
    span = paragraph.view.span(start, end)
    return Words(" ".join(raw[span.start : span.end].split()), span, confidence)


def is_number(text: str) -> bool:
    """Whether a line is nothing but a notice's number."""
    return len(text) <= 70 and _NUMBER_LINE.fullmatch(text) is not None


def document_number(paragraphs: list[Paragraph], raw: str) -> Words | None:
    """The notice's own number: on a line of its own near the top or the end, or behind the title."""
    head = paragraphs[:HEAD_PARAGRAPHS]
    looked = [*head, *paragraphs[-8:]]
    for paragraph, before in zip(looked, [None, *looked], strict=False):
        if len(paragraph.text) > 70:
            continue
        match = (
            _NUMBER_LINE.fullmatch(paragraph.text)
            or _DECREE.fullmatch(_unbracketed(paragraph.text))
            or _LETTER.fullmatch(_unbracketed(paragraph.text))
        )
        if match:
            at = paragraph.text.find(match["number"])
            end = at + len(match["number"])
            if re.match(r"第\d", match["number"]) and before is not None and before.text.endswith("令"):
                span = Span(before.start, paragraph.end)  # 某市人民政府令 / 第15号 on two lines
                return Words(" ".join(raw[span.start : span.end].split()), span, 0.9)
            return _words(paragraph, raw, _own_prefix(match["number"], paragraph, at), end, 0.95)
    top = [paragraph for paragraph in head if not is_furniture(paragraph.text)][:_TOP]
    for paragraph in head:
        if _BASES.match(paragraph.text):  # what is cited from here on are other documents
            return None
        found = (
            _behind_dates(paragraph, raw)
            or _inside_line(paragraph, raw)
            or (_cited_as_title(paragraph, raw) if paragraph in top else None)
        )
        if found:
            return found
    return None


def _unbracketed(text: str) -> str:
    return text[1:-1] if text.startswith("（") and text.endswith("）") else text


_TOP: Final = 3
_BASES: Final = re.compile(
    r"(?:[一二三四五六七八九十\d]{1,2}[、.．]|（[一二]）)?(?:政策|文件|法律|制定|办事)?依据[：。]?$"
)
_CITED: Final = re.compile(
    rf"(?:(?:中共)?[一-龥]{{1,12}}[省市县区旗州委府])?《[^《》]{{4,80}}》[（【]?(?P<number>{_NUMBER_CORE})[）】]?"
    rf"|(?P<first>{_NUMBER_CORE})(?:文件)?，?《[^《》]{{4,80}}》。"
)
_OTHERS: Final = re.compile(r"根据|按照|依据|贯彻|落实|转发|执行")


def _cited_as_title(paragraph: Paragraph, raw: str) -> Words | None:
    """A copy that opens with the title in 《》 and the number, in either order."""
    text = paragraph.text
    match = _CITED.fullmatch(text) or _CITED.match(text)
    if match is None or paragraph.label is not None or _OTHERS.search(text.partition("《")[0]):
        return None
    if match["number"] and match.end() != len(text):
        return None
    return _words(paragraph, raw, *match.span("number" if match["number"] else "first"), 0.85)


_DATED_HEAD: Final = re.compile(rf"(?:印发|发布|成文)日期：?{dates.DATE}(?P<number>{_NUMBER_CORE})$")


def _behind_dates(paragraph: Paragraph, raw: str) -> Words | None:
    """``《…》的通知 印发日期：… 发布日期：… 某发改〔2026〕18号``: title, days and number on one line of a page."""
    match = _DATED_HEAD.search(paragraph.text) if len(paragraph.text) <= 200 else None
    return _words(paragraph, raw, *match.span("number"), 0.9) if match else None


def _inside_line(paragraph: Paragraph, raw: str) -> Words | None:
    """``XX区人民政府文件 巴南府办发〔2022〕63号`` or a title that ends with its number in brackets."""
    text = paragraph.text
    labelled = _LABELLED.search(text) if len(text) <= _MAX_HEADER else None
    if labelled:
        return _words(paragraph, raw, *labelled.span("number"), 0.95)
    if len(text) > 90 or (paragraph.label is not None and paragraph.label.kind not in {"article"}):
        return None
    printed = _PRINTED_IN.search(text)
    if printed:
        own = _own_prefix(printed["number"], paragraph, printed.start("number"))
        return _words(paragraph, raw, own, printed.end("number"), 0.9)
    decreed = _DECREED.search(text)
    if decreed:
        return _words(paragraph, raw, *decreed.span("number"), 0.85)
    for match in _NUMBER.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        own = _own_prefix(match[0], paragraph, match.start())
        if _ENDS_TITLE.search(text[:own]) and len(after) <= 12:
            return _words(paragraph, raw, own, match.end(), 0.9)
        if _stands_apart(paragraph, own, match.end()):
            return _words(paragraph, raw, own, match.end(), 0.9)
        if "《" in before or re.search(r"根据|按照|依据|贯彻|落实|》|执行", before + match[0]):
            continue
        if (
            before.endswith(("（", "【"))
            and after.startswith(("）", "】"))
            and _TITLE_WORDS.search(before[:-1])
        ):
            return _words(paragraph, raw, *match.span(), 0.9)
        if re.search(r"(?:文件|通知|办法|措施|意见|公告)-*$|^$", text[:own]) and len(after) <= 12:
            if re.match("文|同时|中|规定|精神|要求", after):
                continue
            return _words(paragraph, raw, own, match.end(), 0.85)
    return None


_BEFORE_NUMBER: Final = re.compile(
    rf".*(?:》|通知|办法|措施|意见|政策|细则|规定|方案|文件)(?:（{dates.DATE}[^（）]{{0,6}}）)?|{dates.DATE}起?(?:施行|实施|印发|发布)?"
)


def _stands_apart(paragraph: Paragraph, start: int, end: int) -> bool:
    """Whether white space sets a number off from the title or the day beside it."""
    text, gaps = paragraph.text, paragraph.view.gaps
    if start == 0:
        return end in gaps and re.match(rf"{dates.DATE}|签发人", text[end:]) is not None
    return end == len(text) and start in gaps and _BEFORE_NUMBER.fullmatch(text, 0, start) is not None


# the block of fields above a notice on a web page: 索引号：…发文字号：…
_MAX_HEADER: Final = 400
_LABELLED: Final = re.compile(rf"{_NAME_OF_NUMBER}(?P<number>{_NUMBER_CORE})")
_ENDS_TITLE: Final = re.compile(rf"》的(?:通知|意见|公告|决定|函)(?:（{dates.DATE}）)?$")
# （… 2030年3月20日某市人民政府令第5号公布 …）
_DECREED: Final = re.compile(
    rf"^（[^（）]*{dates.DATE}(?P<number>[一-龥]{{2,20}}令第?\d{{1,4}}号)(?:公布|发布)"
)
# （某市商务局 2030年3月20日印发 某商规〔2030〕3号）, （2030年3月20日以某商规〔2030〕3号公布）
_PRINTED_IN: Final = re.compile(
    rf"（[^（）。；]{{0,40}}?(?:{dates.DATE})(?:印发|发布|公布|通过)?[，、]?(?:以|由)?(?P<number>{_NUMBER_CORE})"
    r"(?:文件?)?(?:印发|发布|公布)?）$"
)
_LABEL: Final = re.compile(rf"^(?:{_NAME_OF_NUMBER}|编号|的(?:通知|意见|公告|决定|函))")


# 某县商务局某商规: the name of the office in front of its sign
_WHOSE: Final = re.compile(
    r"[一-龥]{2,12}[省市县区州旗](?:[一-龥]{2,12}(?:局|委员会|办公室)|人民政府(?:办公[厅室])?)(?=[一-龥]{2,8}$)"
)


def _own_prefix(number: str, paragraph: Paragraph, start: int) -> int:
    """Where the number begins if a label, a gap or a title word separates it from what stands before."""
    label = _LABEL.match(number)
    if label:
        return start + label.end()
    year = re.search(r"[〔【（]?(?:19|20)\d{2}", number)
    head = number[: year.start()] if year else number
    issuer = _WHOSE.match(head)
    if issuer:
        return _own_prefix(number[issuer.end() :], paragraph, start + issuer.end())
    if len(head) <= 8 or "公告" in head or "令" in head:
        return start
    words = [
        m.end()
        for m in re.finditer(r"文件|通知|措施|办法|意见|细则|政策|规定|方案|公告", head)
        if m.end() <= len(head) - 2
    ]
    if words:
        return start + words[-1]
    gaps = [g - start for g in paragraph.view.gaps if start < g <= start + len(head) - 2]
    return start + max(gaps) if gaps else start


_TITLE_LABEL: Final = re.compile(r"·?【?(?:政策|文件|公文)?(?:标题|名称)[】：|]+")


_ISSUES: Final = re.compile(r"[一-龥]{4,40}(?:印发|关于印发|发布)《[^《》]{4,60}》$")


def title(paragraphs: list[Paragraph], raw: str) -> Words | None:
    """The title: the first line near the top that reads like one; titles on several lines are joined."""
    for index, paragraph in enumerate(paragraphs[:15]):
        text = paragraph.text
        label = _TITLE_LABEL.match(text)
        if label:
            return _words(paragraph, raw, label.end(), len(text.rstrip("|")), 0.9)
        if paragraph.label or len(text) > 90 or _SKIP.match(text) or text.endswith(("。", "；", "：")):
            continue
        if _NUMBER_LINE.fullmatch(text) and not _TITLE_WORDS.search(_without_number(paragraph)):
            continue
        if _TITLE_WORDS.search(_without_number(paragraph)) or _ISSUES.match(_without_number(paragraph)):
            return _joined_title(paragraphs, index, index, raw)
        following = paragraphs[index + 1].text if index + 1 < len(paragraphs) else ""
        if "关于" in text[:40] and len(following) <= 60 and _TITLE_WORDS.search(following):
            return _joined_title(paragraphs, index, index + 1, raw)
    first = next((p for p in paragraphs[:3] if not p.label and 4 <= len(p.text) <= 40), None)
    return _words(first, raw, 0, len(first.text), 0.5) if first else None


def _without_number(paragraph: Paragraph) -> str:
    """A title without the number behind it, in brackets or on a line that was joined to it."""
    text = paragraph.text
    number = _NUMBER.search(text)
    if number is None or number.end() < len(text) - 1:
        return text
    at = _own_prefix(number[0], paragraph, number.start())
    return (
        text[:at].rstrip("（【") if at in paragraph.view.gaps or text[at - 1 : at] in ("（", "【") else text
    )


def _joined_title(paragraphs: list[Paragraph], first: int, last: int, raw: str) -> Words:
    """The title on the lines ``first`` to ``last``, with the issuer's name on the line above."""
    head, end = paragraphs[first], paragraphs[last]
    above = paragraphs[first - 1] if first else None
    if head.text.startswith(("关于", "印发")) and above is not None and _ISSUER.fullmatch(above.text):
        head = above
    span = Span(head.start, end.view.span(0, len(_without_number(end))).end)
    return Words(" ".join(raw[span.start : span.end].split()), span, 0.85)


_WHO_LABEL: Final = re.compile(
    rf"(?:发布|制发|制定|印发|公布)(?:机构|机关|单位|部门)[〕】：|]+(?P<who>{_ISSUER.pattern})"
    rf"|(?:信息来源|来源|发文机关|发文单位)[〕】：|]+(?P<other>[一-龥（）]{{3,30}}?)(?=发布|发文|成文|公开"
    rf"|主题|文号|索引|浏览|\d|$|日期|时间|\|)"
    rf"|^(?P<by>{_ISSUER.pattern})(?:发布|印发|\d{{4}}年)"
)


def issuer(paragraphs: list[Paragraph], raw: str, title_words: Words | None) -> Words | None:
    """Who issues: the start of the title, a signature above the date, a publisher's line, a decree's head."""
    for paragraph in paragraphs[:12]:
        match = re.match(rf"(?P<who>{_ISSUER.pattern})(?:关于|印发|文件|转发)", paragraph.text)
        if match and paragraph.label is None:
            return _words(paragraph, raw, *match.span("who"), 0.9)
    signed = _signature(paragraphs, raw)
    if signed:
        return signed
    for paragraph in [*paragraphs[:12], *paragraphs[-12:]]:
        source = _WHO_LABEL.search(paragraph.text)
        if source and paragraph.label is None:
            group = "who" if source["who"] else "other" if source["other"] else "by"
            return _words(paragraph, raw, *source.span(group), 0.75)
    for paragraph in paragraphs[:6]:
        decree = re.fullmatch(rf"(?P<who>{_ISSUER.pattern})(?:令|公告|通告)(?:.?第?\d.*)?", paragraph.text)
        if decree:
            return _words(paragraph, raw, *decree.span("who"), 0.8)
    return None


def _signature(paragraphs: list[Paragraph], raw: str) -> Words | None:
    """A line that is nothing but a body's name, with a date near it or on it."""
    for index, paragraph in enumerate(paragraphs):
        match = _SIGNED.fullmatch(paragraph.text) if len(paragraph.text) <= 80 else None
        if match is None or paragraph.label is not None or len(match["who"]) < 5:
            continue
        near = paragraphs[index + 1 : index + 5]
        if match["day"] or any(_DAY_LINE.fullmatch(p.text) for p in near):
            return _words(paragraph, raw, *match.span("who"), 0.85)
    return None


_DAY_LINE: Final = re.compile(rf"（?(?P<day>{dates.DATE})(?:印发|发布|公布)?）?")
_SIGNED: Final = re.compile(rf"(?P<who>{_ISSUER.pattern})(?P<day>{dates.DATE})?(?:印发|发布|公布)?")
_NUMBER_AND_DAY: Final = re.compile(rf"（?{_NUMBER_CORE}，?(?P<day>{dates.DATE})(?:印发|发布|公布)?）?")
_DAY_NAMED: Final = re.compile(
    rf"(?:发布|成文|印发|公布|生成|发文|制发)(?:时间|日期)[〕】：|]*(?P<day>{dates.DATE})"
    rf"|（[^（）]{{0,40}}?(?P<day2>{dates.DATE})[^（）；]{{0,40}}(?:印发|发布|公布"
    rf"|发文)(?:；[^（）]{{0,40}})?）"
)


def printed_date(paragraphs: list[Paragraph], raw: str) -> tuple[object, Words] | None:
    """The day on the signature line, or the day of publication on the page."""
    for pattern in (_DAY_LINE, _SIGNED, _NUMBER_AND_DAY):
        for paragraph in paragraphs:
            match = pattern.fullmatch(paragraph.text) if len(paragraph.text) <= 80 else None
            if match and match["day"] and (day := dates.parse_date(match["day"])):
                return day, _words(paragraph, raw, *match.span("day"), 0.9)
    for paragraph in paragraphs[:HEAD_PARAGRAPHS]:
        match = _DAY_NAMED.search(paragraph.text)
        if match and (day := dates.parse_date(match["day"] or match["day2"])):
            return day, _words(paragraph, raw, *match.span("day" if match["day"] else "day2"), 0.7)
    return None


def addressees(paragraphs: list[Paragraph], raw: str) -> Words | None:
    """The line that names who the notice is sent to."""
    for paragraph in paragraphs[:HEAD_PARAGRAPHS]:
        if paragraph.label is None and _ADDRESSEES.match(paragraph.text):
            return _words(paragraph, raw, 0, len(paragraph.text) - 1, 0.9)
    return None


def attachments(paragraphs: list[Paragraph], raw: str) -> tuple[Words, ...]:
    """The list behind 附件：, as printed."""
    found: list[Words] = []
    listing = False
    for paragraph in paragraphs:
        text = paragraph.text
        if re.match(r"^附件：", text):
            listing = True
        elif listing and not re.match(r"^\d{1,2}[.、．]", text):
            break
        if listing:
            match = _ATTACHMENT.match(text)
            if match:
                found.append(_words(paragraph, raw, *match.span("name"), 0.9))
    return tuple(found)
