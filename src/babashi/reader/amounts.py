"""Benefit money of a measure: which sums are benefits, their role and what they are per."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from babashi.reader import credit, cues, pots, quantities, rows, ungranted, units
from babashi.reader.context import Context, context_of
from babashi.reader.model import Amount, AmountRole
from babashi.reader.paragraphs import Paragraph
from babashi.reader.quantities import Group

# 每人2000元；招用残疾人的提高至3000元: the same price for a better case
_RAISED_CASE: Final = re.compile(r"[，；][^，。；\d每最总]{2,30}(?:上浮|提高|增加|上调|调整)(?:到|至|为)$")


# 奖励60万元，分三年按10万、20万、30万兑现
_SPLIT: Final = re.compile(r"分[一二两三四五六\d]{1,2}个?(?:年度?|期|批|次|阶段)[^，。；）\d]{0,8}$")
# 标准3A级为5万元，4A级为10万元: the next step of a scale
_NEXT_STEP: Final = re.compile(
    r"(?:/[一-龥·]{1,8})?[，、；（](?![^，；]{0,16}(?:贷款|授信|价|缴费|金额))[^，。；投资收入产值]{1,40}?(?:分别|各)?为"
)
# 换购铅酸电池的再加100元, 每带动1人增加800元: on top of what was granted just before
_ADDED: Final = re.compile(
    r"(?:再|另|另外|另行|额外|一次性|每[^，。；每]{1,8}|最多|最高|可|的)(?:增?加|追加|增补|加补|增发|加发|加奖|增)"
    r"(?:补[贴助]?|奖励?|发放?)?(?:每[^，。；\d每]{1,4})?$"
    r"|(?:加补|增补|追加|加奖|另补|另奖|另加|另增|再增|再加|再追加)(?:补贴|补助|奖励|发放)?$"
)
_PLAIN_END: Final = re.compile(r"(?:的?(?:奖励|补[贴助]|资金))?(?:$|[，。；、）])")
# 每平方米优惠200元（由房企让利100元、财政补贴100元）
_SHARED_OUT: Final = re.compile(r"（(?:其中)?[：，]?由?[^（）；。\d]{2,16}(?:\d[^（）；。\d]{3,16})?")


# 每次赔偿不超过20万元，其中医疗费用不超过4万元
_OF_WHICH: Final = re.compile(r"(?:以内)?，其中[^，。；\d]{2,10}(?:不超过|最高|限额为?|上限为?)")


_BETTER_CASE: Final = re.compile(
    r"(?:/[^，。；\d]{1,6})?，[^，。；每最总]{2,20}(?:的，?(?:再|给予)?(?:奖励?|补[贴助]?)(?:标准为?)?|按照?)"
)


_UP_TO_EACH: Final = re.compile(
    r"以内[^，。；\d]{0,6}(?:，[^，。；\d投收产]{2,12}|(?:、|和|及)[^，。；\d投收产]{0,8})"
)


def _under_one_ceiling(context: Context) -> bool:
    """Whether the sum is a further ceiling of the list: 县级100万元以内补助，镇级5万元以内."""
    link = context.link or ""
    further = context.after.startswith("以内") and _UP_TO_EACH.fullmatch(link)
    return bool(further or _OF_WHICH.fullmatch(link))


@dataclass(slots=True)
class _State:
    """What the previous money group of the paragraph was, for lists that name the verb only once."""

    verdict: bool | None = None  # True: threshold
    role: AmountRole | None = None
    sentence_start: int = -1
    value: Decimal = Decimal(0)
    credit: bool = False  # the last sum was the limit of a loan
    gap: str = ""  # the words since the last sum
    unit: bool = False  # the last sum was a price for each unit
    priced: bool = False  # the last sum that is no ceiling was a price for each unit

    def continues(self, group: Group, context: Context) -> bool:
        """Whether the sum stands in one list with the one before it and is of its size."""
        if re.search(r"年终|年底", context.link or ""):
            return False
        return units.continues(context.link) and group.members[0].value <= 20 * self.value

    def is_better_case(self, group: Group, context: Context) -> bool:
        """每人次奖励20元，连住两晚的奖励50元: the price for those who do a little more."""
        better = _BETTER_CASE.fullmatch(context.link or "")
        return better is not None and self.value < group.members[0].value <= 3 * self.value


_ALWAYS_EACH: Final = 5  # yuan: 0.05元 is what one gets for each of something
# 示范企业：国家级50万元、省级30万元 and 发明专利累计10件：5万元；20件：10万元: nothing but names and sums
_LISTED: Final = re.compile(
    r"：(?:[^，。；：、\d]{0,14}(?:\d{1,6}[^，。；：、\d]{1,6}：)?\d[\d.,]{0,9}(?:[-~—至]\d[\d.,]{0,9})?[万亿]?元(?:奖励"
    r"|/[^，。；：、\d]{1,6})?(?:[，、；。]|$)){2,60}$"
)
_OTHER_MONEY: Final = re.compile(r"新[台臺][币幣]")
_ALL_OTHER: Final = re.compile(r"(?:[币幣]|[美日港]元)\s?[（(](?:以)?下同")


@lru_cache(maxsize=8)
def _in_other_money(raw: str) -> bool:
    """Whether the 元 of the whole notice is not the yuan: 新臺幣（以下同）100,000元."""
    other = _OTHER_MONEY.search(raw) is not None or _ALL_OTHER.search(raw) is not None
    return other and not re.search(r"人民[币幣]", raw)


def find_amounts(paragraphs: Iterable[Paragraph], raw: str, *, leaning: bool) -> list[Amount]:
    """All benefit sums of the paragraphs. ``leaning``: the item grants something, so a bare sum counts."""
    result: list[Amount] = []
    if _in_other_money(raw):
        return result
    paragraphs = list(paragraphs)
    table = rows.find(paragraphs, raw)
    for paragraph in paragraphs:
        text = paragraph.text
        found = quantities.groups(text, quantities.find(text))
        row = table.get(paragraph.start)
        if row is not None:
            found = [g for g in found if paragraph.view.offsets[g.start] >= row.case_end]
            result.extend(row.sums if leaning else [])
        state = _State()
        listed = _LISTED.search(text) is not None
        for index, group in enumerate(found):
            if group.kind != "money" or any(q.foreign or not q.value for q in group.members):
                continue
            context = context_of(text, group, found[index - 1] if index else None)
            state.gap = text[found[index - 1].end : group.start] if index else ""
            verdict, sure = _verdict(text, group, context, state, leaning or listed)
            role = None
            if verdict is False:
                limit = credit.is_limit(text, group, context)
                state.credit = limit or (state.credit and credit.is_next(state.gap, context.after))
                role = _role(text, group, context, state)
                result.extend(_entries(raw, paragraph, group, context, role, sure))
            part = state.role == "total_budget" and context.link is not None and verdict
            state.verdict, state.role = verdict, "total_budget" if part else role
            state.unit = role == "per_unit"
            state.priced = state.priced if role == "cap" else role == "per_unit"
            state.sentence_start, state.value = context.sentence_start, group.members[-1].value
    return result


def _verdict(text: str, group: Group, context: Context, state: _State, leaning: bool) -> tuple[bool, bool]:
    """(is a threshold, the words say so)."""
    if ungranted.is_no_grant(text, group, context):
        return True, True
    if _is_floor(text, group, context):
        return False, True
    follows = context.link is not None and state.verdict is False
    if follows and _SPLIT.search(context.link or ""):
        return True, True
    if follows and (re.match(r"（(?:其中|含(?!）)|包括)", context.link or "") or _is_share(context)):
        return False, True
    if pots.is_pot(text, group, context) and not re.match(
        r"(?:（[^）]{0,8}）)?(?:及)?以[上下](?![^，。；\d]{0,6}(?:资金|经费)用于)|[^，。；]{0,4}的[，企项单](?![^，。；]{0,12}(?:基金|资金(?!的)))",
        context.after,
    ):
        return False, True
    if state.role == "total_budget" and context.link is not None and pots.is_part(context, group):
        return False, True
    if credit.is_limit(text, group, context):
        return False, True
    if state.verdict is False and state.credit and credit.is_next(state.gap, context.after):
        return False, True
    if follows and _NEXT_STEP.fullmatch(context.link or ""):
        return False, False
    if _is_next_case(group, context, state):
        return False, True
    threshold = cues.is_threshold(context)
    if threshold is not None:
        return threshold, True
    if context.link is not None and state.verdict is not None:
        if state.role == "total_budget" and "其中" in text[context.sentence_start : context.sentence_end]:
            return True, False
        if not (state.verdict and "，" in context.link):
            return state.verdict, False
    return (False if state.verdict is False else not leaning), False


# 10万元以下的3000元: the case, then what it gets
_CASE_GETS: Final = re.compile(r"(?:（[^）]{0,6}）)?(?:(?:及)?以[上下内]|之间)?(?:（[^）]{0,6}）)?的")
# 新建的每个20万元，改建的10万元
_CASE_NAMED: Final = re.compile(r"(?:的?(?:奖励|补[助贴]))?[，；、][^，。；、\d增净超额达]{2,14}的")
# 分档上限为：总投资3000万元以下的300万元
_LIMITS_LISTED: Final = re.compile(r"(?:上限|最高|限额)(?:标准)?(?:分别)?(?:为)?：[^：]{0,120}$")
_ALL_TOGETHER: Final = 200  # times what one gets: 一辆补5000元，总额控制在2000万元以内


def _caps_them_all(group: Group, context: Context, state: _State) -> bool:
    """Whether a total is so much more than what one gets that it must be everybody's."""
    return (
        state.role == "fixed"
        and group.members[0].value >= _ALL_TOGETHER * state.value
        and pots.is_total(context.clause)
    )


def _is_next_case(group: Group, context: Context, state: _State) -> bool:
    """Whether the sum is what a further case of the list gets, or the ceiling of what the list grants."""
    if state.verdict:
        return _CASE_GETS.fullmatch(context.link or "") is not None
    if state.verdict is None:
        return False
    if _caps_them_all(group, context, state) or _is_added(context):
        return True
    if context.link is None:
        return False
    named = _CASE_NAMED.fullmatch(context.link) is not None
    return named or (state.role == "cap" and _under_one_ceiling(context))


# 每户低于1600元的，按1600元计算
_RAISED_TO_FLOOR: Final = re.compile(r"(?:的[^，。；\d]{0,8})?，?(?:一律|统一|均)?按照?(?:每[户人年月]){0,2}")
_BELOW: Final = re.compile(r"(?:低于|不足|不到|不满)$")


def _is_floor(text: str, group: Group, context: Context) -> bool:
    """Whether whoever would get less than the sum gets the sum."""
    if _RAISED_TO_FLOOR.fullmatch(context.link or "") is None or not re.match(
        "计|补|发|给|核", context.after
    ):
        return False
    sum_ = text[group.start : group.end]
    before = text[
        max(0, group.start - len(context.link or "") - len(sum_) - 4) : group.start - len(context.link or "")
    ]
    return before.endswith(sum_) and _BELOW.search(before.removesuffix(sum_)) is not None


def _is_added(context: Context) -> bool:
    """Whether the sum comes on top of the grant before it: 新能源车再加1000元."""
    added = _ADDED.search(context.clause) or re.search(r"的，(?:增?加|加补|多[补奖])$", context.before)
    added = added and _PLAIN_END.match(context.after)
    return bool(added) and not cues.THRESHOLD.search(context.clause[-8:])


def _entries(
    raw: str, paragraph: Paragraph, group: Group, context: Context, role: AmountRole, sure: bool
) -> list[Amount]:
    entries: list[Amount] = []
    per = units.per(context)
    for index, member in enumerate(group.members):
        span = paragraph.view.span(member.start, member.end)
        its_role: AmountRole = role
        if group.is_range:
            its_role = "range_low" if index == 0 else "range_high"
            span = paragraph.view.span(group.start, group.end)
        confidence = 0.95 if sure else 0.6
        quote = raw[span.start : span.end]
        entries.append(Amount(member.value, its_role, per, quote, span, confidence))
    return entries


def _role(text: str, group: Group, context: Context, state: _State) -> AmountRole:
    if _is_floor(text, group, context):
        return "floor"
    if pots.is_pot(text, group, context) or _caps_them_all(group, context, state):
        return "total_budget"
    if context.before.endswith("的") and _LIMITS_LISTED.search(
        text[max(context.sentence_start, group.start - 160) : group.start]
    ):
        return "cap"
    if state.role == "total_budget" and context.link is not None and pots.is_part(context, group):
        return "total_budget"
    if state.priced and _RAISED_CASE.search(text[max(0, group.start - 60) : group.start]):
        return "per_unit"
    if (state.credit or "合伙" in context.clause) and credit.is_by_head(context):
        return "cap" if "最高" in context.clause[-6:] or "不超过" in context.clause[-6:] else "per_unit"
    if state.credit and (credit.is_limit(text, group, context) or credit.is_next(state.gap, context.after)):
        return "cap"
    bound = cues.bound(_last_words(context), context.after)
    if bound is None and (_inherits(context, state) or (state.role == "cap" and _is_widened(context))):
        return "cap"
    if bound == "cap":
        return "cap"
    if bound == "floor":
        return "floor"
    if group.members[-1].value < _ALWAYS_EACH or units.is_unit_price(text, group, context):
        return "per_unit"
    if state.unit and _follows_price(group, context, state):
        return "per_unit"
    if state.unit and (_EACH_TOO.fullmatch(context.link or "") or _is_share(context)):
        return "per_unit"
    if state.role == "per_unit" and (
        _NEXT_STEP.fullmatch(context.link or "")
        or state.continues(group, context)
        or state.is_better_case(group, context)
    ):
        return "per_unit"
    return "fixed"


# 亚洲每人6000元、其他地区每人12000元
_SAME_UNIT: Final = re.compile(
    r"[、，](?!企业|对|招)[^，。；、\d每]{1,12}每[人次天月吨亩辆台件头只][^，。；、\d每]{0,4}"
)


# 每保荐1家，给予证券公司30万元、会计师事务所和律师事务所各10万元: for the same step
_EACH_TOO: Final = re.compile(
    r"(?:的?(?:奖励|补[助贴]))?、(?:[^，。；、\d每]{2,24}各|(?:奖励?|补[助贴]?|给予)(?!一次性)[^，。；、\d每]{2,12})"
)
# 每亩40元，其中30元补给服务组织: for the same unit
_HANDED_ON: Final = re.compile(r"(?:直接)?(?:补|奖|发|付|拨)(?:[助贴励放])?给")
_SHARED_BY: Final = re.compile(
    r"(?:，?其中[：，]?[^，。；\d]{0,6}|(?:直接)?[补奖发付拨][助贴励放]?给[^，。；\d]{1,10}[、，])"
)


def _is_share(context: Context) -> bool:
    """Whether the sum is what one of several receives of the sum before it."""
    return bool(_HANDED_ON.match(context.after) and _SHARED_BY.fullmatch(context.link or ""))


def _is_widened(context: Context) -> bool:
    """最高5万元补贴，规上企业放宽到10万元: the ceiling in a better case."""
    return context.link is not None and re.search(r"放宽(?:到|至|为)$", context.link) is not None


def _follows_price(group: Group, context: Context, state: _State) -> bool:
    """Whether a sum without a unit of its own is a price like the one before it."""
    if _SAME_UNIT.fullmatch(context.link or "") and group.members[0].value <= 20 * state.value:
        return True
    if group.members[0].value > state.value:
        return False
    added = _is_added(context) and not re.search(r"一次性|另补|另奖", context.clause)
    return added or _SHARED_OUT.fullmatch(context.link or "") is not None


def _last_words(context: Context) -> str:
    """The clause before the number, without what belongs to an earlier number of the same clause."""
    words = cues.last_words(context)
    if context.link is not None and len(context.link) < len(words):
        words = context.link
        if re.search(r"^(?:、|和|及|或)?$", words) or ungranted.FROM.match(words):
            words = context.clause
    return words


def _inherits(context: Context, state: _State) -> bool:
    """``最高奖励国家级100万元、省级50万元``: the ceiling covers the second sum too."""
    if state.role != "cap" or context.link is None or state.sentence_start != context.sentence_start:
        return False
    short = re.fullmatch(
        r"(?:/[一-龥]{1,3})?(?:、|和|及|或|（(?:其中)?(?:含|包括)?)[^，。；\d每]{0,14}", context.link
    )
    return bool(short) and not re.search(r"奖励$|给予|再奖", context.link)
