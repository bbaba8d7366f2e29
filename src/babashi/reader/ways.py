"""The ways in which a measure can be had: its granting sentences, and who each of them names.

A draft may hold against an enterprise only what its own sentence asks of it, so the sentences are kept apart:
two granting sentences are two ways, and either is enough.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Final, Literal

from babashi.reader import grants, paragraphs
from babashi.reader.model import Measure, Notice
from babashi.reader.paragraphs import Paragraph
from babashi.reader.text import Span, View, normalise

MAX_SENTENCE: Final = 1_200  # characters; longer ones are no sentences and are left to be read
Form = Literal["for", "supports", "may", "plain"]


@dataclass(frozen=True, slots=True)
class Part:
    """Some words of a sentence: normalised without blanks, and where they stand in the source."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Way:
    """A granting sentence: whom it names, the clauses behind the grant, and why it is in doubt, if it is."""

    sentence: Part
    who: Part | None
    form: Form = "plain"
    lead: Part | None = None  # what the sentence says before it names them
    rules: tuple[Part, ...] = ()
    doubt: str = ""


_HOW: Final = (
    r"(?:分别|同时|再|额外|另行?|一次性|每[年月家户人]|可以?|均|均可|由[^，。；由]{1,12}|直接|统一"
    r"|分[^，。；分]{1,6}?){0,3}"
)
_MONEY_VERB: Final = (
    r"(?:给予|予以|奖励(?=[\d最其])|奖补(?=\d)|补[助贴](?=[\d最其])|资助(?=[\d最])|发放(?=\d)|减免|免[征收])"
)
# Where the words about who end: 给予 anywhere, the weaker verbs only where a clause begins.
_GIVE: Final = re.compile(
    rf"，?{_HOW}{_MONEY_VERB}"
    rf"|，{_HOW}(?:按照?|根据|参照|比照|以[^，。；]{{1,16}}为|奖励|奖补|补[助贴]|资助|贴息|发放|享受|最高"
    rf"|提供|贷款|每)"
)
_MAY: Final = re.compile(r"^(?P<who>[^，。；]{3,60}?)(?:均|都)?可(?:以)?(?:免费|按|申请|享受|申领|获得?)")
_MAY_ASK: Final = re.compile(
    r"，?(?:均|都)?(?:可|可以|能够)(?:按规定|按|向[^，。；]{2,16})?(?:免费|申请|享受|申领|领取|获得?)"
)
_TELLS_HOW_MUCH: Final = re.compile(
    r"^(?:分别|一次性|直接|由[^，。；]{1,12})?(?:按|给予|予以|每|最高|标准|补[助贴]|奖励|奖补|资助|贴息"
    r"|发放|免|减|通过|（)"
)
_FIGURE: Final = re.compile(r"\d[\d.]*(?:[万亿千百]?元|[%‰])")
_FOR: Final = re.compile(r"(?:^|，|：)(?:其中，?|并)?对于?(?!比|接|照|标|外)")
_SUPPORTS: Final = re.compile(r"^支持(?=[^，。；]{2,})")
_SHARE: Final = re.compile(r"(?<=[一-龥）”])按照?(?:不超过|实际|其|当年)?[^，]*$")
# A second grant behind the first, with a subject or a step of its own
_MORE: Final = re.compile(
    rf"，(?:其中|同时|并)?，?(?:对|支持|鼓励)"
    rf"|(?<![元%‰倍例准额则式定])[的者](?:，|：)?{_HOW}(?:{_MONEY_VERB}|按|奖|补|资助|不超过|最高)"
    rf"|(?<!给予)(?<!予以)(?:企业|单位|园区|机构|项目|个人|商户|组织)，?{_HOW}(?:给予|予以|按|奖励|补[助贴])"
)
# 给予其高管团队, 给予组展单位: the money goes to somebody else than those who are named
_OTHERS: Final = re.compile(
    r"^，?.{0,12}?(?:给予|予以|奖励|奖补|补[助贴]|资助|发放)(?:其|该|相关|相应|有关|属地)?(?:[^\d，。；]{0,10}?"
    r"(?:团队|个人|人员|负责人|法定代表人|机构|银行|平台|中介|园区|主体|业主|服务商|引荐|介绍人|员工|职工"
    r"|高管|第三方|担保|保险公司|施工|购买方|买方)"
    r"|(?!企业|该|每|其|符合|上述)[^\d，。；]{1,8}(?:企业|单位|公司|方(?!式|案|面)))"
)
_LIMIT: Final = re.compile(
    r"^(?:(?:但|且|其中)?，?(?:每|单[个家户笔项]|同一|各|最高|累计|年度|全年|总额|合计|原则上"
    r"|补[助贴](?:金额|标准|比例|总额|资金)|奖励(?:金额|标准|总额|资金)"
    r"|资助(?:金额|标准)|标准(?:为|：)|金额|额度|上限|所需资金|资金))"
)
_TO_OTHERS: Final = re.compile(r"对(?!本级|地方)|支持|[的者]，?(?:再|可|均)?(?:给予|奖|补|按)")
_EXTENDS: Final = re.compile(
    r"(?:参照|比照|视同|等同|同样|同等)[^，。；]{0,12}(?:执行|享受|办理|给予|适用|标准|政策)"
    r"|也可(?:享受|申请)|适用(?:本|上述|以上)"
    r"|(?:所称|上述|以上|本条)[^，。；]{0,12}(?:包括|包含|含|是指|指)|纳入(?:支持|奖励|补[助贴]|享受)范围"
    r"|按(?:此|上述|以上|本条|前款)[^，。；]{0,8}(?:执行|享受|办理|给予)"
)
_NEGATIVE: Final = re.compile(r"不得|不再|不予|不适用|不重复|从高|就高|取消|追回|收回")
_LABELLED: Final = re.compile(
    r"^(?:补贴|补助|奖励|支持|扶持|申报|适用|享受|资助|政策|发放)?(?:对象|主体)(?:为"
    r"|：)(?P<who>(?!\d).{3,200})$"
)
_SCOPE: Final = re.compile(
    r"^(?:实施|适用|支持|扶持|奖励|补[助贴]|资助|申报|享受|政策)(?:的)?(?:对象|范围|主体)(?:为|：|是).{4}"
    r"|本(?:办法|措施|政策|意见|细则|实施细则|规定|方案|通知)[^，。；]{0,12}适用于"
    r"|按照本[^，。；]{2,8}申请(?:资金)?(?:资助|奖励|补[助贴])"
)
_FACET: Final = re.compile(r"^[^，。；：]{2,10}(?:：|为)|^（?(?:牵头|责任|配合|执行期限|有效期)")


def find_ways(notice: Notice, measure: Measure, parts: list[Paragraph]) -> tuple[list[Way], list[View]]:
    """(the ways of a measure, all sentences of its body). ``parts`` are the paragraphs of the notice."""
    sentences = list(_sentences(notice, measure, parts))
    ways = [_way(view) for view in sentences if _is_way(view, measure)]
    labelled = [found for view in sentences if (found := _labelled(view)) is not None]
    bare = all(way.who is None and not way.doubt for way in ways)
    told = [v for v in sentences if _is_way(v, measure) or _FACET.match(v.text)]
    if len(labelled) == 1 and bare and len(told) == len(sentences):
        ways = labelled
    return ways, sentences


def find_scope(notice: Notice, parts: list[Paragraph]) -> list[Part]:
    """Sentences outside of the measures that say whom the whole notice is for."""
    inside = [m.span for m in notice.measures]
    found = [
        part(view, start, end)
        for p in parts
        if not any(span.start <= p.start < span.end for span in inside)
        for view in [_cut(p.view, p.body_start, len(p.view))]
        for start, end in _bounds(view.text)
        if end - start <= MAX_SENTENCE and _SCOPE.search(view.text[start:end])
    ]
    return found[:5]


def split(notice: Notice) -> list[Paragraph]:
    """The paragraphs of a notice, to be handed to ``find_ways`` for each of its measures."""
    return paragraphs.split(notice.text, normalise(notice.text))


def part(view: View, start: int, end: int) -> Part:
    return Part(view.text[start:end], view.span(start, end))


def _cut(view: View, start: int, end: int) -> View:
    return View(view.text[start:end], view.offsets[start:end])


def _sentences(notice: Notice, measure: Measure, parts: list[Paragraph]) -> Iterator[View]:
    first = bisect_left(parts, measure.span.start, key=lambda p: p.start)
    inside = list(takewhile(lambda p: p.end <= measure.span.end, islice(parts, first, None)))
    body = list(_body(inside, measure))
    if sum(len(view) for view in body) < 8:  # the whole measure is its heading
        body = [_cut(p.view, p.body_start, len(p.view)) for p in inside]
    for view in body:
        yield from (_cut(view, start, end) for start, end in _bounds(view.text) if end - start >= 4)


def _body(inside: list[Paragraph], measure: Measure) -> Iterator[View]:
    """The paragraphs behind their labels and without a heading that is a title."""
    stop = measure.heading.span.end
    for paragraph in inside:
        view, start = paragraph.view, paragraph.body_start
        behind = next((i for i in range(start, len(view)) if view.offsets[i] >= stop), len(view))
        heads = view.offsets[0] <= measure.heading.span.start < stop <= view.offsets[-1] + 1
        if heads and (behind == len(view) or behind in view.gaps or view.text[behind] not in "，；、"):
            if behind == len(view) or behind in view.gaps or view.text[behind] in "。：！？】”）":
                start = behind
        elif view.offsets[-1] < stop:
            continue
        while start < len(view) and view.text[start] in "：。，；、】”）":
            start += 1
        yield _cut(view, start, len(view))


def _bounds(text: str) -> Iterator[tuple[int, int]]:
    """Sentences: 。！？ end one everywhere, ； only outside brackets."""
    start = depth = 0
    for position, char in enumerate(text):
        depth = max(0, depth + (char == "（") - (char == "）"))
        if char in "。！？" or (char == "；" and not depth):
            yield start, position
            start, depth = position + 1, 0
    yield start, len(text)


def _is_way(view: View, measure: Measure) -> bool:
    span = view.span(0, len(view))
    found = [a.span for a in measure.amounts if a.role != "total_budget"] + [r.span for r in measure.rates]
    figures = any(span.start <= f.start and f.end <= span.end for f in found)
    text = view.text
    if figures and not (_LIMIT.match(text) and not _TO_OTHERS.search(text)):
        return True
    if _NEGATIVE.search(text):
        return False
    return bool(_EXTENDS.search(text)) or (not figures and grants.concrete(text))


def _way(view: View) -> Way:
    sentence = part(view, 0, len(view))
    if len(view) > MAX_SENTENCE:
        return Way(sentence, None, doubt="句子过长")
    found = _who(view.text)
    if _EXTENDS.search(view.text):
        return Way(sentence, sentence, doubt="另有参照执行的对象")
    if found is None:
        return Way(sentence, None)
    form, start, end = found
    rest = view.text[end:]
    give = _GIVE.match(rest)
    behind = rest[give.end() :] if give else rest
    doubt = ""
    if _MORE.search(behind):
        doubt = "同一句里还有另一档或另一类对象"
    elif _OTHERS.match(rest):
        doubt = "受益的可能是别人"
    lead = _FOR.search(_without_brackets(view.text)) if form == "for" else None
    said = part(view, 0, lead.start()) if lead and lead.start() >= 5 else None
    return Way(sentence, part(view, start, end), form, said, tuple(_clauses(view, end)), doubt)


def _who(text: str) -> tuple[Form, int, int] | None:
    """(how the sentence names them, start, end) of the words about who gets the benefit."""
    match = _FOR.search(_without_brackets(text))
    form: Form = "for"
    if match is None:
        match, form = _SUPPORTS.match(text), "supports"
    if match is not None:
        give = _GIVE.search(_without_brackets(text), match.end() + 2)
        if give is None:
            figure = _FIGURE.search(text, match.end())
            return "plain", match.end(), figure.start() if figure else len(text)
        return form, match.end(), _without_share(text, match.end(), give.start())
    may = _MAY.match(text)
    if may is not None:
        return "may", 0, may.end("who")
    stop = _before_the_grant(text)
    return ("plain", 0, stop) if stop >= 6 and not _TELLS_HOW_MUCH.match(text) else None


def _before_the_grant(text: str) -> int:
    """Where the words end that stand before a grant, or before the clause that has the figure."""
    give = _GIVE.search(text) or _MAY_ASK.search(text)
    if give is not None:
        return give.start()
    figure = _FIGURE.search(text)
    return max(text.rfind(mark, 0, figure.start()) for mark in "，：") if figure else len(text)


def _without_share(text: str, start: int, end: int) -> int:
    """``企业按投资额的5%`` names a share behind the enterprise."""
    share = _SHARE.search(text, start + 2, end)
    return share.start() if share and re.search(r"[%\d]|比例|标准", share[0]) else end


def _without_brackets(text: str) -> str:
    """The same length, brackets and titles of documents blanked."""
    return re.sub(r"（[^（）]{0,200}）|《[^《》]{0,200}》", lambda m: "□" * len(m[0]), text)


def _clauses(view: View, start: int) -> Iterator[Part]:
    for match in re.finditer(r"[^，：]+", _without_brackets(view.text[start:])):
        yield part(view, start + match.start(), start + match.end())


def _labelled(view: View) -> Way | None:
    """``补贴对象：…`` names who for the sums that stand in sentences of their own."""
    match = _LABELLED.match(view.text)
    if match is None:
        return None
    return Way(part(view, 0, len(view)), part(view, *match.span("who")), "for")
