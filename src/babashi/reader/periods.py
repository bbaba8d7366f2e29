"""Periods as a sentence states them: until when, from when to when, or only how long."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from babashi.reader import numerals
from babashi.reader.articles import directed
from babashi.reader.days import DATE, DAY, INTO, MONTH, add_months, parse_date
from babashi.reader.model import Validity, Words
from babashi.reader.paragraphs import Paragraph

LATER: Final = rf"(?:{DATE}|(?:当年|同年)?{MONTH}月{DAY}[日号])"
# 6月1日: the year of the notice is meant
ANY: Final = rf"(?:{DATE}|(?<!\d)(?<!年){MONTH}月{DAY}[日号])"
HOUR: Final = r"(?:\d{1,2}(?:[时点]|：\d\d)(?:整|分)?)"
# 自…之日起: what happens to a notice that makes it hold
ISSUED: Final = r"(?:印发|发布|公布|下发|发文|函颁|颁布|颁发|签发|通过|下达|登报|出台|批准|公告|发出|公开)"
# what has a period: 试点期, 享受期限, 实施周期
_RUNS: Final = (
    r"(?:有效|执行|实施|施行|政策|活动|适用|试行|暂行|试点|过渡|兑现|兑付|推行|使用|领取|核销|享受|延续"
    r"|减免|免租|免收|补[贴助]|缓缴|优惠|扶持|奖励|奖补|贴息|发放|惠企)"
)
SPAN: Final = r"(?:有效期限?|期限|年限|时限|时效|时间|时段|周期|期间|期)"
# a relief or a payment that goes on until a day: 免征至, 补贴发放到
_DEED: Final = (
    r"(?:[免减缓停](?:征|收|缴|交|税|费|租)|减半征收|减免|缓缴|免费|优惠|补[贴助]|贴息|发放|奖励|享受|保留|维持"
    r"|(?:政策|优惠|措施)延|(?:[上下][浮调]|降低?|优惠|减按|提高|打)\d[\d.]*(?:%|折|元|个百分点))"
)
_TO: Final = r"(?:截至|截止到?至?|至|到|-|~)"
UNTIL: Final = re.compile(
    rf"(?:有效期限?(?:由|从){DATE}(?:延长|延续|顺延|调整)|{_RUNS}{SPAN}|{SPAN}|政策(?:执行|实施|有效)?"
    rf"|{INTO}|延续|延长|延期|有效|{_DEED})"
    r"(?:与[^，。；]{2,40}(?:一致|相同|同步|同)[，即]*)?(?:暂?定|统一|均|一律|最长|最迟|一般|直)*(?:为|：|，"
    rf"|】)*(?:从|自)?(?:{DATE}(?:起|开始)?{INTO}?[，、]?)?(?:截止日期为|{_TO})+：?(?P<until>{LATER})"
)
RANGE: Final = re.compile(
    rf"(?:自|从)?(?P<from>{ANY})）?{HOUR}?(?:起|开始)*{INTO}?[，、]?(?:有效期)?(?:{_TO}|—)"
    rf"(?P<until>{LATER}){HOUR}?(?:（含）)?(?P<stop>止|期间|结束)?"
)
_ENDS: Final = r"(?:自行|自动|自然|即行)?(?:失效|废止|终止|到期|届满|结束|停止(?:执行|实施))"
STOP: Final = re.compile(
    rf"(?:文件|政策)?(?:失效|废止|截止|终止|到期)(?:时间|日期)[：】]*为?(?P<until4>{DATE})"
    rf"|(?:执行期限?|有效期|政策期限|实施期限|执行时间)：(?P<until5>{DATE})(?=[）。；，]|$)"
    rf"|(?:至|到|截至)(?P<until>{DATE})(?:止|为止|终止|截止|失效|废止|结束|有效|{_ENDS})"
    rf"|即日起?(?:{_TO})(?P<until8>{DATE})"
    rf"|之[日时]起?(?:正式)?{INTO}?(?:，?有效期?)?(?:{_TO})(?P<until2>{DATE})"
    rf"|，(?:于)?(?P<until3>{DATE})(?:起)?(?:到期|期满)?后?(?:{_ENDS}|截止|为止|止)"
    rf"|在?(?P<until6>{DATE})(?:之前|以前|前)(?:均|一直)?有效"
    rf"|，(?:有效期?|执行|实施)?至(?P<until7>{DATE})(?:（含）)?(?=[。；]|$)"
)
# what happens in the days that a measure counts back on: who was recognised or registered then
EVENT: Final = re.compile(
    r"，?[^，。；]{0,30}?(?:新[办设增建注招引认获]|首次|获|取得|认定|评定|评为|完[成工]|竣工|投产|建成"
    r"|开工|注册|登记|设立|成立|落户|签[订约]|引进|招[用引录]|吸纳|录用|上市|挂牌|发生|实现|入库|上规|入统|通过"
    r"|毕业|缴纳|参加|参展|举办|承办|出口|进口|纳税|申[请报领]|购买|购置|建设|投资|购[进入]|租赁|开展|发行|备案)"
)
_YEARS: Final = re.compile(
    r"(?:有效期|期限|执行期|实施期)[^，。；]{0,6}?(?:为|：|（)?(?P<y1>20\d{2})年?(?:-|至|到"
    r"|~)(?P<y2>20\d{2})年(?!\d)"
    r"|有效期[^，。；]{0,8}（(?P<y3>20\d{2})年?(?:-|至|到|~)(?P<y4>20\d{2})年"
)
_FROM: Final = re.compile(
    rf"(?:自|从|^|(?<=。))(?P<from>{DATE})(?:起|开始)*(?:{INTO}|计算|算起|起算)"
    rf"|(?P<from2>{DATE})(?:起|开始){INTO}"
)
_N: Final = r"[一二三四五六七八九十两\d]{1,3}"
_DURATION: Final = re.compile(
    rf"(?:(?:有效|试行|施行|执行|实施|政策)期限?|(?:试行|施行|执行))(?:暂定|暂行)?(?:为"
    rf"|：)?(?P<n>{_N})(?P<u>年|个月)"
    rf"|{INTO}，(?:暂定|为期|有效期?|暂行|试行)(?P<n2>{_N})(?P<u2>年|个月)|(?P<n3>{_N})(?P<u3>年|个月)有效期"
)
NOT_VALIDITY: Final = re.compile(
    r"申报|受理|报送|提交|申请(?:时间|日期|期限|截止)|报名|公示|建设期|贷款期|合同"
    r"|期间(?:新|首|取|获|购|发|实|完|签"
    r"|落)|材料|截止时间为|税款所属|保险期|发票"
    r"|(?:补足|补缴|补交|补办|返还|归还|退还|偿还|还款|还本|付息|交还|清退|交付|竣工)[^，。；]{0,8}(?:期限|时[间限]|日期)"
)
# …，原办法有效期至…
_FORMER: Final = re.compile(r"(?:^|[，。；])(?:原|旧|此前)[^，。；]*$")
_CONTEXT: Final = 16


def sentences(text: str) -> Iterable[tuple[int, int]]:
    start = 0
    for match in re.finditer(r"[。；！？]", text):
        yield start, match.end()
        start = match.end()
    if start < len(text):
        yield start, len(text)


def read(
    paragraph: Paragraph, raw: str, start: int, end: int, printed: date | None, *, strict: bool
) -> Validity:
    text, start = paragraph.text, max(start, paragraph.body_start, label_end(paragraph))
    for pattern in (UNTIL, RANGE, STOP):
        for match in pattern.finditer(text, start, end):
            if not _counts(text, match, pattern is RANGE, strict, start):
                continue
            named = match.groupdict()
            first = named.get("from") or _first_date(match[0])
            year = printed.year if printed else None
            begin = parse_date(first, year) if first else _beginning(text, start, end)
            stop = next((v for name, v in named.items() if name.startswith("until") and v), "")
            until = parse_date(stop, begin.year if begin else None)
            if until is None:
                continue
            span = paragraph.view.span(*match.span())
            return Validity(begin, until, Words(raw[span.start : span.end], span, 0.9))
    if strict:
        return Validity()
    return _from_and_duration(paragraph, raw, start, end, printed)


def of_cell(paragraph: Paragraph, raw: str) -> Validity:
    """The period that a cell of a table states with nothing around it: 2031年3月至12月31日, 至2031年底."""
    text = paragraph.text
    found = list(re.finditer(rf"{DATE}|{LATER}", text))
    if not found or NOT_VALIDITY.search(text):
        return Validity()
    first = parse_date(found[0][0])
    last = parse_date(found[-1][0], first.year if first else None)
    span = paragraph.view.span(found[0].start(), found[-1].end())
    quote = Words(raw[span.start : span.end], span, 0.9)
    if len(found) == 1:
        begins = re.match(r"之?日?(?:起|开始|后)", text[found[0].end() :])
        return Validity(first, None, quote) if begins else Validity(None, first, quote)
    return Validity(first, last, quote)


_NUMBERED: Final = re.compile(r"第[一二三四五六七八九十百\d]{1,4}条")


def label_end(paragraph: Paragraph) -> int:
    """``第五条 政策自…``: white space makes a label of what could refer to an article."""
    match = _NUMBERED.match(paragraph.text)
    return match.end() if match and match.end() in paragraph.view.gaps else 0


def _beginning(text: str, start: int, end: int) -> date | None:
    first = _FROM.search(text, start, end)
    return parse_date(first["from"] or first["from2"]) if first else None


def _first_date(text: str) -> str | None:
    found = re.findall(DATE, text)
    short = re.search(rf"(?:至|到|-|~)(?:当年|同年)?{MONTH}月{DAY}[日号]$", text)
    return found[0] if len(found) > 1 or (found and short) else None


def _counts(text: str, match: re.Match[str], is_range: bool, strict: bool, start: int) -> bool:
    before = text[max(start, match.start() - _CONTEXT) : match.start()]
    after = text[match.end() : match.end() + 8]
    if _FORMER.search(text, max(start, match.start() - 60), match.start()):
        return False
    if _FORMER.search(before) or directed(text, start, match.start()):
        return False
    if NOT_VALIDITY.search(before + match[0]) or re.match(
        r"^(?:期间)?(?:新|首次|取得|获得|购买|发生|完成|签订|落户|认定|当日?前)", after
    ):
        return False
    if not strict or not is_range:
        return True
    if match["stop"] == "期间" and EVENT.match(text, match.end()):
        return False
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
        ends = add_months(origin, number * (12 if unit == "年" else 1))
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
