"""Shares that are the level of a price, of interest, of a tax or of a contribution: nothing that is given."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from babashi.reader.context import Context

_LENDING: Final = re.compile(
    r"(?:年化|贷款|执行|实际|综合|担保|保险|违约|日|月|年|费)?(?:利率|费率|成本|息费)(?:原则上|水平|一般|平均|日均|年均)?"
    r"(?:继续|阶段性|统一|暂|执行|按|应)?(?:上限|不低于|不超过|不高于|控制在|降至|降到|低于|为|一律按|按|降低至|统一为|最高|原则上|至"
    r"|在)[^，。；]{0,8}$|年化[^，。；\d]{0,8}(?:利率|费率|成本)$|BP|基点"
)
_RATE_ITSELF: Final = re.compile(r"(?<!贴息)(?<!补贴)(?<!补助)(?:利率|费率)(?:为|是)?$")
# 下调单位缴费费率20%: less of it
_CUT: Final = re.compile(r"(?:下调|降低|下浮|调低|减征|减收)[^，。；\d利]{0,12}费率$")
# 税额标准为…的50%, 土地价格按不低于最低价标准的70%确定: the level of a tax or a price
_LEVEL: Final = re.compile(r"(?:税额标准|征收率)(?:为|是|按)[^，。；\d]{0,20}$")
_LEVEL_STAYS: Final = re.compile(
    r"^(?:左右)?的?(?:比例|标准)?(?:$|[，。；）]|执行|确定|出让|挂牌|供地|征收|核定)"
)
# 缴费比例从2%降至1%: the new level of what is paid
_LEVEL_SET: Final = re.compile(
    r"(?:缴费|缴存|费|税|利|征收|收取|缴纳|首付|保证金|预留)(?:比例|率)(?:上限|由|从|可以?|统一|暂|阶段性"
    r"|[^，。；\d]{0,4}?\d+(?:\.\d+)?[%‰]){0,4}"
    r"(?:左右)?(?:下调|下降|降低|降|调整|调减|调)(?:到|至|为)$"
)
# 缴费比例按16%执行, 单位和个人各0.5%: how much one has to pay
_LEVEL_KEPT: Final = re.compile(
    r"(?:缴费|缴存|费|税)(?:比例|率)(?:统一|继续|延续|仍|阶段性|暂|均)*(?:按照?|为)$"
)
# 担保费按年1.5%收取: a small share of a loan is a price, 按标准的50%收取 leaves half of one
_FEE: Final = re.compile(
    r"(?:担保|服务|手续|使用|占用|资金|管理|转贷|保证)费率?(?:统一|均|暂|一律)*(?:为|按)?(?:照|每)?(?:年化?|日|月)?$"
)
_FEE_BELOW: Final = Decimal("0.1")
_TAKEN: Final = re.compile(r"的?(?:标准|费率)?(?:收取|计收|收费|收$|收[，。；])")
_BOTH_PAY: Final = re.compile(r"(?:单位|企业)(?:缴费)?(?:和|、|与)(?:个人|职工)(?:缴费)?各(?:为|按)?$")
# 按应缴额的60%缴存: a deposit, which one gets back
_DEPOSIT_AFTER: Final = re.compile(
    r"的?(?:比例|标准)?(?:缴存|存储|预存|缴纳(?:首期|首付|[^，。；\d]{0,6}(?:价款|保证金|定金)))"
)
_DEPOSIT: Final = re.compile(r"保证金[^。；]{0,20}不超过[^，。；\d]{0,12}$")
# 按不超过0.8%收取担保费, 按日收取0.2‰: what a loan costs
_LOAN_FEE: Final = re.compile(
    r"的?(?:标准|费率|比例)?(?:收取|计收)[^，。；\d]{0,4}(?:担保|占用|转贷|使用|手续|保证)费"
)
_DAILY_FEE: Final = re.compile(
    r"(?:滞纳金[^，。；\d]{0,4})?按(?:日|天|月)(?:计?收取?|计息|计费|加收)[^，。；\d]{0,6}$|滞纳金[^，。；\d]{0,6}$"
)
_PAID_TAX: Final = re.compile(r"(?:按照?|适用|执行)[^，。；\d]{0,6}$")
# 医疗保险由8%降为7%, 自缴保费降至20%: what is still paid
_LOWERED: Final = re.compile(
    r"(?:[由从][^，。；\d]{0,4}\d[\d.]*[%‰](?:左右)?|(?:自缴|缴费|缴纳|缴存|费率|税率|首付|保费|比例|费|税)[^，。；\d补奖]{0,8})"
    r"(?:阶段性|统一|逐步|分别)?(?:降低|下调|下降|调减|压降|降|减)(?:到|至|为)(?:每?[年月日])?$"
)
_TAX_RATE: Final = re.compile(r"^的?(?:优惠)?(?:税率|征收率)")
_FEE_LIMIT: Final = re.compile(
    r"(?:融资|贷款|综合)成本(?:补[贴助]后)?不超过$|(?:费用?|收费|租金)(?:标准)?(?:最高)?不超过[^，。；\d]{0,12}$"
)
# 适用3%征收率的销售收入: which sales are meant
_APPLIES: Final = re.compile(r"适用[^，。；\d]{0,6}$")
_FROM_HERE: Final = re.compile(
    r"^[^，。；\d]{0,4}(?:最高)?(?:提高|上调|增加|调整|提升|提|下调|降低|降|调)(?:到|至|为)"
)


# 2.8%年利率, 在5%至12%之间确定缴存比例, 不超过保额60%的贷款
_IS_RATE: Final = re.compile(
    r"的?年?化?利率(?![^，。；\d]{0,6}[补贴])|(?:之间|范围内|区间)[^，。；\d补贴奖]{0,14}(?:缴存|缴费|收费|定价)"
)
_OF_LOAN: Final = re.compile(
    r"的(?:额度)?(?:质押|抵押|信用|无息|低息)?(?:贷款|借款|授信)(?![^，。；]{0,4}(?:贴息|利息|损失|本金|风险|补|奖))"
)


# 继续执行1%的缴费比例
_LEVEL_NAMED: Final = re.compile(r"的(?:缴费|缴存|总费|费)(?:比例|率)|(?:缴费|缴存)比例")
# 缴费比例高于19%的，按规定降至19%
_FALLS_TO: Final = re.compile(
    r"(?:^的[^，。；\d]{0,6}，(?:按规定|统一|一律)|(?:缴费比例|缴存比例|费率|税率)[^。；]{0,30})(?:统一|按规定|逐步|阶段性)?(?:可)?降(?:低)?(?:到|至|为)$"
)


def is_former(context: Context) -> bool:
    """Whether the share is the level that is left behind: 由6%提高到10%."""
    return _FROM_HERE.match(context.after) is not None and (
        re.search(r"(?:由|从)(?:现行|原来|原|目前)?的?[^，。；]{0,14}$", context.before) is not None
    )


# 扣除贴息后企业实际承担的贷款利率应不低于1%
_LEFT_TO_PAY: Final = re.compile(r"实际[^，。；\d]{0,10}利率[^，。；\d]{0,4}不低于$")


# 担保费率最高减免40%: less of a price
_LESSENED: Final = re.compile(r"(?:减免|下浮|优惠|减收|降低|下调)(?!到|至|为)$")


def is_price(context: Context) -> bool:
    """Whether the share is the level of a price, of interest or of a tax."""
    before, after = context.before, context.after
    if _IS_RATE.match(after) or _OF_LOAN.match(after) or _LEFT_TO_PAY.search(before):
        return True
    if re.match(r"的?费率上限", after) or _LOWERED.search(context.clause) or _FALLS_TO.search(before):
        return True
    if re.search(r"上限(?:及|和|与)[^，。；\d]{2,12}的$", before):
        return False
    if _PAID_TAX.search(before) and _TAX_RATE.match(after):
        return True
    if _LEVEL_SET.search(context.clause) and "贴息" not in after[:8]:
        return True
    if is_former(context) or _LEVEL_NAMED.match(after):
        return True
    if _LESSENED.search(before):
        return False
    if _LENDING.search(context.clause[-24:]) and not re.search(
        r"贴息|补贴|补助|返还", before[-24:] + after[:6]
    ):
        return True
    if (
        _RATE_ITSELF.search(before)
        and not _CUT.search(before)
        and not re.search(r"贴息|补[贴助]|给予|奖励", before[-24:] + re.split("，", after[:12])[0])
    ):
        return True
    if _is_charged(before, after):
        return True
    if _FEE_LIMIT.search(before) and not re.search(
        r"补(?![贴助]后)|奖|给予|资助|支持|扶持|报销", context.clause + after[:8]
    ):
        return True
    return _is_level(before, after) or bool(
        re.match(r"(?:上下|左右)?[^，。；\d]{0,8}浮动", after)
        or (
            re.search(r"首付(?!费|款(?:到账|实?到?金?额))[^，。；\d]{0,12}$|(?:BP|LPR\+?|浮动)$", before)
            and not re.match(r"的?贴息", after)
        )
    )


def is_fee(context: Context, value: Decimal) -> bool:
    """Whether the share is what a guarantee or a service costs."""
    return (
        value < _FEE_BELOW
        and _FEE.search(context.before) is not None
        and _TAKEN.match(context.after) is not None
    )


def _is_charged(before: str, after: str) -> bool:
    """Whether the share is what one pays in, deposits, or pays for a loan."""
    if _LEVEL_KEPT.search(before) and re.match(r"(?:的标准)?(?:执行|实施|缴|收|$|[，。；])", after):
        return True
    if re.match(r"减半|减免|优惠", after):
        return False
    return bool(
        _BOTH_PAY.search(before)
        or _DEPOSIT_AFTER.match(after)
        or _DEPOSIT.search(before)
        or ("保证金" in before[-24:] and re.match(r"的?(?:标准|比例)?(?:收取|缴纳|交纳)", after))
        or _LOAN_FEE.match(after)
        or _DAILY_FEE.search(before)
    )


def _is_level(before: str, after: str) -> bool:
    """Whether the share is the level of a tax or price rather than a part of money that is given."""
    if before.endswith("最低价标准的"):
        return False
    if re.search(r"价格?[^，。；\d]{0,24}$", before) and re.match(
        r"的?(?:标准|比例)?(?:确定|核定|制定|定价)", after
    ):
        return True
    applies = _APPLIES.search(before) and "减按" not in before[-20:]
    return bool(_LEVEL.search(before) and _LEVEL_STAYS.match(after)) or bool(applies)
