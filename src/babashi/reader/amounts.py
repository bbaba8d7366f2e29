"""Benefit money of a measure: which sums are benefits, their role and what they are per."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from babashi.reader import cues, quantities
from babashi.reader.cues import Context
from babashi.reader.model import Amount, AmountRole
from babashi.reader.paragraphs import Paragraph
from babashi.reader.quantities import Group

_NO_BENEFIT: Final = re.compile(
    r"追回|追缴|骗取|罚款|处罚|处以|例如|举例|比如|力争|目标|预计|截至目前|已累计|已兑现"
    r"|报区?市?县?政府|审议|审定|一事一议"
    r"|是指|所称|注册资本不|应当?缴|自筹|人工成本|专项债|债券额度|预算执行|政府投资项目|到期贷款"
)
_FROM: Final = re.compile(r"^[^，。；]{0,4}(?:提高|上调|增加|调整|提升|下调|降低|降|调)(?:到|至|为)")
_FROM_BEFORE: Final = re.compile(r"(?:由|从)(?:现行|原来|原有|原|目前|上年)?(?:的)?(?:每[^，。；\d]{1,8})?$")
_POT_BEFORE: Final = re.compile(
    r"(?:安排|设立|设置|筹集|筹措|投入|统筹|列支|出资|整合|预算|投放|募集|组建|切块"
    r"|新增安排)(?!的)[^，。；\d]{0,30}$"
)
_POT_NOUN: Final = re.compile(r"资金|经费|基金|资金池|专项|预算|消费券|券|贷款规模|信贷|再贷款")
_POT_YEARLY: Final = re.compile(r"(?:财政|每年)[^，。；\d]{0,12}安排[^，。；\d]{0,8}$")
# （投资概算为：…）: what a thing costs, not what is granted
_ESTIMATE: Final = re.compile(r"（(?:投资|造价|费用|成本)?(?:概算|估算|测算|例如|如|注)[^（）]{0,300}$")
_POT_DIRECT: Final = re.compile(
    r"(?:总?规模|资金总额|资金总量|资金规模|基金规模|发放总?额度?|发放规模|总盘子|总预算|预算总?额"
    r"|资金池|总额度|总资金|资金量)"
    r"(?:为|达到?|约|不低于|不少于|不超过|最高|控制在|[^，。；\d]{0,4})$"
)
_TOTAL: Final = re.compile(r"(?:总额|总量|总计|合计|总金额|总面额)[^，。；\d]{0,8}$")
_WHOLE: Final = re.compile(
    r"消费券|券|基金|全[区市县省]|年度(?:奖励|补贴|补助|资金)?总|每年度?(?:奖励|补贴|资助)?(?:资金)?总"
)
_SINGLE: Final = re.compile(r"每(?!年)|单[个家户笔项]|同一|个体|一家|[一每]户|[^，]个企业")
_EACH: Final = re.compile(r"(?:每|按|一)(?P<unit>[^，。；：、\d（]{1,24})")
_PER_AFTER: Final = re.compile(r"^(?:人民币)?(?:/|每)(?P<unit>[一-龥㎡·TEUkWh]{1,8}(?:[/·][一-龥]{1,3})?)")
_ENTITY: Final = re.compile(
    r"^(?:新?认定的?|新增的?|引进)?(?:一?[家户]|一?个?(?:企业|单位|机构|项目|园区|基地|平台|载体"
    r"|团队|集群|中心|商会|协会|街区|工作室|实验室)|一?[项个](?!人|月|标?准?展位|国?际?标准?展位|展"
    r"|摊位|床位|岗|工位|标箱|箱|车位|充电|桩|学时|班列|航班|劳动|职工|员工|学员|就业|新增就业))"
)
_PERSON: Final = re.compile(r"^(?:一?[人名位])(?!次|均|才库)")
_PERIOD: Final = re.compile(r"^(?:一)?(?:年|个?年度|届|期|批|季)")
_SHORT_PERIOD: Final = re.compile(r"[人名户家]?(?:每|/|·)?(?:个?月|天|日|晚|小时|学时|课时)")
_EMPLOYER: Final = re.compile(
    r"招用|吸纳|新招|招聘|新增就业|带动就业|输送|介绍|培训|推荐|培养|每增加|见习|组织|每引进|安置|用工|岗"
)
_STEP_GRANT: Final = re.compile(
    r"每(?:成功|新|再|多|全职|柔性|首次|当年)?(?:增加|新增|推荐|引进|引荐|招用|招聘|吸纳|吸引|输送|培养|培育|培训|举办"
    r"|承办|新开通|开通|完成|超过|超|增长|减少|出口|进口"
    r"|销售|引培|转化|促成|达成|安置|聘用|接待|组织|发展|建设|新建|建成|满|带动|录用)"
)
_VALUE_STEP: Final = re.compile(
    r"每(?:(?:再|新)?(?:增加|新增|超过|超出|超|满|达到?|增长|完成|实现|投资|销售|出口|进口|实缴|消费"
    r"|缴纳|融资)[^，。；\d每]{0,8})?$"
)


# 分三年拨付，即2025年5万元、2026年…: instalments of a sum that was already named
_INSTALMENT: Final = re.compile(
    r"分[^，。；]{1,6}(?:年|期|次|批|阶段)度?[^，。；]{0,6}(?:拨付|兑现|发放|支付|兑付"
    r"|给予)[^。；]{0,40}(?:即|年|期|次)[^，。；\d每最]{0,8}$"
)


@dataclass(slots=True)
class _State:
    """What the previous money group of the paragraph was, for lists that name the verb only once."""

    verdict: bool | None = None  # True: threshold
    role: AmountRole | None = None
    sentence_start: int = -1


def find_amounts(paragraphs: Iterable[Paragraph], raw: str, *, leaning: bool) -> list[Amount]:
    """All benefit sums of the paragraphs. ``leaning``: the item grants something, so a bare sum counts."""
    result: list[Amount] = []
    for paragraph in paragraphs:
        text = paragraph.text
        found = quantities.groups(text, quantities.find(text))
        state = _State()
        for index, group in enumerate(found):
            if group.kind != "money" or any(q.foreign for q in group.members):
                continue
            context = cues.context_of(text, group, found[index - 1] if index else None)
            verdict, sure = _verdict(text, group, context, state, leaning)
            role = None
            if verdict is False:
                role = _role(text, group, context, state)
                result.extend(_entries(raw, paragraph, group, context, role, sure))
            state.verdict, state.role = verdict, role
            state.sentence_start = context.sentence_start
    return result


def _verdict(text: str, group: Group, context: Context, state: _State, leaning: bool) -> tuple[bool, bool]:
    """(is a threshold, the words say so)."""
    sentence = text[context.sentence_start : context.sentence_end]
    if _FROM.match(context.after) and _FROM_BEFORE.search(context.before):
        return True, True
    if _NO_BENEFIT.search(sentence) and not re.search(
        r"给予[^，。；]{0,12}$|奖励$|补[助贴]$", context.before
    ):
        return True, True
    if _ESTIMATE.search(text[max(0, group.start - 300) : group.start]):
        return True, True
    if _VALUE_STEP.search(context.before):
        return True, True
    if context.link is not None and _INSTALMENT.search(sentence[: group.start - context.sentence_start]):
        return True, True
    if context.link is not None and state.verdict is False and re.match(r"（(?:其中|含|包括)", context.link):
        return False, True
    if _is_pot(text, context) and not re.match(
        r"(?:（[^）]{0,8}）)?(?:及)?以[上下]|[^，。；]{0,4}的[，企项单]", context.after
    ):
        return False, True
    threshold = cues.is_threshold(context)
    if threshold is not None:
        return threshold, True
    if context.link is not None and state.verdict is not None:
        if state.role == "total_budget" and "其中" in sentence:
            return True, False
        if not (state.verdict and "，" in context.link):
            return state.verdict, False
    if state.verdict is False:
        return False, False
    return not leaning, False


def _entries(
    raw: str, paragraph: Paragraph, group: Group, context: Context, role: AmountRole, sure: bool
) -> list[Amount]:
    entries: list[Amount] = []
    per = _per(context)
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
    if _is_pot(text, context):
        return "total_budget"
    bound = cues.bound(_last_words(context), context.after)
    if bound is None and _inherits(context, state):
        return "cap"
    if bound == "cap":
        return "cap"
    if bound == "floor":
        return "floor"
    if _is_unit_price(text, group, context):
        return "per_unit"
    return "fixed"


def _last_words(context: Context) -> str:
    """The clause before the number, without what belongs to an earlier number of the same clause."""
    words = context.clause
    if context.link is not None and len(context.link) < len(words):
        words = context.link
        if re.search(r"^(?:、|和|及|或)?$", words):
            words = context.clause
    return words


def _inherits(context: Context, state: _State) -> bool:
    """``最高奖励国家级100万元、省级50万元``: the ceiling covers the second sum too."""
    if state.role != "cap" or context.link is None or state.sentence_start != context.sentence_start:
        return False
    short = re.fullmatch(r"(?:、|和|及|或|（(?:其中)?(?:含|包括)?)[^，。；\d每]{0,14}", context.link)
    return bool(short) and not re.search(r"奖励$|给予|再奖", context.link)


def _is_pot(text: str, context: Context) -> bool:
    clause = context.clause
    near = context.after[:22].split("，")[0]
    if _SINGLE.search(clause):
        return False
    if _POT_DIRECT.search(clause) or _POT_YEARLY.search(clause):
        return True
    if _POT_BEFORE.search(clause) and _POT_NOUN.search(clause[-24:] + near):
        return not re.search(r"^[^，。；]{0,6}(?:奖励|补助|补贴)(?!资金|经费)", near)
    sentence = text[context.sentence_start : context.sentence_end]
    if _TOTAL.search(clause):
        lower = bool(re.search(r"不低于|不少于|约", clause[-8:]))
        return lower or (bool(_WHOLE.search(sentence)) and not _SINGLE.search(sentence))
    return bool(
        re.search(r"(?:发放|投放)[^，。；\d]{0,6}$", clause) and re.match(r"^[^，。；]{0,12}券", near)
    )


def _is_unit_price(text: str, group: Group, context: Context) -> bool:
    sentence = text[context.sentence_start : context.sentence_end]
    value = max(q.value for q in group.members)
    after = _PER_AFTER.match(context.after)
    if after:
        return _unit_prices(after["unit"], sentence, value >= 10_000)
    if re.search(r"每(?:再|新)?(?:增加|新增|超过|超|满|达到?)?\d[^，。；]{0,14}$", context.clause):
        return True
    words = _without_brackets(context.clause if context.link is None else context.link)
    if re.search(r"每[人名位]每?年", words):
        return True
    units = [m["unit"] for m in re.finditer(r"(?:每|按)(?P<unit>[^，。；：、\d（每]{1,24})", words)]
    each = [u for u in units if u]
    if "每" in words:
        return any(_unit_prices(u, sentence, value >= 10_000) for u in each) or bool(
            re.search(r"每[人名位家户]?每?个?(?:月|天|日|晚)", words)
        )
    if re.search(r"各$|各(?:给予|奖励)?$", context.before):
        return False
    return bool(_steps_before(text, context))


def _steps_before(text: str, context: Context) -> bool:
    """``每成功推荐1个企业…的，给予1万元奖励``: the unit stands in an earlier clause of the sentence."""
    head = text[context.sentence_start : context.sentence_end]
    position = head.find(context.clause) if context.clause else len(head)
    earlier = _without_brackets(head[: position + len(context.clause)])
    steps = list(_STEP_GRANT.finditer(earlier))
    if not steps:
        return bool(re.search(r"每(?:架次|列|趟|班次|航次|辆|台)[^。；\d]{0,16}[^。；]{0,16}$", earlier))
    between = earlier[steps[-1].end() :]
    return not re.search(r"各$", context.before) and not re.search(
        r"\d+(?:\.\d+)?[万亿]?元[^，。；]{0,4}(?:奖|补)", between
    )


def _without_brackets(words: str) -> str:
    """Words without bracketed asides, also one that was cut open on the left."""
    words = re.sub(r"（[^（）]{0,60}）", "", words)
    return re.sub(r"^[^（）]{0,60}）", "", words)


def _unit_prices(unit: str, sentence: str, large: bool) -> bool:
    """Whether a price per this unit is a unit price rather than a sum for the beneficiary itself."""
    if _SHORT_PERIOD.search(unit[:6]):
        return True
    if _PERIOD.match(unit):
        return bool(_PERSON.match(unit[1:])) or "人" in unit[:4]
    if _PERSON.match(unit):
        if re.match(r"^[人名位](?:每|/|·)?年", unit):
            return True
        if _EMPLOYER.search(sentence):
            return True
        return not (large or "一次性" in sentence)
    if _STEP_GRANT.match("每" + unit):
        return True
    if _ENTITY.match(unit):
        return False
    return bool(re.match(r"^[一-龥㎡TEUkWh]", unit)) and not re.match(
        r"^(?:照|标准|规定|比例|程序|要求|不|最)", unit
    )


def _per(context: Context) -> str:
    """What a sum is per, in the words of the notice; empty if they don't say."""
    after = _PER_AFTER.match(context.after)
    if after:
        return after["unit"]
    found = re.findall(r"每([^，。；：、\d（不最给奖补]{1,10})", context.clause)
    if found:
        return "每".join(found)[:16]
    single = re.search(
        r"(单[个家户项笔场][^，。；\d不最每年]{0,6}|同一[^，。；\d不最每年]{0,6})", context.clause
    )
    return single[1] if single else ""
