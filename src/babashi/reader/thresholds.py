"""Shares that are to be reached or kept to: conditions of a benefit, never a benefit."""

from __future__ import annotations

import re
from typing import Final

from babashi.reader.cues import GRANT_NOUN

_THRESHOLD_BEFORE: Final = re.compile(
    r"(?:增长|新增|增幅|增速|同比|环比|占比|比重|占[^，。；]{0,20}|持股|参股|股权|控股|出资|利用率|上座率"
    r"|入住率|回收率|覆盖率|满意率|就业率|合格率|完成率|达产率|出租率"
    r"|裁员率|税负|负债率|毛利率|利润率|不良率|研发强度|投入强度|强度|人数|职工|员工|入驻率|达到"
    r"|(?<!最高)(?<!可)达|突破|(?<!不)(?<!得)超过|(?<!不)高于|大于|低于|下降|降低|减少|上浮|下浮|超出|不足"
    r"|未达|增加|提升)"
    r"[^，。；\d]{0,10}(?:不低于|不少于|不超过|不高于|比例|率|的)?[^，。；\d]{0,3}$"
)
_CHEAPER: Final = re.compile(
    r"(?:价格?|电价|水价|气价|费用?|收费|租金|收费标准)[^，。；\d]{0,10}(?:下调|降低|下浮|优惠|减免"
    r"|减收)[^，。；\d]{0,4}$"
    r"|(?<!利率)(?:优惠|下浮|让利|减免|减收|下调|降价|折扣)(?:幅度|比例|力度|率)[^，。；\d]{0,10}$"
    r"|(?:让利|优惠|减免|减收|折让)(?:不低于|至少|最高|不超过)$|(?:[价费资]|电价|资费)[^，。；\d]{0,12}(?:再|均|平均|统一)降$"
    r"|(?:降低|下调|减免|减收)[^，。；\d]{0,10}(?:电价|水价|气价|价格|费用?|租金|收费标准)(?:的)?$"
)
# 减少40%检测收费
_LESS_COST: Final = re.compile(r"(?:减少|降低|下降|下浮|减免|优惠|减)(?:约|至少|不低于)?$")
_COST_AFTER: Final = re.compile(
    r"的?(?![^，。；\d]{0,10}(?:的企业|的单位|以上))[^，。；\d]{0,10}(?:费用?|收费|租金|价格|保费|资费)"
)
_RAISED: Final = re.compile(
    r"(?:补[贴助]|奖励|资助|标准|额度|限额)[^。；]{0,12}(?<!可)(?<!可以)(?:上浮|上调|提高|增加|增发)(?:不超过"
    r"|最高)?$"
)
# 多子女家庭再上浮20%: more of a limit that was named before
_ONCE_MORE: Final = re.compile(r"(?<![价率费，])再上浮(?:不超过|最高)?$")
# 超过部分由资金池承担50%
_EXCESS_BORNE: Final = re.compile(
    r"(?:超过|超出|不足|高于)的?部分，?[^，。；\d达]{0,12}(?:承担|负担|补[贴助]?|给予|奖励?)$"
)
# 按营业收入同比净增额的1‰: growth as the base of the share
_BASE_NOUN: Final = re.compile(
    r"(?:按照?|给予|补[贴助]|奖励|其)[^，。；\d]{0,24}(?:额|量|部分|贡献|税收|留成)的?(?:不?(?:超过|低于)"
    r"|最高)?$"
)
# 裁员率不高于上年度全国调查失业率控制目标5.5%: a figure to be kept to
_KEPT_RATE: Final = re.compile(
    r"(?<!利)(?<!费)(?<!贴息)(?<!补贴)率(?:不?高于|不?低于|不?超过|不?少于)[^，。；\d给按补奖]{0,24}$"
)
# 按实际下浮部分的50%: what the change amounts to is the base
_OF_CHANGE: Final = re.compile(
    r"(?:上浮|下浮|提高|降低|减少|增加|超出|新增|增长|下降)(?:部分|额|金额|差额|数额|量)的(?:不?超过|最高"
    r"|不低于)?$"
)
# 新增指标收益的70%: a part of the base, unless it is compared (达到销售额的5%)
_OF_BASE: Final = re.compile(r"(?:收益|所得|保费|租金|留存|留成|贡献|价款|利息)的$")
_COMPARED: Final = re.compile(r"占|达到?|超过|低于|高于|相当于|不足")
# 报销比例达到90%: how much is paid
_COVERS: Final = re.compile(r"(?:报销|补[贴助]|返还|贴息|支付|减免|赔付)(?:比例|标准)[^，。；\d]{0,4}达到?$")


# 用于奖励…的比例，不低于60%
_LEAST_SHARE: Final = re.compile(
    r"(?:奖励|补[贴助]|分配|返还|给予|补偿|所有权|收益)[^。；\d]{0,40}(?:比例|标准|额度)，?(?:原则上|应)?不低于$"
)


def is_condition(before: str, after: str) -> bool:
    """Whether a share with these words before and after it is one that the beneficiary must reach."""
    tail = before[-30:]
    if _LESS_COST.search(tail) and _COST_AFTER.match(after):
        return False
    if _CHEAPER.search(tail) or re.search(r"(?:给予|予以)$", tail):
        return False
    if _RAISED.search(before) or _ONCE_MORE.search(tail) or _COVERS.search(tail):
        return False
    if _EXCESS_BORNE.search(tail):
        return False
    if _LEAST_SHARE.search(before):
        return False
    if re.search(r"[上下]浮$", tail):
        return True
    if _BASE_NOUN.search(tail):
        return False
    if _KEPT_RATE.search(before):
        return True
    match = _THRESHOLD_BEFORE.search(tail)
    if not match or _OF_CHANGE.search(tail) or (_OF_BASE.search(tail) and not _COMPARED.search(tail)):
        return False
    if re.search(r"(?:给予|按照?|补[助贴]|奖励|返还|贴息)[^，。；]{0,30}$", tail) and not re.search(
        r"(?:达到|增长|增幅|增速|占|超过|同比)[^，。；\d]{0,6}$", tail
    ):
        return False
    if re.search(r"(?:提高|提升|增加|上调|下调|降低|调整|提)(?:到|至|为)$", tail):
        return False
    if re.match(
        rf"^(?:的)?(?:比例|标准)?(?:给予)?(?:[^，。；、）\d]{{0,4}})(?:{GRANT_NOUN}|测算|计算|核定)",
        after,
    ):
        return bool(re.search(r"(?:增长|增速|增幅|同比|占比|达到|(?<!最高)达|突破)[^，。；\d]{0,4}$", tail))
    return True
