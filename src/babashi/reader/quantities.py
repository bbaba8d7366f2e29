"""Every quantity of a text: money in yuan, shares, and plain numbers that lend or borrow a unit.

Only finds numbers; what a number means (benefit or threshold, cap or fixed) is decided in ``amounts`` and
``rates`` from the words around it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from babashi.reader import numerals

Kind = Literal["money", "share", "plain"]

_CN: Final = numerals.CHARACTERS
_ARABIC: Final = r"\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,6})?|\d{1,15}(?:\.\d{1,6})?"
_MULTIPLE: Final = {"": 1, "十": 10, "百": 100, "千": 1000, "万": 10**4, "十万": 10**5, "百万": 10**6,
                    "千万": 10**7, "亿": 10**8, "十亿": 10**9, "百亿": 10**10, "千亿": 10**11,
                    "万亿": 10**12}  # fmt: skip
# 万 and 亿 without 元 are money only where the text goes on like money (50万、给予8万。).
_BARE_AHEAD: Final = (
    r"(?=$|[，。；、！）/~\-（”]|奖|补|资助|资金|经费|扶|支持|兑现|兑付|拨付|发放"
    r"|的(?:奖|补|一次|资|支|扶|标|经)|一次性"
    r"|以内|以下|以上|不等|给予|每|封顶|和|及|或|至|到|RMB|人民币)"
)
_QUANTITY: Final = re.compile(
    rf"(?P<points>(?:{_ARABIC})个?(?:百分点|基点(?=的?[^，。；\d]{{0,4}}(?:贴息|补贴|补助|利息补))))"
    rf"|(?P<permille>(?:{_ARABIC})‰)"
    rf"|(?P<percent>(?:{_ARABIC})%)"
    rf"|(?P<cnshare>(?P<base>百|千|万)分之(?P<cnvalue>[{_CN}]{{1,7}}(?:点[{_CN}]{{1,4}})?|(?:{_ARABIC})))"
    rf"|(?P<fraction>(?P<below>[二两三四五六七八九十])分之(?P<above>[一二两三四五六七八九]))"
    rf"|(?P<slash>\d{{1,2}}/\d{{1,3}}(?=的?(?:补|奖|资助|比例|给予))"
    rf"|(?<=[的按照为费额款息])[1-9]/(?:10|[2-9])(?![\d/]))"
    rf"|(?P<ratio>(?<![\d:：.])(?<!：\d\d[-~至到])\d{{1,2}}(?:\.\d)?：(?!0\d)\d{{1,2}}(?:\.\d{{1,2}})?(?![\d：]"
    rf"|-\d{{1,2}}：))"
    rf"|(?P<num>{_ARABIC})(?P<unit>(?:[十百千]?[万亿]|万亿|[百千])?(?:元|圆|块钱))"
    rf"|(?P<barenum>{_ARABIC})(?P<bareunit>[千百]?万|亿){_BARE_AHEAD}"
    rf"|(?P<cn>[{_CN}]{{1,9}})(?P<cnunit>(?:万亿|[万亿])?(?:元|圆))"
    rf"|(?P<cnbare>[{_CN}]{{1,9}})(?P<cnbareunit>[万亿])(?=奖|补|的奖|的补|资助|以内|不等)"
    rf"|(?P<cnplain>[{_CN}]{{1,5}})(?=[至到~\-、和或](?:[{_CN}]{{1,9}}[、和至])*[{_CN}]{{1,9}}[万亿]?元)"
    rf"|(?P<plain>{_ARABIC})"
)
_FOREIGN_LEFT: Final = re.compile(
    r"(?:(?<!每)(?<!每[百千万])美元|美金|港元|港币|欧元|日元|英镑|澳元|新台币|USD|HKD|US\$|\$|€)$"
)
_FOREIGN_RIGHT: Final = re.compile(
    r"^(?:（[^（）]{0,6}）|及以上|以上|以下)?(?:（)?(?:港币|美金|美元|欧元|日元|港元|英镑|澳元)"
)
# 1万-3万（不含）平方米: not money
_COUNTED: Final = re.compile(
    r"(?:（[^）]{0,6}）)?(?:[-~至到]\d{1,6}(?:\.\d{1,3})?[万亿]?)?(?:（[^）]{0,6}）)?(?:以上"
    r"|以下)?(?:（[^）]{0,6}）)?的?"
    r"(?:平方|㎡|吨|人(?!民币)|户|TEU|标箱|辆|台|千瓦|亩|立方|股|册|字|件|公里|米|羽|头|只|次|单|个|家|箱)"
)
# 分别按10万元/人、5万元/项目: a unit behind each member
# 2亿元（批发业）、1亿元（零售业）: an aside behind each member
_LINK: Final = re.compile(r"^(?:/[一-龥]{1,3})?(?:（[^（）\d]{1,80}）)?(?:、|和|及|或|以及|与|/)$")
_RANGE: Final = re.compile(r"^(?:（不?含）|/[一-龥A-Za-z]{1,4})?(?:-|--|~|至|到)$")
# 给予5万元以上10万元以下的奖励: a range as well
_FROM_ON: Final = re.compile(r"^(?:（含）)?(?:及)?以上$")
_UP_TO: Final = re.compile(r"(?:（含）)?(?:及)?(?:以下|以内)")


# 每辆3000元、20万元以上每辆6000元: the next case of the scale
_NEXT_CASE: Final = re.compile(
    r"(?:（[^）]{0,8}）)?(?:及)?以[上下](?:（[^）]{0,10}）)?的?[^，。；、\d]{1,12}\d[\d.]*[万亿]?元"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number: ``value`` in yuan, as a fraction, or as written; positions are those of the view."""

    kind: Kind
    value: Decimal
    start: int
    end: int
    foreign: bool = False
    is_ratio: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Quantities that share their words: ``50万元、30万元和20万元`` or the two ends of a range."""

    members: tuple[Quantity, ...]
    is_range: bool

    @property
    def start(self) -> int:
        return self.members[0].start

    @property
    def end(self) -> int:
        return self.members[-1].end

    @property
    def kind(self) -> Kind:
        return self.members[-1].kind


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def _share(match: re.Match[str]) -> Decimal:
    if match["points"]:
        whole = match["points"].endswith("百分点")
        return _number(match["points"].rstrip("个百分基点")) / (100 if whole else 10_000)
    if match["permille"]:
        return _number(match["permille"][:-1]) / 1000
    if match["percent"]:
        return _number(match["percent"][:-1]) / 100
    if match["slash"]:
        above, _, below = match["slash"].partition("/")
        return Decimal(above) / (Decimal(below) or Decimal(1))
    if match["fraction"]:
        return (numerals.parse(match["above"]) or Decimal(0)) / (numerals.parse(match["below"]) or Decimal(1))
    base = {"百": 100, "千": 1000, "万": 10000}[match["base"]]
    text = match["cnvalue"]
    if text[0].isdigit():
        return _number(text) / base
    whole, _, digits = text.partition("点")
    value = numerals.parse(whole) or Decimal(0)
    if digits:
        value += Decimal("0." + "".join(str(numerals.parse(d) or 0) for d in digits))
    return value / base


def _money(match: re.Match[str]) -> Decimal | None:
    for number, unit in (("num", "unit"), ("barenum", "bareunit")):
        if match[number]:
            multiple = match[unit].rstrip("元圆钱块")
            return _number(match[number]) * _MULTIPLE[multiple]
    for number, unit in (("cn", "cnunit"), ("cnbare", "cnbareunit")):
        if match[number]:
            value = numerals.parse(match[number])
            multiple = match[unit].rstrip("元圆")
            return None if value is None else value * _MULTIPLE[multiple]
    return None


def _one(match: re.Match[str], text: str) -> Quantity | None:
    start, end = match.span()
    if (
        match["points"]
        or match["permille"]
        or match["percent"]
        or match["cnshare"]
        or match["fraction"]
        or match["slash"]
    ):
        return Quantity("share", _share(match), start, end)
    if match["ratio"]:
        left, _, right = match["ratio"].partition("：")
        value = Decimal(right) / Decimal(left) if Decimal(left) else Decimal(0)
        return Quantity("share", value, start, end, is_ratio=True)
    money = _money(match)
    if money is not None and match["barenum"] and _COUNTED.match(text, end):
        return None
    if money is not None:
        foreign = bool(_FOREIGN_LEFT.search(text[max(0, start - 4) : start]))
        foreign = foreign or bool(_FOREIGN_RIGHT.match(text[end : end + 14]))
        return Quantity("money", money, start, end, foreign)
    plain = match["plain"] or match["cnplain"]
    if not plain:
        return None
    value = _number(plain) if plain[0].isdigit() else (numerals.parse(plain) or Decimal(0))
    return Quantity("plain", value, start, end)


def find(text: str) -> list[Quantity]:
    """All quantities of a view's text, in order; plain numbers that neighbour a unit have taken it."""
    found = [q for m in _QUANTITY.finditer(text) if (q := _one(m, text)) is not None]
    for i in range(len(found) - 2, -1, -1):
        here, following = found[i], found[i + 1]
        between = text[here.end : following.start]
        if here.kind != "plain" or following.kind == "plain" or following.is_ratio:
            continue
        if not (_LINK.match(between) or _RANGE.match(between)):
            continue
        found[i] = _borrow(here, following, text)
    return [q for q in found if q.kind != "plain"]


def _borrow(here: Quantity, following: Quantity, text: str) -> Quantity:
    """``100、50、30万元`` and ``10-20%``: the number takes the unit of its neighbour."""
    digits = re.match(_ARABIC, text[following.start : following.end])
    if digits:
        written = _number(digits[0])
    else:
        numeral = text[following.start : following.end].rstrip("元圆万亿")
        written = numerals.parse(numeral) or Decimal(1)
    factor = following.value / written if written else Decimal(1)
    return Quantity(following.kind, here.value * factor, here.start, here.end, following.foreign)


def _opens_range(text: str, found: list[Quantity], index: int) -> bool:
    """补2000元、15万—25万元补3500元: the number behind 、 is the low end of the next case."""
    if index + 1 >= len(found) or found[index + 1].kind != found[index].kind:
        return False
    return _RANGE.match(text[found[index].end : found[index + 1].start]) is not None


def groups(text: str, found: list[Quantity]) -> list[Group]:
    """Neighbouring quantities of one kind joined by 、和或 (a list) or —至 (a range)."""
    result: list[Group] = []
    i = 0
    while i < len(found):
        run = [found[i]]
        while i + 1 < len(found) and found[i + 1].kind == found[i].kind:
            between = text[found[i].end : found[i + 1].start]
            next_end = found[i + 1].end
            if _RANGE.match(between) or (_FROM_ON.match(between) and _UP_TO.match(text, next_end)):
                if len(run) > 1:
                    break
                run.append(found[i + 1])
                i += 1
                result.append(Group(tuple(run), True))
                run = []
                break
            if (
                not _LINK.match(between)
                or _NEXT_CASE.match(text, next_end)
                or _opens_range(text, found, i + 1)
            ):
                break
            run.append(found[i + 1])
            i += 1
        if run:
            result.append(Group(tuple(run), False))
        i += 1
    return result
