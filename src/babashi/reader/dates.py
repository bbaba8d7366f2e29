"""Validity of a notice or a measure: from when, until when, stated or only derivable from a duration."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Final

from babashi.reader.articles import directed, numbers
from babashi.reader.days import DATE as DATE
from babashi.reader.days import INTO, add_months
from babashi.reader.days import parse_date as parse_date
from babashi.reader.model import Validity, Words
from babashi.reader.paragraphs import Paragraph
from babashi.reader.periods import (
    ANY,
    EVENT,
    HOUR,
    ISSUED,
    LATER,
    NOT_VALIDITY,
    RANGE,
    SPAN,
    STOP,
    UNTIL,
    label_end,
    read,
    sentences,
)

# 2027年底前对新购农机继续免收…: until then a relief or a 阶段性 policy runs
_BEFORE: Final = re.compile(
    rf"(?:在|到|至|截至)?(?P<until>{DATE})(?:之?前|以前)，?[^，。；：]{{0,24}}?"
    r"(?:阶段性|[免减缓][征缴交收按]|减免|免除|(?:继续|延续|延长)(?:实施|执行|落实|享受|按))"
)
# 2027年底前，对…给予补贴: the day until which a sentence gives, unless something is to be done by then
_BY_THEN: Final = re.compile(
    rf"(?:在|到|至|截至)?(?P<until>{DATE})(?:之?前|以前)(?:，|(?=个人消费者|消费者|对))"
    r"(?=[^。；]{0,160}?(?:给予|补[贴助偿]|奖励|减半|减免|免[征收费首]|免除|优惠|提高至|按\d|发放|返还|暂退|贴息))"
    r"(?![^。；]{0,60}(?:完成|实现|上线|出台|建成|竣工|投产|达到|落实到位|全部|制定|印发|开工|投用|启动|清零|覆盖))"
)
# 对购置日期在…至…期间的新车免征; 对…至…期间，购车的…给予
_BOUGHT: Final = re.compile(
    rf"对(?:(?:购置|购买|消费|购车|购房)(?:日期|时间)?)?在?(?P<from>{DATE})(?:起)?(?:至|到|-"
    rf"|~)(?P<until>{LATER})"
    r"(?:（含[^）]*）)?期间内?(?:，|[^，。；]{0,30}(?:购买|购置|选购)[^，。；]{0,40}的(?:个人)?消费者|(?:购置|购买)?的[^，。；]{1,20}，?(?:[免减][征收缴]|减免))"
)
# 2031年2月14日至2月23日，持会员卡加油满250元，减20元: the days with which a measure opens
_OPENS_WITH: Final = re.compile(
    rf"(?:在|自|从|自[^，。；（）]{{2,12}}之日（即)?(?P<from>{DATE})）?{HOUR}?起?(?:至|到|-|~)(?P<until>{LATER}){HOUR}?"
    r"(?:（[^（）]{0,12}含[^（）]{0,6}）)?(?:期间|内)?，"
    r"(?=[^。]*?(?:减|免|补|奖|给予|优惠|发放|领取|抵扣?|打[一-九\d.]{1,3}折))"
)
# 在规定期限（…至…）内，对…补贴
_WITHIN: Final = re.compile(
    rf"在[^，。；（]{{0,6}}(?:期限|期间|时间)（自?(?P<from>{DATE})起?(?:至|到|-"
    rf"|~)(?P<until>{LATER})）内，(?:对|凡|购)"
)
# what a notice calls itself: 本办法, 本若干措施, 本通告
_ITSELF: Final = (
    r"本(?:实施|若干|扶持|支持|优惠|行动|暂行|试行|专项|补充|政策|操作|管理|认定|奖励|补贴|资助|资金|使用|工作|具体|轮|次|期){0,3}(?:办法|措施|举措|政策|意见|通知|通告"
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
    rf"{_ITSELF}(?:自|从|有效)|(?:^|[。；，、：.\d]){_ALL}(?:均|都|统一)?(?:自|从|有效|执行|实施|享受|的?{SPAN})"
)
_PROLONGED: Final = r"(?:延长|延续|顺延|调整|延期)"
_DOCUMENT: Final = re.compile(
    rf"(?:失效|废止)(?:时间|日期)[：】]|{_ITSELF}|{_ALL}"
    rf"|(?:以上|上述)[^，。；]{{0,8}}[自从]{DATE}"
    rf"|[自从由]{ISSUED}之?日|自即日起{INTO}|现予(?:公布|发布|印发)"
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
_LASTING: Final = r"(?:执行|实施|施行|适用|试行|有效|享受|兑现|使用|核销)?(?:有效期|期限|年限|时间|期间|时限|时效|周期|日期|期)限?"
_PERIOD: Final = re.compile(
    rf"(?:第[一二三四五六七八九十百\d]{{1,4}}条)?【?{_OF_WHAT}的?{_LASTING}(?=[为：】至到自从截暂定统延与一二两三五]"
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
_PERIOD_ASKED: Final = re.compile(
    rf"(?:问：)?(?:[^，。；？]{{0,16}}{_OF_WHAT}的?{_LASTING}(?:是什么|有多长|到何时)?"
    r"|[^，。；？]{0,10}(?:政策|措施|活动|补[助贴]|奖励)[^，。；？]{0,4}(?:执行|实施|施行|有效|持续|享受)[^，。；？]{0,3}"
    r"(?:什么时候|何时|几时|哪[天日]|多久|多长时间))？"
)
_FIGURE: Final = re.compile(r"\d[万亿]?元|\d%")
# 自本意见施行之日至…期间，凡购房的: the period of a measure
_OF_A_MEASURE: Final = re.compile(
    rf"期间，?(?:凡|对|新|购|首)|本[一-龥]{{2,6}}之日起?(?:至|到){DATE}(?:止|期间|（含）)*，[^。；]*"
    r"(?:给予|奖励|补[助贴]|资助|减免|免征|享受|凡|购)"
)


def document_validity(paragraphs: Sequence[Paragraph], raw: str, printed: date | None) -> Validity:
    """What the closing provisions (or the opening) say about the whole notice."""
    ends: list[Validity] = []
    opened: list[Validity] = []
    begins: list[Validity] = []
    lasting: list[Validity] = []
    last = max((index for index, p in enumerate(paragraphs) if p.label), default=0)
    for index in reversed(range(len(paragraphs))):
        paragraph = paragraphs[index]
        for start, end in sentences(paragraph.text):
            sure = _of_document(paragraph, start, end)
            if sure is None or _looks_back(paragraph, start, index < last):
                continue
            found = read(paragraph, raw, start, end, printed, strict=False)
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
    closing = _closing(paragraphs, raw)
    if closing.valid_until:
        return closing
    best = next((v for v in [*begins, *lasting] if v.alternatives), None)
    if begins and (best is None or not best.valid_from):
        best = begins[0] if best is None else replace(best, valid_from=begins[0].valid_from)
    return best or _titled(paragraphs, raw)


_SPEAKS_OF_ALL: Final = re.compile(
    r"政策|措施|举措|办法|文件|条款|通知|通告|公告|意见|清单|规定|细则|方案|条例|上述|以上|其余|其他|未(?:明确|注明|规定)|没有"
)
_RUNS_TO: Final = re.compile(
    r"(?:[施实执]行|实施|有效|生效|期限?|时[间效限]|周期|[延顺]|终止|结束|失效|截止|开始|[日号月]起|年限|最迟|最长)[^。；]{0,16}?"
    rf"(?:至|到|不?晚于)(?P<until>{DATE})(?=止|为止|结束|（含|[，。；（]|$)"
    rf"|(?:截止|终止|失效|废止|到期|结束)(?:时间|日期|期限|日)?(?:为|于|：)(?P<until4>{DATE})"
    rf"|(?:[施实执]行|实施|有效|生效|政策|措施|时[间效限])[^。；]{{0,6}}{DATE}(?:至|到|-|~|—)(?P<until2>{DATE})(?=止|[，。；（]|$)"
    rf"|(?<![至到])(?P<until3>{DATE})(?:到期|期满|结束|失效|废止|终止)"
)
_GIVES: Final = re.compile(r"给予|奖励|补[助贴]|资助|发放")


def _closing(paragraphs: Sequence[Paragraph], raw: str) -> Validity:
    """How long everything runs, in free words behind the last item or in the answer to a question about it."""
    last = max((i for i, p in enumerate(paragraphs) if p.label), default=len(paragraphs))
    asked = {i + 1 for i, p in enumerate(paragraphs) if _ASKS_WHEN.search(p.text) and len(p.text) <= 40}
    for index in sorted({*range(last + 1, len(paragraphs)), *asked, *_last_item(paragraphs, last)}):
        if index >= len(paragraphs):
            continue
        text = paragraphs[index].text
        if index not in asked and _FIGURE.search(text) and _GIVES.search(text):
            continue
        for start, end in sentences(text):
            if index not in asked and not _SPEAKS_OF_ALL.search(text, start, end):
                continue
            match = _RUNS_TO.search(text, start, end)
            until = parse_date(next(filter(None, match.groups()))) if match else None
            if match is None or until is None or NOT_VALIDITY.search(text, start, end):
                continue
            if re.search(r"第[^，。；]{1,20}[条项点](?!例)", text[start : match.end()]):
                continue
            span = paragraphs[index].view.span(*match.span())
            return Validity(None, until, Words(raw[span.start : span.end], span, 0.7))
    return Validity()


def _last_item(paragraphs: Sequence[Paragraph], last: int) -> list[int]:
    """The last item itself, if it grants no sum and speaks of the others."""
    if last == len(paragraphs) or _FIGURE.search(paragraphs[last].text):
        return []
    return [last] if _OF_THE_REST.search(paragraphs[last].text) else []


_OF_THE_REST: Final = re.compile(rf"{_ITSELF}|{_ALL}|其余|其他|凡|未(?:明确|注明|规定)|没有")


_ASKS_WHEN: Final = re.compile(r"(?:何时|什么时候|多久|多长时间|哪[天一年]|几时|期限|有效期)[^？]{0,12}？")
_LASTS: Final = re.compile(
    r"施行|实施|实行|执行|有效|生效|废止|失效|期限|周期|政策的?(?:截止|终止|到期)"
    r"|(?:补[助贴]|扶持|优惠|政策)期间|试行|暂行|试点|(?:适用|享受)(?:时间|期)|(?:过渡|兑现)期|开始|结束|为止"
)


_BACK: Final = re.compile(r"(?:以上|上述|上列|前述|该项?|此项?)(?!各?条款?)")


_GRANTED: Final = re.compile(r"[减免缓降]|补[助贴]|奖|给予|优惠|贴息|发放")


def _looks_back(paragraph: Paragraph, start: int, more_items: bool) -> bool:
    """``上述措施执行至…`` behind other sentences of a paragraph: what these sentences give, not the whole notice."""
    at = paragraph.body_start
    if start <= at or not _BACK.match(paragraph.text, start):
        return False
    return more_items or _GRANTED.search(paragraph.text, at, start) is not None


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
            found += [read(body, raw, a, b, None, strict=False) for a, b in sentences(body.text)]
    ends = [validity for validity in found if validity.valid_until]
    return ends[0] if len({v.valid_until for v in ends}) == 1 else Validity()


def measure_validity(parts: Iterable[Paragraph], raw: str, printed: date | None = None) -> Validity:
    """The first validity stated for the measure itself, else the last of the days until which it grants."""
    clauses = [(p, a, b) for p in parts for a, b in sentences(p.text)]
    stated = (
        read(paragraph, raw, start, end, printed, strict=True)
        for paragraph, start, end in clauses
        if not _OF_NOTICE.search(paragraph.text, start, end)
    )
    return (
        next((validity for validity in stated if validity.valid_until), None)
        or _last(_of_benefit(p, raw, a, b) for p, a, b in clauses)
        or (_last(_ahead(p, raw, a, b, printed) for p, a, b in clauses) if printed else Validity())
        or Validity()
    )


def _last(found: Iterable[Validity]) -> Validity | None:
    """The one that ends last, None if none of them ends."""
    ending = [validity for validity in found if validity.valid_until]
    return max(ending, key=lambda validity: validity.valid_until or date.min, default=None)


_WINDOW: Final = re.compile(
    rf"(?P<from>{ANY}){HOUR}?(?:起|开始)?(?:至|到|-|~|—)(?P<until>{LATER})|(?<![\d年月至到])(?P<ends>{ANY}){HOUR}?(?:失效|截止|结束|到期)"
)


# 应在…之间取得: a condition; 免除…至…期间的租金: what is waived
# 按…至…期间新增设备投资额的20%: when the money that is a base was spent
_DONE_IN: Final = re.compile(r"期间内?(?:新增|实际|实施|完成|发生)(?!的?，)")
_ASKED: Final = re.compile(r"(?:应|须|需|必须)[^，。；]{0,3}$")
_WAIVED: Final = re.compile(r"期间[^，。；]{0,16}的(?:租金|税款?|费用?|保费|利息)")


def _ahead(paragraph: Paragraph, raw: str, start: int, end: int, printed: date) -> Validity:
    """Days that are still to come when the notice is printed are those of the measure, whatever is to happen in them.

    Those that are over (2030年认定的) only say whom it is for.
    """
    text = paragraph.text
    for match in _WINDOW.finditer(text, max(start, paragraph.body_start), end):
        begin = parse_date(match["from"], printed.year) if match["from"] else None
        until = parse_date(match["until"] or match["ends"], begin.year if begin else printed.year)
        if (
            until is None
            or until <= printed
            or (begin and not begin <= until <= (add_months(begin, 72) or date.max))
        ):
            continue
        around = max(start, match.start() - 16)
        if NOT_VALIDITY.search(text, around, match.end()) or _WAIVED.match(text, match.end()):
            continue
        if _DONE_IN.match(text, match.end()) or _ASKED.search(text, around, match.start()):
            continue
        span = paragraph.view.span(*match.span())
        return Validity(begin, until, Words(raw[span.start : span.end], span, 0.7))
    return Validity()


def _of_benefit(paragraph: Paragraph, raw: str, start: int, end: int) -> Validity:
    """The days in which a measure grants, said of its deeds: until 2027 we waive, for cars bought from … to …."""
    for pattern in (_BEFORE, _BOUGHT, _WITHIN, _OPENS_WITH, _BY_THEN):
        match = (
            _opening(paragraph, start, end)
            if pattern is _OPENS_WITH
            else pattern.search(paragraph.text, start, end)
        )
        if match is None or (pattern in (_BEFORE, _BY_THEN) and not _opens(paragraph.text, match.start())):
            continue
        begin = None if pattern in (_BEFORE, _BY_THEN) else parse_date(match["from"])
        until = parse_date(match["until"], begin.year if begin else None)
        if until is not None:
            span = paragraph.view.span(*match.span())
            return Validity(begin, until, Words(raw[span.start : span.end], span, 0.8))
    return Validity()


def _opening(paragraph: Paragraph, start: int, end: int) -> re.Match[str] | None:
    """The days with which a paragraph opens, if it grants in them and nothing else."""
    text = paragraph.text
    match = _OPENS_WITH.match(text, max(start, paragraph.body_start), end)
    if match is None or EVENT.match(text, match.end(), end) or _FIGURE.search(text, 0, start):
        return None
    return match


def _opens(text: str, start: int) -> bool:
    """Whether a clause begins here."""
    return start == 0 or text[start - 1] in "，。；：、）"


def article_validity(paragraphs: Iterable[Paragraph], raw: str) -> dict[int, Validity]:
    """What a notice says of single articles in its closing words: until when each of them holds."""
    found: dict[int, Validity] = {}
    for paragraph in paragraphs:
        text = paragraph.text
        if not re.search(r"第[^，。；]{1,20}[条项点]|[①-⑳❶-❿➀-➓]", text):
            continue
        for match in (
            m for pattern in (UNTIL, RANGE, STOP) for m in pattern.finditer(text, paragraph.body_start)
        ):
            named = directed(text, max(paragraph.body_start, label_end(paragraph)), match.start())
            stop = next((v for name, v in match.groupdict().items() if name.startswith("until") and v), "")
            until = parse_date(stop)
            if named is None or until is None:
                continue
            span = paragraph.view.span(*match.span())
            validity = Validity(None, until, Words(raw[span.start : span.end], span, 0.85))
            for number in numbers(named):
                found.setdefault(number, validity)
    return found
