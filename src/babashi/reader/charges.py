"""Sums that somebody is asked for: prices, fees, rents, contributions, the size of loans that a bank gives."""

from __future__ import annotations

import re
from typing import Final

# 保费每亩45元, 目标价格为每吨18600元: what a thing costs
_PRICED: Final = re.compile(
    r"(?:(?:处理|供热|取暖|物业|停车|检测|保险|服务)费|保费|(?:责任|意外|保)险|(?<!差)(?<!补贴单)(?<!补助单)价格?|租金"
    r"|学费|挂牌价，|统一价，|地价，)(?:标准)?(?:为|按)?(?:建筑面积)?每[^，。；：\d补奖减免返优额降下让惠]{1,8}$"
)
# 8元/平方米/天的租金标准30%资助
_BASE_PRICE: Final = re.compile(r"(?:/[^，。；/\d]{1,6}){0,2}的?(?:租金|价格|单价|收费)(?:标准)?的?\d")
# 按每平方米8元优惠价出租
_LET_AT: Final = re.compile(
    r"(?:/[^，。；/\d]{1,6}){0,2}的?(?:优惠价?|价格|价|标准)?(?:出租|租给|转让|供应|出让|供给)"
)
# 按每件550元收取: a fee
_CHARGED: Final = re.compile(r"(?:/[^，。；\d]{1,6})?的?(?:标准)?(?:收取|征收|缴纳|计收|收费)")
# 个人缴费标准为每人每年380元: what one pays oneself
_PAID_IN: Final = re.compile(
    r"(?:个人缴费|缴费|筹资|收费|征收|自付|自筹|自缴)(?:标准|金额|部分)?(?:为|是|按)?(?:每[^，。；：\d]{1,6})?$"
    r"|(?:农户|群众|个人|家庭|职工|企业)?[只仅][交缴付出掏]$|(?:农户|群众|个人|家庭|职工|机构|自己|本人)(?:自己|自)?(?:再)?[交缴付出掏]资?$|(?:只|仅)需?要?(?:承担|支付|交纳?|缴纳?|付|负担|出)(?:不超过|最高)?$|(?:仅|只|收费标准|每[^，。；：\d]{1,4})收(?:取|费)?$"
)
# 收费标准下调至0.8元, 税额标准调整为5元: the new level of a price or a tax, not money that is given
_LEVEL_SET: Final = re.compile(
    r"(?:税额标准|税额|收费标准|收费|电价|水价|气价|价格|费率|税率)(?:统一|一律)?执行$|(?:保费|手续费|收费|费用)(?:标准)?最低(?:每[^，。；\d]{1,4})?$|(?:税额标准|税额|收费标准|收费|电价|水价|气价|价格|费率|税率)[^，。；\d]{0,8}(?:下调|降|降低|调整"
    r"|下降|调减)(?:到|至|为)$"
)
# （每件销售价格不超过6000元）: which goods are meant
_PRICE_LIMIT: Final = re.compile(
    r"(?:保证金[^。；]{0,4}|价格|售价|(?<!补贴)(?<!补助)单价|车价|房价|票价|总价|担保(?:余额|金额|额)|收费|收取|缴费|缴纳"
    r"|(?:服务|停车|物业|寄存|保管|检测|手续)费)(?:(?!补|奖)[^，。；\d]){0,6}不超过$"
    r"|(?:服务|停车|物业|检测|手续)费(?:标准)?(?:上限|最高限价)为?(?:每[^，。；\d]{1,4})?$"
)
# 对单户10万元—300万元农业贷款提供担保
# 缴500元补60元, 满100元减30元: what one puts in to get the next sum
_PUT_IN: Final = re.compile(r"(?:缴|交|存|充|满)(?:费|纳)?$")
_GETS: Final = re.compile(r"(?:档次?)?(?:及?以上)?的?，?(?:补[贴助]?|送|减)\d")
_EACH_LOAN: Final = re.compile(r"[单每][户笔]$")
_OF_LOANS: Final = re.compile(
    r"(?:（[^）]{0,6}）)?(?:及)?(?:以[内下])?的?[^，。；\d]{0,8}(?:贷款|授信|融资|(?:担保)?业务)"
)
# 对新型经营主体10万元—200万元担保贷款: which loans are meant
_FOR_WHOM: Final = re.compile(r"(?:^|[，；、])对[^，。；\d给提发放补奖贴]{0,16}$")
_MARKET_PRICE: Final = re.compile(r"的?(?:目标|市场)?价格?(?![^，。；]{0,6}补)")
_PAID_FOR: Final = re.compile(r"由[^，。；\d]{1,10}(?:全额)?(?:负担|承担|支付|列支|代缴|缴纳|出资|解决)")


# 投标保证金不超过估算价的1%且最高30万元
_DEPOSIT: Final = re.compile(r"保证金(?:(?!补|奖|给予|资助)[^。；]){0,40}(?:不超过|最高)$")


# 供水价格再降低0.3元/立方米: less of a price, for each unit
_CUT: Final = re.compile(
    r"(?:[电水气热油票运]价|价格|收费|资费|通行费|标准)[^，。；\d降到至]{0,16}(?:平均|统一|再)?(?:降低|下调|优惠|下浮|降)$"
)
_CUT_EACH: Final = re.compile(
    r"每(?:千瓦时|度|立方米?|方|吨|公里|车次)(?:用?[电水气热]价?|价格|运价|收费|通行费)?(?:平均|统一|再)?(?:降低|下调|优惠|下浮|降)$"
)
_EACH_AFTER: Final = re.compile(r"(?:/|每)[一-龥㎡]")


def is_cut(before: str, after: str) -> bool:
    """Whether a price falls by the sum for each unit."""
    if _CUT_EACH.search(before):
        return True
    return _CUT.search(before) is not None and _EACH_AFTER.match(after) is not None


def is_deposit(clause: str) -> bool:
    """Whether the sum limits what somebody has to deposit."""
    return _DEPOSIT.search(clause) is not None


def is_loan_meant(before: str, after: str) -> bool:
    """Whether a sum says which loans are meant: 对单户500万元及以下的担保业务免收担保费."""
    return _OF_LOANS.match(after) is not None and bool(_EACH_LOAN.search(before) or _FOR_WHOM.search(before))


def is_base(after: str) -> bool:
    """Whether the words behind a sum make it a price of which a share is granted."""
    return bool(_BASE_PRICE.match(after) or _LET_AT.match(after))


def is_charge(before: str, after: str, *, given: bool) -> bool:
    """Whether a sum is asked for rather than granted; ``given``: the words behind it speak of granting."""
    priced = _PRICED.search(before) or _MARKET_PRICE.match(after)
    if priced and not given and not _PAID_FOR.match(after):
        return True
    if _PUT_IN.search(before) and _GETS.match(after):
        return True
    if is_loan_meant(before, after):
        return True
    return bool(
        _CHARGED.match(after)
        or _PAID_IN.search(before)
        or _LEVEL_SET.search(before)
        or _PRICE_LIMIT.search(before)
    )
