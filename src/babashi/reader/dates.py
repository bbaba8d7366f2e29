"""Validity of a notice or a measure: from when, until when, stated or only derivable from a duration."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from babashi.reader import numerals
from babashi.reader.model import Validity, Words
from babashi.reader.paragraphs import Paragraph

_INTO: Final = r"(?:施行|实施|实行|执行|生效|试行)"
# 112 年 is the year of the Republic: 2023
_Y: Final = r"(?:(?:19|20)\d{2}|二[〇○零O0][一二三四五六七八九〇○零]{2}|(?<!\d)1[01]\d(?=年\d))"
_M: Final = r"(?:\d{1,2}|十[一二]?|[一二三四五六七八九])"
_D: Final = r"(?:\d{1,2}|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
DATE: Final = (
    rf"{_Y}(?:年{_M}月(?:{_D}[日号]|{_D}(?=起)|底|末)?|年(?:底|末|年底)|[-./]\d{{1,2}}[-./]\d{{1,2}})"
)
_PARTS: Final = re.compile(
    rf"(?P<y>{_Y})(?:年(?P<m>{_M})月(?:(?P<d>{_D})(?:[日号]|(?=起)))?|年(?P<end>底|末|年底)"
    rf"|[-./](?P<nm>\d{{1,2}})[-./](?P<nd>\d{{1,2}}))"
)
_LATER: Final = rf"(?:{DATE}|(?:当年|同年)?{_M}月{_D}[日号])"
_UNTIL: Final = re.compile(
    rf"(?:有效期限?(?:由|从){DATE}(?:延长|延续|顺延|调整)|执行期限?|有效期限?|实施期限?|政策期限?|期限"
    rf"|施行期限?|执行时间|实施时间|政策执行|活动时间"
    rf"|政策时间|活动期限|(?:减免|免租|免收|补贴|缓缴|优惠)期|适用期限|的?政策|(?:暂行|试行)期|施行|实施"
    rf"|执行|延续|延长|延期|生效|试行|有效|补贴期限?|实施期|享受期限?)"
    rf"(?:期)?(?:与[^，。；]{{2,40}}(?:一致|相同|同步|同)[，即]*)?(?:暂定|统一|均|一律)?(?:为|：|，"
    rf"|】)*(?:从|自)?(?:{DATE}(?:起|开始)?(?:施行|实施|执行"
    rf"|生效)?[，、]?)?(?:至|到|截至|截止到?至?|截止日期为|-|~)+：?(?P<until>{_LATER})"
)
_RANGE: Final = re.compile(
    rf"(?:自|从)?(?P<from>{DATE})）?(?:\d{{1,2}}(?:[时点]|：\d\d))?(?:起|开始)?(?:施行|实施"
    rf"|执行)?[，、]?(?:有效期)?(?:至|到|-|~|—"
    rf"|截至)(?P<until>{_LATER})(?:\d{{1,2}}(?:[时点]|：\d\d))?(?:（含）)?(?P<stop>止|期间)?"
)
_STOP: Final = re.compile(
    rf"(?:文件|政策)?(?:失效|废止|截止|终止|到期)(?:时间|日期)[：】]+(?P<until4>{DATE})"
    rf"|(?:执行期限?|有效期|政策期限|实施期限|执行时间)：(?P<until5>{DATE})(?=[）。；，]|$)"
    rf"|(?:至|到|截至)(?P<until>{DATE})(?:止|为止|终止|截止|失效|废止|结束|有效)"
    rf"|之日起?(?:施行|实施|执行)?(?:，有效期)?(?:至|到)(?P<until2>{DATE})"
    rf"|，(?:于)?(?P<until3>{DATE})(?:起)?(?:到期|期满)?后?(?:自行|自动)?(?:废止|失效|终止|到期|届满|结束)"
    rf"|在?(?P<until6>{DATE})(?:之前|以前|前)(?:均|一直)?有效"
)
# 2027年底前对新购农机继续免收…: until then a relief or a 阶段性 policy runs
_BEFORE: Final = re.compile(
    rf"(?:在|到|至|截至)?(?P<until>{DATE})(?:之?前|以前)，?[^，。；：]{{0,24}}?"
    r"(?:阶段性|[免减缓][征缴交收按]|减免|免除|(?:继续|延续|延长)(?:实施|执行|落实|享受|按))"
)
# 对购置日期在…至…期间的新车免征; 对…至…期间，购车的…给予
_BOUGHT: Final = re.compile(
    rf"对(?:(?:购置|购买|消费|购车|购房)(?:日期|时间)?)?在?(?P<from>{DATE})(?:起)?(?:至|到|-"
    rf"|~)(?P<until>{_LATER})"
    r"(?:（含[^）]*）)?期间(?:，|(?:购置|购买)?的[^，。；]{1,20}，?(?:[免减][征收缴]|减免))"
)
# 在规定期限（…至…）内，对…补贴
_WITHIN: Final = re.compile(
    rf"在[^，。；（]{{0,6}}(?:期限|期间|时间)（自?(?P<from>{DATE})起?(?:至|到|-"
    rf"|~)(?P<until>{_LATER})）内，(?:对|凡|购)"
)
_YEARS: Final = re.compile(
    r"(?:有效期|期限|执行期|实施期)[^，。；]{0,6}?(?:为|：|（)?(?P<y1>20\d{2})年?(?:-|至|到"
    r"|~)(?P<y2>20\d{2})年(?!\d)"
    r"|有效期[^，。；]{0,8}（(?P<y3>20\d{2})年?(?:-|至|到|~)(?P<y4>20\d{2})年"
)
_FROM: Final = re.compile(
    rf"(?:自|从|^|(?<=。))(?P<from>{DATE})(?:起|开始)*(?:{_INTO}|计算|算起|起算)"
    rf"|(?P<from2>{DATE})(?:起|开始){_INTO}"
)
_N: Final = r"[一二三四五六七八九十两\d]{1,3}"
_DURATION: Final = re.compile(
    rf"(?:(?:有效|试行|施行|执行|实施|政策)期限?|(?:试行|施行|执行))(?:暂定|暂行)?(?:为"
    rf"|：)?(?P<n>{_N})(?P<u>年|个月)"
    rf"|{_INTO}，(?:暂定|为期|有效期?|暂行|试行)(?P<n2>{_N})(?P<u2>年|个月)|(?P<n3>{_N})(?P<u3>年|个月)有效期"
)
# what a notice calls itself: 本办法, 本若干措施, 本通告
_ITSELF: Final = (
    r"本(?:实施|若干|扶持|优惠|行动|暂行|试行|专项|补充|政策)?(?:办法|措施|政策|意见|通知|通告|细则|规定"
    r"|公告|方案|条例|若干"
    r"|文件|规则|计[划画]|[一二三四五六七八九十]{1,3}条|\d{1,2}条|指南|清单|实施|规程|补[助贴]|奖励|活动"
    r"|办法（[^）]{1,6}）|行动|扶持|优惠)"
)
_PROLONGED: Final = r"(?:延长|延续|顺延|调整|延期)"
_DOCUMENT: Final = re.compile(
    rf"(?:失效|废止)(?:时间|日期)[：】]|{_ITSELF}|(?:以上|上述|所有|各项)[^，。；]{{0,6}}(?:政策|措施|条款"
    rf"|办法|标准|奖励|补[助贴]|规定|意见)"
    rf"|(?:以上|上述)[^，。；]{{0,8}}[自从]{DATE}"
    r"|自(?:印发|发布|公布|下发|发文)之日|自即日起(?:施行|执行|实施)|现予(?:公布|发布|印发)"
    rf"|有效期限?(?:由|从){DATE}{_PROLONGED}|《[^。]{{2,80}}(?:有效期限?)?{_PROLONGED}(?:执行|实施"
    rf"|有效)?(?=[至到])"
    rf"|(?:通过|公布|发布|修订)[^。；]{{0,30}}自{DATE}起{_INTO}|(?:发布|成文|生效)日期[^。]{{0,60}}有效期："
    r"|政策的?(?:失效|截止|终止|到期)(?:时间|日期)|优惠?[^，。]{0,3}政策从"
)
# 政策有效期至…: of the notice, unless it closes the text of a measure
_OF_WHAT: Final = (
    r"(?:[^，。；：]{0,6}券)?(?:政策|措施|活动|补[助贴]|奖励|奖补|扶持"
    r"|优惠|减免|发放|试点|贴息|方案|办法|细则|意见|规定|通知)?"
)
_LASTING: Final = r"(?:执行|实施|施行|适用|试行|有效|享受)?(?:有效期|期限|时间|期间|时限|时效|日期|期)限?"
_PERIOD: Final = re.compile(
    rf"(?:第[一二三四五六七八九十百\d]{{1,4}}条)?【?{_OF_WHAT}的?{_LASTING}(?=[为：】至到自从截暂统延与一二两三五]"
    rf"|\d)"
    r"|(?:政策|措施|办法)(?:执行|实施|延续|有效)(?=[至到截])"
)
# a paragraph that only tells when the notice applies
_ALONE: Final = re.compile(rf"(?:自|从)?{DATE}(?:起|开始)*{_INTO}(?:[，。至到]|$)")
# 《办法》自…, 政策自…
_BARE: Final = re.compile(
    rf"(?:第[一二三四五六七八九十百\d]{{1,4}}条)?(?:《[^》]{{2,40}}》|{_OF_WHAT}政策|措施|办法|细则|意见"
    rf"|方案|规定|通知|公告)(?:(?:自|从){DATE}|{DATE}起{_INTO})"
)
_PERIOD_TITLE: Final = re.compile(rf"{_OF_WHAT}的?{_LASTING}(?:条件|范围|要求)?[。：]?")
_PERIOD_ASKED: Final = re.compile(rf"[^，。；？]{{0,16}}{_OF_WHAT}的?{_LASTING}(?:是什么|有多长|到何时)?？")
_FIGURE: Final = re.compile(r"\d[万亿]?元|\d%")
# 自本意见施行之日至…期间，凡购房的: the period of a measure
_OF_A_MEASURE: Final = re.compile(
    rf"期间，?(?:凡|对|新|购|首)|本[一-龥]{{2,6}}之日起?(?:至|到){DATE}(?:止|期间|（含）)*，[^。；]*"
    r"(?:给予|奖励|补[助贴]|资助|减免|免征|享受|凡|购)"
)
_NOT_VALIDITY: Final = re.compile(
    r"申报|受理|报送|提交|申请(?:时间|日期|期限|截止)|报名|公示|建设期|贷款期|合同"
    r"|期间(?:新|首|取|获|购|发|实|完|签"
    r"|落)|材料|截止时间为|税款所属|保险期|发票"
)
# …，原办法有效期至…
_FORMER: Final = re.compile(r"(?:^|[，。；])(?:原|旧|此前)[^，。；]*$")
_CONTEXT: Final = 16


def parse_date(text: str, default_year: int | None = None) -> date | None:
    """A date as printed; a missing day is the last of the month, 年底 the last of the year."""
    match = _PARTS.match(text)
    if not match:
        short = re.match(rf"(?:当年|同年)?(?P<m>{_M})月(?P<d>{_D})[日号]", text)
        if not short or default_year is None:
            return None
        return _date(default_year, numerals.parse_int(short["m"]), numerals.parse_int(short["d"]))
    year = _year(match["y"])
    if match["end"]:
        return _date(year, 12, 31)
    if match["nm"]:
        return _date(year, int(match["nm"]), int(match["nd"]))
    month = numerals.parse_int(match["m"])
    day = numerals.parse_int(match["d"]) if match["d"] else None
    return _date(year, month, day)


def _year(text: str) -> int:
    if text.isdigit():
        return int(text) + (1911 if len(text) == 3 else 0)
    return int("".join(str(numerals.parse_int(c) or 0) for c in text))


def _date(year: int, month: int | None, day: int | None) -> date | None:
    if month is None or not 1 <= month <= 12:
        return None
    if day is None:
        day = calendar.monthrange(year, month)[1]
    try:
        return date(year, month, day)
    except ValueError:
        return None


def document_validity(paragraphs: Sequence[Paragraph], raw: str, printed: date | None) -> Validity:
    """What the closing provisions (or the opening) say about the whole notice."""
    ends: list[Validity] = []
    opened: list[Validity] = []
    begins: list[Validity] = []
    lasting: list[Validity] = []
    for paragraph in reversed(paragraphs):
        for start, end in _sentences(paragraph.text):
            sure = _of_document(paragraph, start, end)
            if sure is None:
                continue
            found = _read(paragraph, raw, start, end, printed, strict=False)
            if found.valid_until:
                (ends if sure else opened).append(found)
            elif found.valid_from:
                begins.append(found)
            elif found.alternatives:
                lasting.append(found)
    if not ends and len({validity.valid_until for validity in opened}) == 1:
        ends = opened  # several periods that differ are those of the items
    if ends:
        start_day = ends[0].valid_from or next((v.valid_from for v in begins), None)
        return replace(ends[0], valid_from=start_day)
    best = next((v for v in [*begins, *lasting] if v.alternatives), None)
    if begins and (best is None or not best.valid_from):
        best = begins[0] if best is None else replace(best, valid_from=begins[0].valid_from)
    return best or _titled(paragraphs, raw)


_LASTS: Final = re.compile(
    r"施行|实施|实行|执行|有效|生效|废止|失效|期限|政策的?(?:截止|终止|到期)"
    r"|(?:补[助贴]|扶持|优惠|政策)期间|试行|适用(?:时间|期)"
)


def _of_document(paragraph: Paragraph, start: int, end: int) -> bool | None:
    """Whether a sentence speaks of the whole notice (False: it seems to), None if of the measure that it stands in."""
    text = paragraph.text
    sentence, at = text[start:end], max(start, paragraph.body_start)
    opens = _PERIOD.match(text, at) or _BARE.match(text, at)
    if (opens is None and not _LASTS.search(sentence)) or _OF_A_MEASURE.search(sentence):
        return None
    if _DOCUMENT.search(sentence):
        return True
    if at == paragraph.body_start and _ALONE.match(text, at) and len(text) <= at + 60:
        return None if _FIGURE.search(text) else True
    return False if opens is not None and not _FIGURE.search(text, 0, start) else None


def _titled(paragraphs: Sequence[Paragraph], raw: str) -> Validity:
    """``（三）政策期限。…`` as an item of its own, if it is the only one: it holds for what stands beside it."""
    found: list[Validity] = []
    for paragraph, following in pairwise([*paragraphs, None]):
        if paragraph is None:
            continue
        asked = _PERIOD_ASKED.fullmatch(paragraph.text, paragraph.body_start)
        title = asked or _PERIOD_TITLE.match(paragraph.text, paragraph.body_start)
        if title is None or (paragraph.label is None and not asked):
            continue
        alone = title.end() == len(paragraph.text)
        if not alone and paragraph.text[title.end() - 1] not in "。：":
            continue
        body = following if alone else paragraph
        if body is not None:
            found += [_read(body, raw, a, b, None, strict=False) for a, b in _sentences(body.text)]
    ends = [validity for validity in found if validity.valid_until]
    return ends[0] if len({v.valid_until for v in ends}) == 1 else Validity()


def measure_validity(parts: Iterable[Paragraph], raw: str) -> Validity:
    """A validity stated for the measure itself, else the last of the days until which it grants."""
    paragraphs = list(parts)
    for paragraph in paragraphs:
        text = paragraph.text
        for sentence_start, sentence_end in _sentences(text):
            if _DOCUMENT.search(text[sentence_start:sentence_end]) and re.search(
                rf"{_ITSELF}(?:自|从|有效)",
                text[sentence_start:sentence_end],
            ):
                continue
            found = _read(paragraph, raw, sentence_start, sentence_end, None, strict=True)
            if found.valid_until:
                return found
    return max(
        (_of_benefit(p, raw, a, b) for p in paragraphs for a, b in _sentences(p.text)),
        key=lambda validity: validity.valid_until or date.min,
        default=Validity(),
    )


def _sentences(text: str) -> Iterable[tuple[int, int]]:
    start = 0
    for match in re.finditer(r"[。；！？]", text):
        yield start, match.end()
        start = match.end()
    if start < len(text):
        yield start, len(text)


def _read(
    paragraph: Paragraph, raw: str, start: int, end: int, printed: date | None, *, strict: bool
) -> Validity:
    text = paragraph.text
    for pattern in (_UNTIL, _RANGE, _STOP):
        for match in pattern.finditer(text, start, end):
            if not _counts(text, match, pattern is _RANGE, strict, start):
                continue
            named = match.groupdict()
            first = named.get("from") or _first_date(match[0])
            begin = parse_date(first) if first else _beginning(text, start, end)
            stop = next((v for name, v in named.items() if name.startswith("until") and v), "")
            until = parse_date(stop, begin.year if begin else None)
            if until is None:
                continue
            span = paragraph.view.span(*match.span())
            return Validity(begin, until, Words(raw[span.start : span.end], span, 0.9))
    if strict:
        return Validity()
    return _from_and_duration(paragraph, raw, start, end, printed)


def _of_benefit(paragraph: Paragraph, raw: str, start: int, end: int) -> Validity:
    """The days in which a measure grants, said of its deeds: until 2027 we waive, for cars bought from … to …."""
    for pattern in (_BEFORE, _BOUGHT, _WITHIN):
        match = pattern.search(paragraph.text, start, end)
        if match is None or (pattern is _BEFORE and not _opens(paragraph.text, match.start())):
            continue
        begin = None if pattern is _BEFORE else parse_date(match["from"])
        until = parse_date(match["until"], begin.year if begin else None)
        if until is not None:
            span = paragraph.view.span(*match.span())
            return Validity(begin, until, Words(raw[span.start : span.end], span, 0.8))
    return Validity()


def _opens(text: str, start: int) -> bool:
    """Whether a clause begins here."""
    return start == 0 or text[start - 1] in "，。；：、）"


def _beginning(text: str, start: int, end: int) -> date | None:
    first = _FROM.search(text, start, end)
    return parse_date(first["from"] or first["from2"]) if first else None


def _first_date(text: str) -> str | None:
    found = re.findall(DATE, text)
    short = re.search(rf"(?:至|到|-|~)(?:当年|同年)?{_M}月{_D}[日号]$", text)
    return found[0] if len(found) > 1 or (found and short) else None


def _counts(text: str, match: re.Match[str], is_range: bool, strict: bool, start: int) -> bool:
    before = text[max(start, match.start() - _CONTEXT) : match.start()]
    after = text[match.end() : match.end() + 8]
    if _FORMER.search(text, max(start, match.start() - 60), match.start()):
        return False
    if _FORMER.search(before):
        return False
    if _NOT_VALIDITY.search(before + match[0]) or re.match(
        r"^(?:期间)?(?:新|首次|取得|获得|购买|发生|完成|签订|落户|认定|当日?前)", after
    ):
        return False
    if not strict or not is_range:
        return True
    if not re.match(r"[自从]", match[0]) and not match["stop"]:
        return False
    opens = not re.search(r"[^，。；：、（]{3,}$", before)
    return (
        opens
        and bool(
            re.match(
                r"^(?:止|期间)?[，：）]|^$|^。|^(?:止|期间)|^(?:执行|实施|施行|有效)(?:[，。；]|$)", after
            )
        )
        and not re.search(r"对在?$", before)
    )


def _from_and_duration(
    paragraph: Paragraph, raw: str, start: int, end: int, printed: date | None
) -> Validity:
    text = paragraph.text
    first = _FROM.search(text, start, end)
    lasting = _DURATION.search(text, start, end)
    begin = parse_date(first["from"] or first["from2"]) if first else None
    if not begin:
        named = _years(paragraph, raw, start, end)
        if named.alternatives or not lasting:
            return named
    marks = [m for m in (first, lasting) if m]
    span = paragraph.view.span(min(m.start() for m in marks), max(m.end() for m in marks))
    quote = Words(raw[span.start : span.end], span, 0.9)
    alternatives: tuple[date, ...] = ()
    origin = begin or printed
    if lasting and origin:
        number = numerals.parse_int(lasting["n"] or lasting["n2"] or lasting["n3"]) or 0
        unit = lasting["u"] or lasting["u2"] or lasting["u3"]
        ends = _add(origin, number * (12 if unit == "年" else 1))
        alternatives = (ends - timedelta(days=1), ends) if ends else ()
    return Validity(begin, None, quote, alternatives)


def _years(paragraph: Paragraph, raw: str, start: int, end: int) -> Validity:
    """``政策期限为2016年至2018年``: the last day is derived, not stated."""
    match = _YEARS.search(paragraph.text, start, end)
    if not match:
        return Validity()
    span = paragraph.view.span(*match.span())
    last = date(int(match["y2"] or match["y4"]), 12, 31)
    return Validity(None, None, Words(raw[span.start : span.end], span, 0.8), (last,))


def _add(day: date, months: int) -> date | None:
    index = day.month - 1 + months
    year, month = day.year + index // 12, index % 12 + 1
    if year > 9999:
        return None
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
