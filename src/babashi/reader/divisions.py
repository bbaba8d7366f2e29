"""Shares that say how money, orders or places are divided, paid out or borne, and grant nobody anything."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from babashi.reader import bearers, instalments
from babashi.reader.context import Context
from babashi.reader.cues import GRANT_NOUN
from babashi.reader.quantities import Group

# 按在园人数的10%评定, 补贴人数不超过总人数的10%: how many
_CHOSEN: Final = re.compile(r"的?(?:比例)?(?:评定|遴选|评选|推荐|选拔|选取|抽取|抽查)")
_HEADS: Final = re.compile(r"(?:人数|名额|户数|数量|家数)[^，。；\d]{0,20}的?$")
_DEDUCTED: Final = re.compile(
    r"结余(?:资金)?(?:不得?超过|控制在)[^，。；\d]{2,14}的$|(?:收入|利润)[^，。；\d]{0,4}(?:中|里)?(?:按|每年)?提取(?:不低于|不超过)?$"
    r"|(?:注册资[本金]|出资)[^。；]{0,40}补足$|奖(?:励额|励资金|励金额|金)(?:占比)?(?:不低于|不少于|占)$"
    r"|其中[^。；]{2,24}(?:不低于|不少于|不超过)奖[金励](?:总额|总数|资金|金额)的?$"
    r"|其中[^，。；\d]{0,10}(?:负责人|班子|成员|个人|团队|管理层|职工)[^，。；\d]{0,8}(?:不超过|不低于|占)$"
    r"|(?:扣减|核减|扣拨|扣付|倒扣|减发|扣发|缓拨|递减|递增)[^，。；\d]{0,6}$"
)
_EACH_BEARS: Final = re.compile(r"各(?:自)?(?:承担|负担|分担|出资|负责|享受|享有|分享|分得)[^，。；\d]{0,4}$")
_EVEN_PARTS: Final = frozenset(Decimal(part) for part in ("0.5", "0.33", "0.34", "0.25", "0.2"))
_DIVIDED: Final = re.compile(
    r"^的?(?:比例)?(?!由[^各分共级]{1,6}承担)[^，。；、\d]{0,4}(?:分配|分享|分成|分担(?![^，。；]{0,2}补)|共担|承担)"
)
_NO_LONGER: Final = re.compile(
    rf"^(?!的?(?:比例|标准)?(?:给予)?[^，。；\d]{{0,4}}(?:{GRANT_NOUN}))[^。；]{{0,20}}(?:不再(?:给予|享受"
    rf"|补)|不予|不给予)"
)
# 取排名前40%的, 一等奖（20%）: how many win, not what they get
_RANKED: Final = re.compile(
    r"(?:排名|名次|得分|综合)[^，。；\d]{0,6}前$|[一二三四]等[奖次]?（$"
    r"|(?:退坡|调整幅度|浮动幅度)[^，。；\d]{0,6}$"
)
_NOT_ANY_MORE: Final = re.compile(r"(?:不再|不)(?:按照?|执行|享受|参照)[^，。；\d]{0,20}$")
_OF_POT: Final = re.compile(
    r"^(?:的)?(?:比例)?(?:提取(?![^，。；]{0,6}奖)|安排(?!企业|给|[^，。；\d]{0,6}配套)|列支|拨付至|预拨)"
)
# 不低于30%的资金用于…, 采购份额: how money or orders are divided
_PORTION: Final = re.compile(
    r"^(?!用于(?:[^，。；\d]{0,4}企业[^，。；\d]{0,10}补[贴助]|(?:扶持|支持|奖励)企业))(?:以上)?的?[^，。；\d]{0,10}(?:资金|经费|份额|额度|指标)(?:用于|投向|面向|给(?!予))"
    r"|^(?:以上)?的?(?:可|应当?|须|必须)?用于(?!(?:扶持|支持|奖励)企业|[^，。；\d]{0,4}企业[^，。；\d]{0,10}补[贴助])"
)
ORDERS: Final = re.compile(
    r"(?:采购份额|采购比例|预留)[^，。；\d]{0,14}$"
    r"|(?:预付款|进度款|首付款|工程款|合同款)(?!金?额|到账)[^，。；]{0,30}(?:，但最高)?"
    r"(?:不低于|不高于|不得?超过|不少于|提高[至到]|达到|支付|预付|为)[^，。；\d]{0,14}$"
)
_ORDERS_AFTER: Final = re.compile(r"的?(?:采购份额|预付款|首付款|合同预付)")
# 安排30%左右的场地: how much room, land or how many places
_ROOM: Final = re.compile(
    r"(?:左右|以上)?的[^，。；\d]{0,4}(?:场地|面积|房源|床位|名额|岗位|指标|用地|席位|铺位)"
)
# 所需奖金由受益单位承担50%, 由见习单位发放不低于最低工资80%的补助
_PAID_BY_OTHERS: Final = re.compile(
    r"(?:奖金|奖励金|所需(?:资金|经费|费用)|(?:奖励|补[贴助])(?:资金|经费))由[^。；]{0,40}(?:承担|负担)$"
    r"|由(?:见习|用人|实习|招用|所在)?(?:单位|企业)(?:按月|按规定)?(?:发放|支付|给付)[^，。；\d]{0,20}$"
)
_BORNE_BY_ONESELF: Final = re.compile(
    r"自(?:付|筹|担|负|理|缴|交|掏|出|行承担)(?:(?!救助|补|报销|部分按)[^，。；的]){0,6}$|(?:[养种农]?[殖植]?户|农民|业主|居民|用户|职工|学员|家长"
    r"|患者|投保人|企业|个人|参保人|申报单位|群众|自然人|(?:合作|经办|贷款|放贷)?银行|金融机构)(?:自行)?(?:自缴|自筹|自付|分担|自交"
    r"|自担|自负|自理|负担|承担)[^，。；的]{0,6}$"
)


def is_division(text: str, group: Group, context: Context) -> bool:
    """Whether the share says how money is paid out, divided or borne, or is not granted any more."""
    before, after = context.before, context.after
    sentence = text[context.sentence_start : context.sentence_end]
    so_far = sentence[: group.start - context.sentence_start]
    return bool(
        _PORTION.match(after)
        or _RANKED.search(before)
        or _CHOSEN.match(after)
        or _HEADS.search(context.clause)
        or ORDERS.search(context.clause)
        or ORDERS.search(before)
        or _ORDERS_AFTER.match(after)
        or _DIVIDED.match(after)
        or (_EACH_BEARS.search(before) and group.members[0].value in _EVEN_PARTS)
        or bearers.is_rest(sentence, group, context)
        or bearers.is_split(sentence, len(so_far))
        or _DEDUCTED.search(before)
        or _NO_LONGER.search(text[group.end : context.sentence_end])
        or instalments.is_one(context, sentence, group)
        or bearers.is_shared(sentence, group.start - context.sentence_start)
        or _NOT_ANY_MORE.search(context.clause)
        or _OF_POT.match(after)
        or _BORNE_BY_ONESELF.search(before)
        or _PAID_BY_OTHERS.search(so_far)
        or _ROOM.match(after)
    )
