"""Validity of a notice or a measure: from when, until when, stated or only derivable from a duration."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from babashi.reader import numerals
from babashi.reader.articles import directed, numbers
from babashi.reader.days import DATE as DATE
from babashi.reader.days import DAY, INTO, MONTH, add_months
from babashi.reader.days import parse_date as parse_date
from babashi.reader.model import Validity, Words
from babashi.reader.paragraphs import Paragraph

_LATER: Final = rf"(?:{DATE}|(?:当年|同年)?{MONTH}月{DAY}[日号])"
_HOUR: Final = r"(?:\d{1,2}(?:[时点]|：\d\d)(?:整|分)?)"
# 自…之日起: what happens to a notice that makes it hold
_ISSUED: Final = r"(?:印发|发布|公布|下发|发文|函颁|颁布|颁发|签发|通过|下达|登报|出台|批准|公告|发出|公开)"
# what has a period: 试点期, 享受期限, 实施周期
_RUNS: Final = (
    r"(?:有效|执行|实施|施行|政策|活动|适用|试行|暂行|试点|过渡|兑现|兑付|推行|使用|领取|核销|享受|延续"
    r"|减免|免租|免收|补[贴助]|缓缴|优惠|扶持|奖励|奖补|贴息|发放|惠企)"
)
_SPAN: Final = r"(?:有效期限?|期限|时限|时效|时间|周期|期间|期)"
# a relief or a payment that goes on until a day: 免征至, 补贴发放到
_DEED: Final = (
    r"(?:[免减缓停](?:征|收|缴|交|税|费|租)|减半征收|减免|缓缴|免费|优惠|补[贴助]|贴息|发放|奖励|享受|保留)"
)
_TO: Final = r"(?:截至|截止到?至?|至|到|-|~)"
_UNTIL: Final = re.compile(
    rf"(?:有效期限?(?:由|从){DATE}(?:延长|延续|顺延|调整)|{_RUNS}{_SPAN}|{_SPAN}|政策(?:执行|实施|有效)?"
    rf"|{INTO}|延续|延长|延期|有效|{_DEED})"
    r"(?:与[^，。；]{2,40}(?:一致|相同|同步|同)[，即]*)?(?:暂定|统一|均|一律|最长|最迟|一般|直)*(?:为|：|，"
    rf"|】)*(?:从|自)?(?:{DATE}(?:起|开始)?{INTO}?[，、]?)?(?:截止日期为|{_TO})+：?(?P<until>{_LATER})"
)
_RANGE: Final = re.compile(
    rf"(?:自|从)?(?P<from>{DATE})）?{_HOUR}?(?:起|开始)*{INTO}?[，、]?(?:有效期)?(?:{_TO}|—)"
    rf"(?P<until>{_LATER}){_HOUR}?(?:（含）)?(?P<stop>止|期间|结束)?"
)
_ENDS: Final = r"(?:自行|自动|自然|即行)?(?:失效|废止|终止|到期|届满|结束|停止(?:执行|实施))"
_STOP: Final = re.compile(
    rf"(?:文件|政策)?(?:失效|废止|截止|终止|到期)(?:时间|日期)[：】]*为?(?P<until4>{DATE})"
    rf"|(?:执行期限?|有效期|政策期限|实施期限|执行时间)：(?P<until5>{DATE})(?=[）。；，]|$)"
    rf"|(?:至|到|截至)(?P<until>{DATE})(?:止|为止|终止|截止|失效|废止|结束|有效|{_ENDS})"
    rf"|即日起?(?:{_TO})(?P<until8>{DATE})"
    rf"|之[日时]起?(?:正式)?{INTO}?(?:，?有效期?)?(?:{_TO})(?P<until2>{DATE})"
    rf"|，(?:于)?(?P<until3>{DATE})(?:起)?(?:到期|期满)?后?(?:{_ENDS}|截止|为止|止)"
    rf"|在?(?P<until6>{DATE})(?:之前|以前|前)(?:均|一直)?有效"
    rf"|，(?:有效期?|执行|实施)?至(?P<until7>{DATE})(?:（含）)?(?=[。；]|$)"
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
# 2031年2月14日至2月23日，持会员卡加油满250元，减20元: the days with which a measure opens
_OPENS_WITH: Final = re.compile(
    rf"(?:在)?(?P<from>{DATE}){_HOUR}?(?:至|到|-|~)(?P<until>{_LATER}){_HOUR}?(?:期间|内)?，"
    r"(?=[^。]*?(?:减|免|补|奖|给予|优惠|发放|领取|抵扣?|打[一-九\d.]{1,3}折))"
)
# what happens in the days that a measure counts back on: who was recognised or registered then
_EVENT: Final = re.compile(
    r"，?[^，。；]{0,30}?(?:新[办设增建注招引认获]|首次|获|取得|认定|评定|评为|完[成工]|竣工|投产|建成"
    r"|开工|注册|登记|设立|成立|落户|签[订约]|引进|招[用引录]|吸纳|录用|上市|挂牌|发生|实现|入库|上规|入统|通过"
    r"|毕业|缴纳|参加|参展|举办|承办|出口|进口|纳税|申[请报领]|购买|购置|建设|投资|购[进入]|租赁|开展|发行|备案)"
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
    rf"(?:自|从|^|(?<=。))(?P<from>{DATE})(?:起|开始)*(?:{INTO}|计算|算起|起算)"
    rf"|(?P<from2>{DATE})(?:起|开始){INTO}"
)
_N: Final = r"[一二三四五六七八九十两\d]{1,3}"
_DURATION: Final = re.compile(
    rf"(?:(?:有效|试行|施行|执行|实施|政策)期限?|(?:试行|施行|执行))(?:暂定|暂行)?(?:为"
    rf"|：)?(?P<n>{_N})(?P<u>年|个月)"
    rf"|{INTO}，(?:暂定|为期|有效期?|暂行|试行)(?P<n2>{_N})(?P<u2>年|个月)|(?P<n3>{_N})(?P<u3>年|个月)有效期"
)
# what a notice calls itself: 本办法, 本若干措施, 本通告
_ITSELF: Final = (
    r"本(?:实施|若干|扶持|优惠|行动|暂行|试行|专项|补充|政策|轮|次|期)?(?:办法|措施|举措|政策|意见|通知|通告"
    r"|细则|规定|公告|方案|条例|若干|文|表|要点|指引|须知"
    r"|规则|计[划画]|[一二三四五六七八九十]{1,3}条|\d{1,2}条|指南|清单|实施|规程|补[助贴]|奖励|活动"
    r"|办法（[^）]{1,6}）|行动|扶持|优惠)"
)
# all that a notice grants: 上述各条, 清单内政策
_ALL: Final = (
    r"(?:以上|上述|上列|所列|前述|所有|各项|全部|(?:清单|目录|手册|[本此]?[文表单卡])[内中上所]列?)[^，。；]{0,6}"
    r"(?:政策|措施|举措|条款|各条|办法|标准|奖励|补[助贴]|规定|意见|优惠|事项|项目)"
)
_OF_NOTICE: Final = re.compile(
    rf"{_ITSELF}(?:自|从|有效)|(?:^|[。；，、：.\d]){_ALL}(?:均|都|统一)?(?:自|从|有效|执行|实施|享受|的?{_SPAN})"
)
_PROLONGED: Final = r"(?:延长|延续|顺延|调整|延期)"
_DOCUMENT: Final = re.compile(
    rf"(?:失效|废止)(?:时间|日期)[：】]|{_ITSELF}|{_ALL}"
    rf"|(?:以上|上述)[^，。；]{{0,8}}[自从]{DATE}"
    rf"|[自从由]{_ISSUED}之?日|自即日起{INTO}|现予(?:公布|发布|印发)"
    rf"|有效期限?(?:由|从){DATE}{_PROLONGED}|《[^。]{{2,80}}(?:有效期限?)?{_PROLONGED}(?:执行|实施"
    rf"|有效)?(?=[至到])"
    rf"|(?:通过|公布|发布|修订)[^。；]{{0,30}}自{DATE}起{INTO}|(?:发布|成文|生效)日期[^。]{{0,60}}有效期："
    r"|政策的?(?:失效|截止|终止|到期)(?:时间|日期)|优惠?[^，。]{0,3}政策从"
)
# 政策有效期至…: of the notice, unless it closes the text of a measure
_OF_WHAT: Final = (
    r"(?:[^，。；：]{0,6}券)?(?:政策|措施|活动|补[助贴]|奖励|奖补|扶持"
    r"|优惠|减免|发放|试点|贴息|方案|办法|细则|意见|规定|通知)?"
)
_LASTING: Final = r"(?:执行|实施|施行|适用|试行|有效|享受|兑现|使用|核销)?(?:有效期|期限|时间|期间|时限|时效|周期|日期|期)限?"
_PERIOD: Final = re.compile(
    rf"(?:第[一二三四五六七八九十百\d]{{1,4}}条)?【?{_OF_WHAT}的?{_LASTING}(?=[为：】至到自从截暂统延与一二两三五]"
    rf"|\d)"
    r"|(?:政策|措施|办法)(?:执行|实施|延续|有效)(?=[至到截])"
)
# a paragraph that only tells when the notice applies
_ALONE: Final = re.compile(rf"(?:自|从)?{DATE}(?:起|开始)*{INTO}(?:[，。至到]|$)")
# 《办法》自…, 政策自…
_BARE: Final = re.compile(
    rf"(?:第[一二三四五六七八九十百\d]{{1,4}}条)?(?:《[^》]{{2,40}}》|{_OF_WHAT}政策|措施|办法|细则|意见"
    rf"|方案|规定|通知|公告)(?:(?:自|从){DATE}|{DATE}起{INTO})"
)
_PERIOD_TITLE: Final = re.compile(rf"{_OF_WHAT}的?{_LASTING}(?:条件|范围|要求)?[。：]?")
_PERIOD_LINE: Final = re.compile(rf"[^一-龥\d]{{0,2}}(?:{_OF_WHAT}的?{_LASTING})[^一-龥\d]{{0,2}}")
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
    r"施行|实施|实行|执行|有效|生效|废止|失效|期限|周期|政策的?(?:截止|终止|到期)"
    r"|(?:补[助贴]|扶持|优惠|政策)期间|试行|暂行|试点|(?:适用|享受)(?:时间|期)|(?:过渡|兑现)期|开始|结束|为止"
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
        asked = _PERIOD_ASKED.fullmatch(paragraph.text, paragraph.body_start) or _PERIOD_LINE.fullmatch(
            paragraph.text, paragraph.body_start
        )
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
            if _OF_NOTICE.search(text, sentence_start, sentence_end):
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
    text, start = paragraph.text, max(start, paragraph.body_start, _label_end(paragraph))
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


_NUMBERED: Final = re.compile(r"第[一二三四五六七八九十百\d]{1,4}条")


def _label_end(paragraph: Paragraph) -> int:
    """``第五条 政策自…``: white space makes a label of what could refer to an article."""
    match = _NUMBERED.match(paragraph.text)
    return match.end() if match and match.end() in paragraph.view.gaps else 0


def _of_benefit(paragraph: Paragraph, raw: str, start: int, end: int) -> Validity:
    """The days in which a measure grants, said of its deeds: until 2027 we waive, for cars bought from … to …."""
    for pattern in (_BEFORE, _BOUGHT, _WITHIN, _OPENS_WITH):
        match = (
            _opening(paragraph, start, end)
            if pattern is _OPENS_WITH
            else pattern.search(paragraph.text, start, end)
        )
        if match is None or (pattern is _BEFORE and not _opens(paragraph.text, match.start())):
            continue
        begin = None if pattern is _BEFORE else parse_date(match["from"])
        until = parse_date(match["until"], begin.year if begin else None)
        if until is not None:
            span = paragraph.view.span(*match.span())
            return Validity(begin, until, Words(raw[span.start : span.end], span, 0.8))
    return Validity()


def _opening(paragraph: Paragraph, start: int, end: int) -> re.Match[str] | None:
    """The days with which a paragraph opens, if it grants in them and nothing else."""
    text = paragraph.text
    match = _OPENS_WITH.match(text, max(start, paragraph.body_start), end)
    if match is None or _EVENT.match(text, match.end(), end) or _FIGURE.search(text, 0, start):
        return None
    return match


def _opens(text: str, start: int) -> bool:
    """Whether a clause begins here."""
    return start == 0 or text[start - 1] in "，。；：、）"


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
    if _NOT_VALIDITY.search(before + match[0]) or re.match(
        r"^(?:期间)?(?:新|首次|取得|获得|购买|发生|完成|签订|落户|认定|当日?前)", after
    ):
        return False
    if not strict or not is_range:
        return True
    if match["stop"] == "期间" and _EVENT.match(text, match.end()):
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


def article_validity(paragraphs: Iterable[Paragraph], raw: str) -> dict[int, Validity]:
    """What a notice says of single articles in its closing words: until when each of them holds."""
    found: dict[int, Validity] = {}
    for paragraph in paragraphs:
        text = paragraph.text
        if not re.search(r"第[^，。；]{1,20}[条项点]|[①-⑳❶-❿➀-➓]", text):
            continue
        for match in (
            m for pattern in (_UNTIL, _RANGE, _STOP) for m in pattern.finditer(text, paragraph.body_start)
        ):
            named = directed(text, max(paragraph.body_start, _label_end(paragraph)), match.start())
            stop = next((v for name, v in match.groupdict().items() if name.startswith("until") and v), "")
            until = parse_date(stop)
            if named is None or until is None:
                continue
            span = paragraph.view.span(*match.span())
            validity = Validity(None, until, Words(raw[span.start : span.end], span, 0.85))
            for number in numbers(named):
                found.setdefault(number, validity)
    return found


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
