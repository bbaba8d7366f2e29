"""Which known words of a way hold for everybody who gets the benefit, and what of its words stays open.

A clause that is wrongly written refuses somebody who is entitled, a clause that is left out only stays to be
written. So every guard here is on the side of leaving out.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from babashi.reader.vocabulary import OTHER_CATEGORY, Phrase
from babashi.reader.ways import Part, Way

_OR: Final = re.compile(r"以及|或者?(?!以上|以下|超过|高于)|、|和(?!谐|平)|及(?!时|以上)|与|/")
_BRACKETS: Final = re.compile(r"（[^（）]{0,200}）|《[^《》]{0,200}》")
_EXCEPT: Final = re.compile(r"除了?[^，。；]{1,40}?(?:以外|之外|外)")
_NOT: Final = re.compile(r"(?:非|不属于|不含|不包括|不得|不是|不为|未|没有|排除|除)[^，。；的]{0,8}$")
_NOT_YET: Final = re.compile(r"拟|将(?!军)|计划|争取|有望|力争|准备|曾|原(?!则|料)|再次|不再|若|如果?(?!下)")
_OTHER: Final = re.compile(r"其他|其它")
# 小微企业（含个体工商户）: the bracket lets more in than the word says
_WIDENS: Final = re.compile(r"（(?:均?含(?!本数|税)|包括|包含|及|或|和|与|、|以及|视同)|视同|视为")
# 引进工业企业, 服务小微企业: the enterprise is what somebody else deals with
_DEALS: Final = re.compile(
    r"引进|招引|引入|引荐|服务|推荐|介绍|为(?!正|主|规模|国家|[省市区]级)|[向给替]|帮助|辅导|培育|孵化|组织"
    r"|指导|带动|吸引|招商|促成|并购|收购|兼并|重组"
    r"|联合|对接|采购|租给|出租|提供|支持|推动|扶持|投资于|入股|面向|收储|承接|吸纳|输送|转让|委托|成为"
    r"|控股|参股|担保|供应|配套|协助|联系"
)
_PLACE: Final = r"(?:(?:我|本|全|该|在)?[省市区县镇]|辖区|(?:省|市|区|县|辖区|园区|境)内|辖内|属地)"
_BEFORE: Final = re.compile(
    rf"(?:^|[的等类型级■”]|以上|规上|限上|{_PLACE}|大型|重点|骨干|龙头|优质|民营|其中|获评|获得|获批"
    rf"|认定为?|评为|属于|入选)“?$"
)
_FACT_BEFORE: Final = re.compile(
    rf"(?:^|[，且“]|并且|同时|获评|获得|获批|认定为?|评为|属于|入选|{_PLACE}|■的)$"
)
_DOES: Final = re.compile(
    r"^(?:新)?(?:购置|新购|购买|建设|新建|投资|实施|开展|租用|租赁|参加|参展|招用|获得|获评|通过|首次|当年"
    r"|年度|新增|实现|达到|达标"
    r"|营业收入|产值|投入)(?P<what>[^的]*)(?:的(?:企业)?(?:，.*)?)?$"
)
_SOMEBODY: Final = re.compile(
    r"企业|单位|机构|园区|平台|银行|个人|人员|团队|商户|协会|商会|中心|高校|院所|服务商|基地|公司|项目|员工"
    r"|职工|负责人|者|■"
)
_KIND: Final = re.compile(
    r"^(?:“小巨人”)?(?:(?:规模以上|规上|大型|中型|小型|中小型?|民营|骨干|龙头|重点|类)*(?:的)?企业|的|等■|■"
    r"|等|$)"
)
_FACT_AFTER: Final = re.compile(r"^”?(?:$|[，且]|并且|的(?:企业|■|单位|，|$|[^，]{0,30}企业$)|企业|■)")
_GLUE: Final = re.compile(
    r"^(?:[，、。“”的且及和或等对■□]|并且|同时|以及|企业|单位|获评|获得|被?认定为|被?评为|属于|类|全区|我区"
    r"|本区)+|"
    r"(?:[，、。“”的且及和或对■]|并且|同时|以及|企业|单位|获评|获得|被?认定为|被?评为|属于)+$"
)


@dataclass(frozen=True, slots=True)
class Hit:
    """Known words at ``text[start:end]`` of a part."""

    phrase: Phrase
    match: re.Match[str]

    @property
    def start(self) -> int:
        return self.match.start()

    @property
    def end(self) -> int:
        return self.match.end()


@dataclass(slots=True)
class Clause:
    """A test to be written with the words it quotes; ``choices`` are alternatives of which one is enough."""

    cite: Part
    hit: Hit | None = None
    choices: list[Hit | None] = field(default_factory=list)  # None: what the department adds (等)

    @property
    def hits(self) -> list[Hit | None]:
        """The words it is made of."""
        return [self.hit] if self.hit else self.choices


@dataclass(slots=True)
class Judged:
    """What a way gives: clauses, known words that were left out, and the words that stay open."""

    way: Way
    clauses: list[Clause] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        hits = [h for c in self.clauses for h in c.hits]
        return list(dict.fromkeys(h.phrase.name if h else OTHER_CATEGORY.name for h in hits))


def judge(way: Way, phrases: Iterable[Phrase]) -> Judged:
    """The clauses of one way. ``phrases`` are those that the dictionary can express for this notice."""
    result = Judged(way)
    phrases = list(phrases)
    known = [p for p in phrases if p is not OTHER_CATEGORY]
    if way.who is not None:
        hits = _hits(way.who.text, known)
        if not way.doubt and way.form != "plain":
            _who_clauses(result, way, hits, others=OTHER_CATEGORY in phrases)
        written = [h for c in result.clauses for h in c.hits if h]
        result.left = [h.phrase.name for h in hits if h not in written]
        result.open = _open(way.who.text, written, result)
        if way.lead is not None:
            result.open.insert(0, way.lead.text)
    if not way.doubt:
        result.clauses += [Clause(rule, hit) for rule, hit in _asked(way.rules, known)]
    return result


def _hits(text: str, phrases: list[Phrase]) -> list[Hit]:
    return [Hit(p, m) for p in phrases if (m := p.words.search(text)) is not None]


def _blank(text: str, spans: Iterable[tuple[int, int]], mark: str) -> str:
    for start, end in spans:
        text = text[:start] + mark * (end - start) + text[end:]
    return text


def _who_clauses(result: Judged, way: Way, hits: list[Hit], *, others: bool) -> None:
    who = way.who
    if who is None:
        return
    plain = _blank(who.text, [m.span() for p in (_BRACKETS, _EXCEPT) for m in p.finditer(who.text)], "□")
    hits = [h for h in hits if "□" not in plain[h.start : h.end] and not _excluded(plain, h)]
    masked = _blank(plain, [(h.start, h.end) for h in hits], "■")
    if re.search(r"，(?:或者?|以及|和|及|与|对|其|由)|之外|以外", masked) or _WIDENS.search(who.text):
        return
    titles = [h for h in hits if h.phrase.part == "title"]
    if titles:
        choices = _titles(plain, masked, titles, others=others and "贴息" in way.sentence.text)
        if len(choices) == 1:
            result.clauses.append(Clause(who, choices[0]))
        elif choices:
            result.clauses.append(Clause(who, None, choices))
    for hit in hits:
        fits = {"head": _head, "fact": _fact, "title": None}[hit.phrase.part]
        if fits and fits(masked, hit):
            result.clauses.append(Clause(who, hit))


def _excluded(text: str, hit: Hit) -> bool:
    return _NOT.search(text[max(0, hit.start - 16) : hit.start]) is not None


def _clause_of(masked: str, start: int, end: int) -> tuple[str, str]:
    """(what stands before the words in their clause, what stands behind them up to the end of the part)."""
    return masked[masked.rfind("，", 0, start) + 1 : start], masked[end:]


def _head(masked: str, hit: Hit) -> bool:
    """Whether the word is what everybody who gets the benefit is."""
    start = hit.start
    before, after = _clause_of(masked, start, hit.end)
    after = re.sub(r"^[■□]+", "", after)
    if (
        _DEALS.search(masked[:start])
        or _NOT_YET.search(before)
        or _OTHER.search(masked)
        or not _BEFORE.search(before)
    ):
        return False
    if _OR.search(before.rpartition("等")[2]) or (_OR.search(before) and "等" not in before):
        return False
    if not after:
        return True
    if after[0] == "，":
        return not _SOMEBODY.search(after)
    does = _DOES.match(after)
    return does is not None and not _SOMEBODY.search(does["what"]) and not before.startswith("在")


def _fact(masked: str, hit: Hit) -> bool:
    """Whether what is said is asked of everybody, and not one of several ways to qualify."""
    before, after = _clause_of(masked, hit.start, hit.end)
    if not _FACT_BEFORE.search(before) or not _FACT_AFTER.match(after):
        return False
    if _NOT_YET.search(before):
        return False
    said, _, head = masked.rpartition("的") if "的" in masked else (masked, "", "")
    if _OR.search(said) or _DEALS.search(masked[: hit.start]) or re.search(r"之一|任一|其中|其他", masked):
        return False
    return not _OR.search(head) and (not head or bool(re.search(r"(?:企业|单位|■)$", head)))


def _titles(plain: str, masked: str, hits: list[Hit], *, others: bool) -> list[Hit | None]:
    """The categories of a list that is known to its end; nothing if one of its members is unknown."""
    hits = sorted(hits, key=lambda h: h.start)
    first, last = hits[0], hits[-1]
    before, after = _clause_of(masked, first.start, last.end)
    after = after.lstrip("”")
    for left, right in itertools.pairwise(hits):
        between = re.sub(r"[“”]|企业", "", plain[left.end : right.start])
        if not _OR.fullmatch(between):
            return []
    if (
        _OR.search(before)
        or _NOT_YET.search(before)
        or not _BEFORE.search(before.rstrip("“"))
        or _DEALS.search(masked[: first.start])
    ):
        return []
    if not _KIND.match(after) or _OR.search(after) or _OTHER.search(masked):
        return []
    behind = re.sub(r"^(?:“小巨人”)?(?:.{0,12}?企业)?", "", after)
    if behind and not behind.startswith(("等", "的", "，", "■")):
        return []
    if behind.startswith("的") and _SOMEBODY.search(behind) and not re.search(r"(?:企业|■)$", behind):
        return []
    if after.startswith(("等", "企业等")):
        return [*hits, None] if others else []
    return list(hits)


_ASKED: Final = re.compile(r"^(?:(?:申报|申请|享受)[^的，。；]{0,8}(?:企业|单位)的?)?$")
_ALSO: Final = re.compile(r"^(?:其中|同时|或|以及|否则|对|如|若)")
_STEP: Final = re.compile(
    r"^(?:再|另|额外|可|提高|增加|给予|予以|奖励|按|贴息(?!金额|总额)"
    r"|补[助贴](?:比例|标准)?(?:提高|增加|\d)|最高)"
)


def _asked(rules: tuple[Part, ...], known: list[Phrase]) -> Iterator[tuple[Part, Hit]]:
    """Clauses behind the grant that ask one thing of the applicant, and are no step or alternative."""
    texts = [rule.text for rule in rules]
    if any(text.startswith(("或", "以及")) for text in texts):
        return
    for at, rule in enumerate(rules):
        before, after = (texts[at - 1] if at else ""), (texts[at + 1] if at + 1 < len(texts) else "")
        if _ALSO.match(before) or _STEP.match(after):
            continue
        for hit in _hits(rule.text, known):
            alone = _ASKED.match(rule.text[: hit.start]) and hit.end == len(rule.text)
            if hit.phrase.part == "fact" and alone:
                yield rule, hit


def _open(text: str, written: list[Hit], result: Judged) -> list[str]:
    """The words of a part that no clause expresses."""
    kept = _blank(text, [(h.start, h.end) for h in written], "■")
    if any(None in c.choices for c in result.clauses):
        kept = re.sub(r"(?<=■)”?等", "■", kept, count=1)
    pieces = [kept] if not written else re.split(r"■+|，?且|并且|，", kept)
    stripped = []
    for piece in pieces:
        previous = None
        while previous != piece:
            previous, piece = piece, _GLUE.sub("", piece)
        if len(piece) >= 2:
            stripped.append(piece)
    return stripped
