"""Benefit money of a measure: which sums are benefits, their role and what they are per."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from babashi.reader import cues, quantities, rows, units
from babashi.reader.cues import Context
from babashi.reader.model import Amount, AmountRole
from babashi.reader.paragraphs import Paragraph
from babashi.reader.quantities import Group

_NO_BENEFIT: Final = re.compile(
    r"追回|追缴|骗取|罚款|处罚|处以|例如|举例|比如|截至目前|已累计|[已共](?:兑现|兑付|发放|拨付)"
    r"|累计(?:兑现|兑付|发放(?!时间|期限|期|次数)|拨付)"
    r"|是指|所称|注册资本不|自筹|人工成本|专项债|债券额度|预算执行|政府投资项目|到期贷款"
)
# 力争带动消费3亿元: what is hoped for; a sum before these words is not
_HOPED: Final = re.compile(
    r"力争|预计|确保实现|目标(?:是|为|：)|(?:总体|工作|发展|主要|年度)目标(?!任务|考核)"
)
# 50万元以上的报县政府审定
_DECIDED: Final = re.compile(r"报区?市?县?政府|审议|审定|一事一议")
_FROM: Final = re.compile(
    r"^[^，。；]{0,4}(?:提高|上调|增加?|扩大|扩充|充实|调整|提升|提|下调|降低|降|调)(?:到|至|为)"
)
_FROM_BEFORE: Final = re.compile(
    r"(?:由|从)(?:现行|原来|原有|原|目前|上年)?(?:的)?(?:补[助贴]|奖励|给予)?(?:最高|最低"
    r"|不超过)?(?:每[^，。；\d]{1,8})?$"
)
_POT_BEFORE: Final = re.compile(
    r"(?:安排|单列|设立|设置|筹集|筹措|(?<!资金)投入|统筹|列支|出资(?!额)|整合|预算|投放|募集|组建|切块"
    r"|新增安排|用好|落实好|拿出|挤出|注资|注入|筹资)(?!的)[^，。；\d]{0,30}$"
)
_POT_NOUN: Final = re.compile(r"资金|经费|基金|资金池|专项|预算|消费券|券|贷款规模|信贷|再贷款|额度")
# 设立不少于200万元专项补贴, 投入600万元举办促销活动: the pot is named by its verb alone
_POT_SET_UP: Final = re.compile(r"(?:设立|单列)(?:总?规模)?(?:不低于|不超过|约|最高)?$")
_POT_SPENT: Final = re.compile(
    r"(?:投入|安排|拿出|统筹)(?:财政|专项)?(?:资金|经费)?(?:不低于|约|最高|不超过)?$"
)
_VOUCHERS: Final = re.compile(r"(?:发放|投放)[^，。；\d每]{0,12}券[^，。；\d每]{0,3}$")
_SMALLEST_POT: Final = 100_000  # yuan: 发放消费券50元 is what one receives
_SPENT_ON: Final = re.compile(
    r"(?:资金|经费)?，?(?:用于|用以|举办|开展|组织|实施|发放|投放|支持开展"
    r"|分[^，。；\d]{0,24}[轮期批次档][^，。；\d]{0,4}(?:发放|投放))"
)
_POT_YEARLY: Final = re.compile(
    r"(?:财政|每年|全年|年度|年内)[^，。；\d]{0,12}(?:安排|列支|拿出|预算)[^，。；\d]{0,8}$"
)
# 向担保公司增资2000万元, 注资500万元组建担保中心: what the public purse puts into an institution
_CAPITAL: Final = re.compile(
    r"(?:财政|国资|总公司|集团|政府|平台公司)[^，。；\d]{0,16}(?:注资|增资|增加注册资本|出资)$"
)
_FOUNDS: Final = re.compile(r"(?:，使|，?(?:用于)?(?:组建|设立|成立|建立|充实|参股|壮大))")
_HANDED_OUT: Final = re.compile(r"共计?(?:发放|投放)[^，。；\d]{0,4}$")
# 筹措2亿元，设立…基金
_SET_UP_FOR: Final = re.compile(r"^，(?=(?:设立|组建|建立|成立)[^，。；]{2,20}(?:基金|资金))")
# （投资概算为：…）: what a thing costs, not what is granted
_ESTIMATE: Final = re.compile(r"（(?:投资|造价|费用|成本)?(?:概算|估算|测算|例如|如|注)[^（）]{0,300}$")
_POT_DIRECT: Final = re.compile(
    r"(?:(?<!投资)(?<!资产)(?<!收入)(?<!营收)(?<!产值)(?<!销售)(?<!募资)(?<!融资)(?<!管理)(?<!产业)规模"
    r"|资金总额|资金总量|(?<!管理)资金规模|(?<!管理)基金规模|发放总?额度?|发放规模|总盘子|总预算|预算总?额|奖金池(?:总额)?"
    r"|总奖金|奖池"
    r"|资金池|总额度|总资金|资金量)"
    r"(?:为|达到?|约|不低于|不少于|不超过|最高|控制在|[^，。；\d]{0,4})$"
)
_TOTAL: Final = re.compile(
    r"(?<!贷款)(?<!投资)(?<!销售)(?<!交易)(?<!纳税)(?<!产值)(?<!出口)(?<!合同)(?<!授信)(?<!成交)(?:总额"
    r"|总量|总计|额度共计|合计|总金额|总面额)[^，。；\d]{0,8}$"
)
_POT_GROWS: Final = re.compile(
    r"(?:(?:基金|资金|资金池)(?:总?规模)|(?:缓释|准备|补偿|周转)金|资金池)[^，。；]{0,20}"
    r"(?:增加?|扩大|提高|扩充|充实)(?:到|至)$"
)
_IN_BUDGET: Final = re.compile(r"[^，。；\d]{0,6}，?(?:纳入|列入)[^，。；\d]{0,8}预算")
# 每人2000元；招用残疾人的提高至3000元: the same price for a better case
_RAISED_CASE: Final = re.compile(r"[，；][^，。；\d每最总]{2,30}(?:上浮|提高|增加|上调|调整)(?:到|至|为)$")
_FIRST_COME: Final = re.compile(
    r"，?(?:按照?[^，。；]{0,24})?(?:先[到报申领]先[得发兑领]|[^，。；]{0,2}(?:用|发|兑|领|售)完|额满)"
)
_WHOLE: Final = re.compile(
    r"消费券|券|基金|全[区市县省]|年度(?:奖励|补贴|补助|资金)?总|每年度?(?:奖励|补贴|资助)?(?:资金)?总"
)
# 按流片费的70%补助，年度补助总额最高300万元 and 对…的，年度总额 limit what one beneficiary gets
_FOR_SOME: Final = re.compile(r"对[^，。；]{2,40}的(?:企业|单位|机构|项目)?，年度")
_SINGLE: Final = re.compile(r"每(?!年)|单[个家户笔项]|同一|个体|一家|[一每]户|[^，]个企业")
_VALUE_STEP: Final = re.compile(
    r"每(?:(?:再|新|同比|环比|净)?(?:引进|增加?|新增|递增|净增|突破|高于|提高|超过|超出|超|满|达到?|增长"
    r"|完成|实现|投资|销售|出口|进口|实缴|消费"
    r"|缴纳|融资)(?:(?!奖|补|给|不超|不低|最)[^，。；\d每]){0,8})?$"
)


# 每确权1000万元奖励1万元: the step, whose grant follows at once
_STEP_NAMED: Final = re.compile(r"每(?![家人户年月名台辆亩吨次场件位个项天日生])[^，。；\d每]{2,8}$")
_GRANT_AT_ONCE: Final = re.compile(
    r"的?，?(?:给予|再)?(?:奖励|补[助贴]|资助)[^，。；\d]{0,8}\d+(?:\.\d+)?[万亿]?元"
)
# 分三年拨付，即2025年5万元、2026年…: instalments of a sum that was already named
_INSTALMENT: Final = re.compile(
    r"分(?!别)[^，。；]{1,6}(?:年|期|次|批|阶段)度?[^，。；]{0,6}(?:拨付|兑现|发放|支付|兑付"
    r"|给予)[^。；）]{0,40}(?:即|年|期|次)[^，。；\d每最]{0,8}$|（第一年[^（）]{0,60}$"
)


# 奖励60万元，分三年按10万、20万、30万兑现
_SPLIT: Final = re.compile(r"分[一二两三四五六\d]{1,2}个?(?:年度?|期|批|次|阶段)[^，。；）\d]{0,8}$")
# 用人单位按不低于每月1000元发放实习补贴: what the employer pays
_PAID_AS_WAGE: Final = re.compile(r"(?:用人|见习|用工|实习|招用)单位(?:按|以|应)[^，。；\d补贴]{0,10}$")
# 每人1000元，其中区级承担500元: who pays how much of it
_BORNE: Final = re.compile(r"其中[^。；]{0,80}(?:承担|负担|出资)[^，。；\d]{0,2}$")
# 每亩2000元，其中中央1500元、省级500元: from which purse it comes
_PURSES: Final = re.compile(
    r"其中[：，]?(?:由)?(?:中央|省级?以上财政|[省市区县](?:级|本级)?财政"
    r"|[省市区县]级?资金|[省市区县]级[^，。；\d]{0,2}$)[^。；补奖]{0,40}$"
)
# 户均5000元，其中3000元由省级资金列支
_PAID_FROM: Final = re.compile(r"由[^，。；\d]{1,14}(?:列支|承担|负担|解决|安排)")
# 标准3A级为5万元，4A级为10万元: the next step of a scale
_NEXT_STEP: Final = re.compile(r"[，、](?![^，]{0,12}(?:贷款|授信|价|缴费))[^，。；、投资收入产值]{1,12}为")


# 每次赔偿不超过20万元，其中医疗费用不超过4万元
_OF_WHICH: Final = re.compile(r"(?:以内)?，其中[^，。；\d]{2,10}(?:不超过|最高|限额为?|上限为?)")


_BETTER_CASE: Final = re.compile(
    r"(?:/[^，。；\d]{1,6})?，[^，。；每最总]{2,20}(?:的，?(?:再|给予)?(?:奖励?|补[贴助]?)(?:标准为?)?|按照?)"
)


_UP_TO_EACH: Final = re.compile(r"以内[^，。；\d]{0,6}，[^，。；\d投收产]{2,12}")


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
    priced: bool = False  # the last sum that is no ceiling was a price for each unit

    def continues(self, group: Group, context: Context) -> bool:
        """Whether the sum stands in one list with the one before it and is of its size."""
        return units.continues(context.link) and group.members[0].value <= 20 * self.value

    def is_better_case(self, group: Group, context: Context) -> bool:
        """每人次奖励20元，连住两晚的奖励50元: the price for those who do a little more."""
        better = _BETTER_CASE.fullmatch(context.link or "")
        return better is not None and self.value < group.members[0].value <= 3 * self.value


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
            if group.kind != "money" or any(q.foreign for q in group.members):
                continue
            context = cues.context_of(text, group, found[index - 1] if index else None)
            verdict, sure = _verdict(text, group, context, state, leaning or listed)
            role = None
            if verdict is False:
                role = _role(text, group, context, state)
                result.extend(_entries(raw, paragraph, group, context, role, sure))
            part = state.role == "total_budget" and context.link is not None and verdict
            state.verdict, state.role = verdict, "total_budget" if part else role
            state.priced = state.priced if role == "cap" else role == "per_unit"
            state.sentence_start, state.value = context.sentence_start, group.members[-1].value
    return result


def _verdict(text: str, group: Group, context: Context, state: _State, leaning: bool) -> tuple[bool, bool]:
    """(is a threshold, the words say so)."""
    if _is_no_grant(text, group, context):
        return True, True
    follows = context.link is not None and state.verdict is False
    if follows and _SPLIT.search(context.link or ""):
        return True, True
    if follows and re.match(r"（(?:其中|含|包括)", context.link or ""):
        return False, True
    if _is_pot(text, group, context) and not re.match(
        r"(?:（[^）]{0,8}）)?(?:及)?以[上下]|[^，。；]{0,4}的[，企项单](?![^，。；]{0,12}(?:基金|资金(?!的)))",
        context.after,
    ):
        return False, True
    if follows and _NEXT_STEP.fullmatch(context.link or ""):
        return False, False
    if follows and state.role == "cap" and _under_one_ceiling(context):
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


def _is_no_grant(text: str, group: Group, context: Context) -> bool:
    """Whether the sum is a fine, a hope, an estimate, an instalment, or the level that is left behind."""
    before, after = context.before, context.after
    sentence = text[context.sentence_start : context.sentence_end]
    so_far = sentence[: group.start - context.sentence_start]
    if cues.is_worked_out(text, context):
        return True
    if _FROM.match(after) and _FROM_BEFORE.search(before):
        return True
    granted = re.search(r"给予[^，。；]{0,12}$|奖励$|补[助贴]$", before) or (
        re.search(r"按照?$", before) and re.match(r"的?(?:标准)?(?:给予)?(?:奖励|补[助贴])", after)
    )
    decided = _DECIDED.search(context.clause + after.split("，")[0])
    if (_HOPED.search(so_far) or _NO_BENEFIT.search(sentence) or decided) and not granted:
        return True
    if _ESTIMATE.search(text[max(0, group.start - 300) : group.start]) or _VALUE_STEP.search(before):
        return True
    if _PAID_AS_WAGE.search(before) and re.match(r"[^，。；\d]{0,6}(?:发放|支付)", after):
        return True
    if before.endswith(("（价值", "（市值", "（原价")):
        return True
    if re.match(r"的?(?:台阶|整数倍|档次?|关口|大关)", after):
        return True
    if _STEP_NAMED.search(before) and _GRANT_AT_ONCE.match(after):
        return True
    if context.link is not None and "其中" in context.link and _PAID_FROM.match(after):
        return True
    return context.link is not None and bool(
        _INSTALMENT.search(so_far) or _BORNE.search(so_far) or _PURSES.search(so_far)
    )


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
    if _is_pot(text, group, context):
        return "total_budget"
    grown = re.search(r"累计(?![^，。；]{0,2}给予)[^，。；\d]{0,6}$", context.clause)
    if state.role == "total_budget" and grown and not _SINGLE.search(context.clause):
        return "total_budget"
    if state.role == "total_budget" and re.search(r"首期[^，。；\d]{0,4}$", context.clause):
        return "total_budget"
    if state.priced and _RAISED_CASE.search(text[max(0, group.start - 60) : group.start]):
        return "per_unit"
    bound = cues.bound(_last_words(context), context.after)
    if bound is None and _inherits(context, state):
        return "cap"
    if bound == "cap":
        return "cap"
    if bound == "floor":
        return "floor"
    if units.is_unit_price(text, group, context):
        return "per_unit"
    if state.role == "per_unit" and (state.continues(group, context) or state.is_better_case(group, context)):
        return "per_unit"
    return "fixed"


def _last_words(context: Context) -> str:
    """The clause before the number, without what belongs to an earlier number of the same clause."""
    words = cues.last_words(context)
    if context.link is not None and len(context.link) < len(words):
        words = context.link
        if re.search(r"^(?:、|和|及|或)?$", words) or _FROM.match(words):
            words = context.clause
    return words


def _inherits(context: Context, state: _State) -> bool:
    """``最高奖励国家级100万元、省级50万元``: the ceiling covers the second sum too."""
    if state.role != "cap" or context.link is None or state.sentence_start != context.sentence_start:
        return False
    short = re.fullmatch(r"(?:、|和|及|或|（(?:其中)?(?:含|包括)?)[^，。；\d每]{0,14}", context.link)
    return bool(short) and not re.search(r"奖励$|给予|再奖", context.link)


def _is_pot(text: str, group: Group, context: Context) -> bool:
    clause = context.clause
    near = _SET_UP_FOR.sub("", context.after[:30])[:22].split("，")[0]
    if _SINGLE.search(clause) or re.match(r"/(?:[家户个人]|企业|单位|项目|机构)", context.after):
        return False
    if (
        re.match(
            r"^(?:以上)?[^，。；]{0,4}(?:且|并|的，|，且|的(?:企|项|单)(?![^，。；]{0,12}(?:基金|资金(?!的))))",
            context.after,
        )
        or "且每年总额" in clause
    ):
        return False
    if re.search(r"(?:经费|资金)[^，。；\d]{0,8}$", clause) and _IN_BUDGET.match(context.after):
        return True
    if re.search(r"列支$", clause) and near.startswith("用于"):
        return True
    if _POT_DIRECT.search(clause) or _POT_YEARLY.search(clause) or _POT_SET_UP.search(clause):
        return True
    if _POT_GROWS.search(clause) or (_CAPITAL.search(clause) and _FOUNDS.match(context.after)):
        return True
    if _HANDED_OUT.search(clause) and group.members[0].value >= _SMALLEST_POT:
        return True
    if _VOUCHERS.search(clause) and group.members[0].value >= _SMALLEST_POT:
        return True
    if _POT_SPENT.search(clause) and _SPENT_ON.match(context.after):
        return True
    if _POT_BEFORE.search(clause) and _POT_NOUN.search(clause[-24:] + near):
        return not re.search(r"^[^，。；]{0,6}(?:奖励|补助|补贴)(?!资金|经费)", near)
    sentence = text[context.sentence_start : context.sentence_end]
    if _TOTAL.search(clause):
        if _FIRST_COME.match(context.after):
            return True
        lower = bool(re.search(r"不低于|不少于|约", clause[-8:]))
        granted = context.link is not None or _FOR_SOME.search(sentence)
        return lower or (bool(_WHOLE.search(sentence)) and not _SINGLE.search(sentence) and not granted)
    return bool(
        group.members[0].value >= _SMALLEST_POT
        and re.search(r"(?:发放|投放)[^，。；\d]{0,6}$", clause)
        and re.match(r"^[^，。；]{0,12}券", near)
    )
