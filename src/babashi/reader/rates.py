"""Benefit rates of a measure: shares that are granted, their role and their base."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from babashi.reader import bearers, cues, divisions, levels, quantities, thresholds, wholes
from babashi.reader.context import Context, context_of
from babashi.reader.cues import GRANT_NOUN
from babashi.reader.model import Rate, RateRole
from babashi.reader.paragraphs import Paragraph
from babashi.reader.quantities import Group

_GRANT_NEAR: Final = re.compile(
    rf"给予|予以|按|按照|(?:{GRANT_NOUN})|补|比照|参照|享受|承担|负担|分担|买单|埋单|(?:再|均|平均|统一|上)降$|出(?:资|的)?$|计提|计算|扣除|征收|减征|比例"
    rf"|额度为|标准|兜底|让利|代偿|优惠|资助|担保|保证(?!金)|额度|上限|暂退|拨付|拨给|支付|收取|返|抵扣"
    rf"|抵用|提供|让渡|减少$|减缴|补足|补齐|抵减|抵免|立减|[免减补收]$|下调|降低|下浮|减收|归(?![属口集还])"
)
_AFTER_LIMIT: Final = re.compile(
    r"^(?:（[^）]{0,10}）)?(?:及|或)?以上|^的?(?:企业|单位|项目|机构|人员|个体)[，的]|^的[，、；。]|^的，"
    r"|^的?部分"
)
_OF_BENEFIT: Final = re.compile(rf"^的?(?:比例|标准|额度|[^，。；（\d]{{0,14}}(?:{GRANT_NOUN}))")
_BASE: Final = re.compile(
    r"(?:按照?|按其|给予|补贴|补助|奖励|对|以|其|，|、|：|不超过|不高于"
    r"|最高)(?P<base>[^，。；、：\d]{2,30}?)(?:的)?$"
)


# 不超过甲类投资额20%、乙类投资额15%的标准: one ceiling for all
_GOES_ON: Final = re.compile(
    r"、(?![^，。；]{0,24}(?:给予|按|奖|不低于|至少))[^，。；\d]{0,8}(?:\d级)?[^，。；\d]{1,16}"
)


def find_rates(paragraphs: Sequence[Paragraph], raw: str, *, leaning: bool) -> list[Rate]:
    """All benefit rates of the paragraphs."""
    result = [rate for paragraph in paragraphs for rate in _in_paragraph(paragraph, raw, leaning)]
    result.extend(wholes.find_wholes(paragraphs, raw))
    return sorted(result, key=lambda rate: rate.span.start)


def _in_paragraph(paragraph: Paragraph, raw: str, leaning: bool) -> list[Rate]:
    result: list[Rate] = []
    text = paragraph.text
    groups = quantities.groups(text, quantities.find(text))
    capped = False  # whether the share before is a ceiling
    refused = False  # whether the share before is a figure to be reached
    for index, group in enumerate(groups):
        if group.kind != "share":
            continue
        context = context_of(text, group, groups[index - 1] if index else None)
        follows = bool(result)  # whether a share of the paragraph has been granted already
        verdict = _is_benefit(text, group, context, leaning)
        if refused and _is_next_figure(context):
            verdict = 0.0
        elif not verdict and _goes_on(text, group, context, follows):
            verdict = 0.6
        refused = not verdict
        if not verdict and follows and _is_better_case(context):
            verdict = 0.6
        if not verdict:
            continue
        entries = _entries(raw, paragraph, group, context, verdict)
        if capped and context.link is not None and _GOES_ON.fullmatch(context.link):
            entries = [replace(e, role="cap") if e.role == "fixed" else e for e in entries]
        capped = entries[0].role == "cap"
        result.extend(entries)
    return result


def _goes_on(text: str, group: Group, context: Context, follows: bool) -> bool:
    """Whether the share is of a further part, or raises a sum that was granted before it."""
    if follows and re.search(r"部分[，：]?(?:按|奖|补)?$", context.before):
        return True
    near = max(0, group.start - 2 * bearers.NEAR)
    return _is_more(context) and _GRANTS.search(text, near, group.start) is not None


def _is_better_case(context: Context) -> bool:
    """Whether the share is what was granted before, raised for a better case: 其中智能化项目提高至12%."""
    return bool(
        _GROWN.search(context.before)
        and not _KEPT.search(context.before)
        and not divisions.ORDERS.search(context.clause)
        and not _FIGURE_MOVED.search(context.clause)
        and _ENDS.match(context.after)
    )


# 补贴比例再提高2个百分点, 在此基础上提高1‰, 省财政再补10个百分点: more of what is granted
_MORE_GRANTED: Final = re.compile(
    r"(?:补[贴助]|奖励|奖补|资助|贴息|支持|报销|返还|补偿|配套|赔付)(?:资金)?(?:比例|标准|额度|率)?[^，。；\d]{0,8}(?<!可)(?<!可以)"
    r"(?:提高|增加|上浮|上调|追加)$"
    r"|(?:在此|上述|前述|原有?|该|此)[^，。；\d]{0,8}(?:基础|标准|比例)上?(?:再|可|另|均|各|，)*(?:提高|增加|上浮|上调|追加)$"
    r"|再(?:补|奖|补贴|补助|奖励|给予)$|(?:在此|上述|该)[^，。；\d]{0,8}(?:基础|比例)上，?再?(?:提高|增加|上浮)$"
)
# 可上浮10%兑付
_PAID_MORE: Final = re.compile(r"(?:兑付|兑现|发放|补|奖|给予)")
# 研发费用占比达到：大型企业1.5%、中型企业2.5%
_NEXT_FIGURE: Final = re.compile(r"[、和及][^，。；\d按给补奖不返享贴抵扣承担减免]{0,12}")
_GRANT_BEHIND: Final = re.compile(rf"^的?(?:比例|标准)?(?:分别)?(?:给予)?[^，。；\d]{{0,6}}(?:{GRANT_NOUN})")
_OVER: Final = re.compile(r"(?:超过|高于|超出|增长|增幅)[^，。；\d按给补奖]{0,4}$")


# 获得市级补贴后，按2：1的比例予以区级配套: half of what the city gives
_MATCHED: Final = re.compile(r"的?(?:比例)?(?:予以|给予|进行|安排)?[^，。；\d]{0,4}(?:配套|匹配)(?!资金由)")
# 按6：4比例分担, 按7：3分两次兑付: parts of a whole, not a match for other money
_PARTS: Final = re.compile(r"1：9|[2-9]：[1-8]")
# 按8%奖补；其中智能化项目提高至12%，最高…: the share of a better case
_GROWN: Final = re.compile(
    r"(?<!率)(?<!比重)(?<!占比)(?<!强度)(?<!费率)(?:提高|提升|上调|放宽|增加|上浮|调高)(?:到|至|为)(?:不超过|最高)?$"
)
# 裁员率标准放宽到5.5%
_KEPT: Final = re.compile(r"率(?:标准|要求|上限|条件)?[^，。；\d]{0,2}(?:放宽|提高|上调|调整)(?:到|至|为)$")
_GRANTS: Final = re.compile(
    r"(?:补[贴助]|奖励|津贴|资助|给予|发放|购房券|奖补)[^。]{0,80}\d|\d[^。]{0,30}(?:补[贴助]|奖励|津贴|资助|奖补)"
)
# 每人2000元；属于紧缺工种的，上浮20%: more of the sum that stands before
_MORE: Final = re.compile(
    r"(?:^|的)，?(?:再|另|均|标准|分别|相应|按标准|后)*(?:上浮|再加|加[发奖补]|增[发加]|再?增加|再?提高|上调)$"
)
_MORE_AGAIN: Final = re.compile(r"(?<!率)(?:再|另)(?:增加|提高|加|上浮|加[发奖补])$")
# 夫妻合计不超过房屋总价的30%
_AT_MOST: Final = re.compile(r"(?:合计|累计|总计|总和)(?:金额|额度|总额)?不超过[^，。；\d]{2,16}的?$")
_ENDS: Final = re.compile(r"(?:$|[，。；、）])")
# 增幅每超过1个百分点，奖励1万元
_STEP: Final = re.compile(
    r"每(?:再|新|年|多)?(?:增长|增加|提高|提升|超过?|超出|高于|高|下降|降低)[^，。；\d]{0,14}$"
)
# 裁员率不高于5.5%（30人以下的企业放宽至20%）, 占比上限由7%提高到15%: the figure in another case
_FIGURE_MOVED: Final = re.compile(
    r"(?:裁员率|占比|比重|占[^，。；\d]{2,20}比例|面积比例)[^。；]{0,60}(?:放宽|提高|上调|调整)(?:到|至|为)(?:不[高超][于过])?$"
)
# 担保费率高于1.5%的不予补贴
_REFUSED: Final = re.compile(r"的?[^，。；\d]{0,4}，?(?:不予|不再|不给予|不享受|不补|不奖)")
# 评审时给予10%的价格扣除: what an offer is favoured by
_FAVOURED: Final = re.compile(r"(?:评审优惠|价格扣除|价格评审)[^。；]{0,24}$")
_FAVOURED_AFTER: Final = re.compile(r"的?(?:价格扣除|评审优惠|价格评审)")
# 租金为市场价的60%, 以市场租金的50%租住: how much of a price is left
_OF_MARKET: Final = re.compile(r"(?:市场|评估|同地段)[^，。；\d]{0,8}(?:租金?|价格?)的?$")
_LET: Final = re.compile(r"^(?:租住|承租|入住|租用|租赁|出租|缴付|配租|$|[，。；])")
# 减按15%的税率征收: what stays to be paid; but 减按50%征收 leaves half of a charge
_LEAST_LEFT: Final = Decimal("0.25")


def _is_benefit(text: str, group: Group, context: Context, leaning: bool) -> float:
    """Confidence that the share is granted; 0 if it is a condition, a schedule or a price."""
    sentence = text[context.sentence_start : context.sentence_end]
    if text[context.sentence_end : context.sentence_end + 1] == "？":
        return 0.0
    if context.after.startswith("折"):
        return 0.9
    if group.members[0].is_ratio:
        return 0.9 if _is_match(text, group, context) else 0.0
    if context.before.endswith("减按"):
        return 0.9 if _is_left(context, group.members[0].value) else 0.0
    if _is_favour(context, group):
        return 0.9
    if levels.is_fee(context, group.members[0].value):
        return 0.0
    if (
        cues.is_worked_out(text, context)
        or divisions.is_division(text, group, context)
        or levels.is_price(context)
    ):
        return 0.0
    before_more = re.search(r"可(?:再)?(?:上浮|增加|提高)$", context.before)
    if text[group.end - 1] == "点":
        return 0.9 if _are_points_granted(context) else 0.0
    if _MORE_GRANTED.search(context.clause) or (before_more and _PAID_MORE.match(context.after)):
        return 0.9
    if _is_figure(context):
        return 0.0
    if _GRANT_NEAR.search(context.clause) or _GRANT_NEAR.search(context.after[:14]):
        return 0.9
    return 0.6 if leaning and _GRANT_NEAR.search(sentence) else 0.0


# 减按15%的税率征收, 减按25%计入应纳税所得额: how a tax is worked out
_TAXED: Final = re.compile(r"的?(?:计入|税率|征收率|[^，。；\d]{0,8}(?:征收|缴纳?)[^，。；\d]{0,6}税)")


def _is_left(context: Context, value: Decimal) -> bool:
    """其他费用减按20%收取, 减按50%征收: what is left of a charge, but no rate of tax."""
    if _TAXED.match(context.after) and (
        value < _LEAST_LEFT or (value < Decimal("0.5") and context.after.startswith("计入"))
    ):
        return False
    return value >= _LEAST_LEFT or re.match(r"的?(?:标准|比例)?(?:收|计收|缴)", context.after) is not None


def _is_favour(context: Context, group: Group) -> bool:
    """给予10%的价格扣除, 租金为市场价的60%: an advantage in price, unless the level that is left behind."""
    if levels.is_former(context):
        return False
    if _FAVOURED_AFTER.match(context.after) or _FAVOURED.search(context.before):
        return not re.search(r"预留|份额", re.split("[，；]", context.before)[-1])
    return _OF_MARKET.search(context.before) is not None and _LET.match(context.after) is not None


def _is_more(context: Context) -> bool:
    """Whether the share raises a sum of the paragraph for a better case, or limits what it comes to."""
    if not _ENDS.match(context.after):
        return False
    return bool(
        _MORE.search(context.clause) or _MORE_AGAIN.search(context.before) or _AT_MOST.search(context.before)
    )


def _is_next_figure(context: Context) -> bool:
    """Whether the share goes on with a list of figures: 中型企业2.5%, 有条件的可提高到50%."""
    link = context.link or ""
    if _GROWN.search(context.before) and "，" in link:
        return True
    return bool(link and _NEXT_FIGURE.fullmatch(link)) and not _GRANT_BEHIND.match(context.after)


def _is_match(text: str, group: Group, context: Context) -> bool:
    """1：1配套: a match for other money, not a time of day and not parts of a whole."""
    if group.is_range:
        return False
    if _PARTS.fullmatch(text[group.start : group.end]) and not _MATCHED.match(context.after):
        return False
    if re.search(r"由[^，。；]{0,10}(?:平台|企业|银行|商[家户]|机构)(?:自行)?按照?$", context.before):
        return False
    if re.match(r"的?(?:比例)?(?:出资|安排[^，。；\d]{0,4}财政资金)", context.after):
        return False
    granted = re.search(r"配套|匹配|配比|补助|补贴|奖励|给予", context.clause + context.after[:10])
    return granted is not None and not re.search(r"承担|分担|负担|分摊", context.after[:8])


def _are_points_granted(context: Context) -> bool:
    """给予1个百分点的贴息, but not 利率上浮2个百分点 nor 超过测算比例15个百分点以上."""
    before, after = context.before, context.after
    if _MORE_GRANTED.search(context.clause):
        return True
    if _STEP.search(before) or after.startswith(("以上", "及以上")) or _POINTS_MOVED.search(before):
        return False
    return bool(_POINTS_GRANTED.search(before[-16:] + "|" + after[:8]) or _SUBSIDISED.search(before))


# 用电量达50%以上的奖5万元，80%以上的奖10万元
_TIER: Final = re.compile(
    r"(?:（[^）]{0,4}）)?及?以上的?，?(?:再|分别|一次性)*(?:给予|奖励?|补[贴助]?"
    r"|资助)[^，。；\d]{0,8}\d+(?:\.\d+)?[万亿]?元"
)
# 满意度90%以上的再奖5万元
_IS_SHARE: Final = re.compile(r"(?<![利费])(?:率|(?<![年额幅])度|占比|比重)(?:达到?|在|为)?$")


def _is_figure(context: Context) -> bool:
    """Whether the share is a figure that the beneficiary reaches or keeps to."""
    before, after = context.before, context.after
    if _FIGURE_MOVED.search(context.clause) or (
        re.search(r"(?:[高低]于|超过|不足)[^，。；\d]{0,6}$", before) and _REFUSED.match(after)
    ):
        return True
    if _TIER.match(after) and not re.search(r"(?:给予|按照?)[^，。；\d]{0,12}$", before):
        return True
    if _IS_SHARE.search(before) and re.match(r"(?:（[^）]{0,4}）)?及?以上", after):
        return True
    if _STEP.search(before) or (_AFTER_LIMIT.match(after) and not _OF_BENEFIT.match(after)):
        return True
    if re.match(r"之间的?[，；。]", after) and re.search(
        r"(?:比例|占比|比重|强度|率|幅)(?:在|为|处于|介于)?$", before
    ):
        return True
    if after.startswith("后") and re.search(r"(?:缴|到位|到账|完成|投入|支付|出资)[^，。；\d]{0,4}$", before):
        return True
    if re.match(r"^）", after) and re.search(r"（(?:含|不含|包括|包含)$", before):
        return True
    if _CASE.search(context.clause) or thresholds.is_condition(before, after):
        return True
    if _OVER.search(before) and re.match(r"^(?:以上)?的?部分", after):
        return True
    return bool(re.match(r"^(?:（含[^）]{0,4}）)?以[下内]", after)) and not (
        re.search(r"给予|按|补|奖", re.split("[，、]", before)[-1][-12:])
        or _SHARE_KEPT.search(before)
        or _WITHIN_GRANTED.match(after)
    )


# 补贴比例控制在项目投资的10%以内
_SHARE_KEPT: Final = re.compile(
    r"(?:补[贴助]|奖励|资助|贴息)(?:比例|标准|额度|率)?[^，。；\d]{0,2}(?:控制|限定?)[^，。；\d]{0,16}$"
)
_WITHIN_GRANTED: Final = re.compile(
    rf"^以[内下]的?(?:给予|予以)?[^，。；\d]{{0,8}}(?:不超过|最高|{GRANT_NOUN})"
)
# 贴息利率以贷款基准利率为准，最多不超过2个百分点
_SUBSIDISED: Final = re.compile(r"贴息(?:利率|率|幅度|标准)[^。；\d]{0,40}(?:不超过|不高于|最高|最多)$")
_POINTS_GRANTED: Final = re.compile(r"贴息|补贴|补助|给予|奖励|贴补|承担|负担")
_POINTS_MOVED: Final = re.compile(
    r"(?:上浮|下浮|提高|降低|下降|下调|上调|增长|增加|高于|低于|提升|优惠|减去|扣除|加|减)(?:了|约|不?超过"
    r"|不低于|至少)?$"
)


# 如市级扶持不超过展位费的50%，…: the case in which something is granted
_CASE: Final = re.compile(
    r"^[^，。；：]{0,2}(?:如|若|如果|倘若)(?:[^，。；：]{0,20})(?:超过|高于|低于|达到|不足|小于|大于)"
)


_AS_MUCH: Final = re.compile(r"顶格|最高(?:幅度|比例|限额)(?:即|为)")


def _entries(raw: str, paragraph: Paragraph, group: Group, context: Context, sure: float) -> list[Rate]:
    bound = cues.bound(_words(context), context.after)
    if _AS_MUCH.search(context.clause):  # 顶格减征50%: as much as may be, so just that
        bound = None
    role: RateRole = "cap" if bound == "cap" else "floor" if bound == "floor" else "fixed"
    base = _base(context)
    entries: list[Rate] = []
    for index, member in enumerate(group.members):
        its: RateRole = role
        if group.is_range:
            its = "range_low" if index == 0 else "range_high"
        span = paragraph.view.span(member.start, member.end)
        if group.is_range:
            span = paragraph.view.span(group.start, group.end)
        entries.append(Rate(member.value, its, base, raw[span.start : span.end], span, sure))
    return entries


def _words(context: Context) -> str:
    """Words that bound the share: its clause, cut behind an earlier number."""
    if context.link is not None and len(context.link) < len(context.clause):
        return context.link
    return cues.last_words(context)


def _base(context: Context) -> str:
    match = _BASE.search(context.clause)
    if not match:
        return ""
    return re.sub(r"^(?:照|不超过|不高于|最高|企业按|其)|(?:的|给予|按)$", "", match["base"])
