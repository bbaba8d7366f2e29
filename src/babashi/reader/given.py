"""Sums whose noun stands before them: 启动资金分别为50万元, 每亩保险金额900元, 价值3000元的体检."""

from __future__ import annotations

import re
from typing import Final

# 启动资金分别为50万元, 每平方米分别为200元, 面额分为20元、50元两档: what comes before 为 is given
_GIVEN_IS: Final = re.compile(
    r"(?:补[贴助]|奖励|奖金|奖学金|助学金|津贴|资助|券|面额|(?:启动|扶持|支持|专项|奖补|补助|资助|创业|引导)(?:资金|经费))"
    r"(?:标准|金额|额度)?(?P<rest>[^。；\d]{0,60})(?:分别|统一|各)?(?:为|分为|分成|分)$"
    r"|(?:券|单张|每张|消费|^|[，；])[^，。；\d]{0,6}面[额值](?:标准)?(?:从|由|在|设|设为|设有|有|包括|分设|分为)?$"
    r"|(?:^|[，；、])(?:[^，。；、\d]{0,8})每[人户亩头吨只床张个生辆台立平][^，。；、\d]{0,4}分别为$"
)
# 每亩保险金额900元, 保险金额最高50万元: what is insured is the benefit
_INSURED: Final = re.compile(
    r"(?:(?:每[^，。；\d]{1,4}|单[位户笔][^，。；\d]{0,8})(?:最高)?(?:保险金额|保额|赔偿限额)[^，。；\d在达]{0,16}"
    r"|(?:保险金额|保额|赔偿限额)[^，。；\d在达]{0,12}(?:不超过|最高|分别为|为))$"
)
# 出资为每名农民工购买一份意外险，保费30元/人/年
_PREMIUM_PAID: Final = re.compile(
    r"(?:财政|政府|统一|基金|工会)[^。；\d]{0,8}(?:出资|全额|购买|投保)[^。；\d]{0,40}保费(?:标准)?(?:为|按|每[^，。；\d]{1,4})?$"
)


# 单台价值10万元以下的仪器, but 价值3000元的健康体检
_WORTH: Final = re.compile(r"(?:价值|市值|原值|单价)$")


_HANDED: Final = re.compile(
    r"(?:赠送?|发放|送|给予|提供|领取|获|奖励)[^，。；\d]{0,8}(?:价值|市值|原值)(?:约)?$"
)
_GOODS: Final = re.compile(
    r"的[^，。；\d企业]{0,12}(?:卡|券|礼包|礼品|奖品|物资|用品|体检|服务|保险|门票|套餐|红包|设备|种苗|农资|产品)"
)


# 保费每人不超过200元，由就业补助资金列支
_PREMIUM: Final = re.compile(r"(?<!缴)保费(?:标准)?(?:为|按)?(?:每[^，。；\d]{1,6})?(?:不超过|最高)?$")
_BORNE_BY: Final = re.compile(
    r"，?(?:全部|均)?由[^，。；\d]{0,10}(?:财政|资金|基金|政府|经费)[^，。；\d]{0,4}(?:列支|承担|负担|解决|安排|支付)(?![^，。；]{0,6}\d)"
)


def is_handed_out(before: str, after: str) -> bool:
    """Whether the sum is what something is worth that is given: 另赠价值800元的充电卡."""
    return _HANDED.search(before) is not None and _GOODS.match(after) is not None


def verdict(before: str, after: str, threshold: re.Pattern[str]) -> bool | None:
    """False: the noun before the sum says that it is given; True: a value to be reached; None: it doesn't say."""
    if _WORTH.search(before):
        if re.match(r"(?:（[^）]{0,6}）)?(?:及)?以[上下]", after):
            return True
        if re.match(r"的[^，。；]{0,12}(?:体检|服务|礼包|物资|用品|保险|门票|券|卡)", after):
            return False
    if _PREMIUM.search(before) and _BORNE_BY.match(after):
        return False
    given = _GIVEN_IS.search(before)
    if given and not threshold.search((given["rest"] or "").replace("车价", "").replace("售价", "")):
        return None if re.match(r"(?:（[^）]{0,6}）)?及?以[上下]", after) else False
    return False if _INSURED.search(before) or _PREMIUM_PAID.search(before) else None
