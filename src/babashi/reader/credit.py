"""Limits of loans, guarantees and instalments that are offered: 贷款额度提高到50万元, 单户300万元以内."""

from __future__ import annotations

import re
from typing import Final

from babashi.reader.context import Context
from babashi.reader.quantities import Group

_NEAR: Final = 70  # characters: the loan is named close to its limit
# what is lent, as long as nothing is paid for it
_LENT: Final = re.compile(
    r"(?:贷(?!款?(?:贴息|利息|本金|损失|余额|发放|投放|增|风险))款?|借款|授信|信用额度|公积金|担保(?:余额|金额|额)"
    r"|消费金融|分期)(?P<rest>。?[^。；]{0,60})$"
)
_PAID: Final = re.compile(r"奖|补[贴助偿]|贴息|资助|基金|注册资|资本|投资|资金池|周转金|风险|损失")
_RAISED: Final = re.compile(
    r"(?:额度?|上限|限额|贷|授信|金额|规模|个人|企业|主体|的)?[^，。；：]{0,24}"
    r"(?:提高|提升|上调|调高|调增|增至|升|调整|放宽|扩大|增加|提|调)(?:到|至|为)(?:最高|不超过)?(?:每[^，。；\d]{1,4})?$"
)
_EACH: Final = re.compile(
    r"(?:单户|每户|每家|单笔|每笔|户均|人均|个人|总额|总量|合伙[^，。；\d]{0,6}|可贷款?|掌握在|控制在|企业)[^，。；\d补奖]{0,10}$"
)
_WITHIN: Final = re.compile(
    r"(?:（[^）]{0,4}）)?以[内下](?:（[^）]{0,4}）)?(?:掌握|把握|控制)?(?=[，。；、）]|$)"
)
_HELD: Final = re.compile(r"^(?:以内)?(?:掌握|把握)|^、[^，。；\d]{0,8}\d[\d.]*万元(?:以内)?(?:掌握|把握)")
_CASE: Final = re.compile(r"^(?:（[^）]{0,6}）)?(?:及?以上|的(?!额度|标准|限额|[^，。；]{0,8}贷款))")
_NEXT: Final = re.compile(
    r"[^，。；、\d]{0,4}[，、；][^，。；、\d补奖贴息费率]{0,18}(?:为|可贷|上浮|放宽(?:到|至)|提高(?:到|至)|最高|不超过|总额|按人均)?"
)


# 单户担保金额500万元以下、费率不超过1%的业务，按…补助: which loans are meant
_WHICH: Final = re.compile(
    r"(?:（[^）]{0,4}）)?以[内下][、，][^。；]{2,40}的[^，。；\d]{0,14}(?:业务|贷款|项目)，?(?:按|给予|由)"
)


def _is_lent(words: str) -> bool:
    """Whether a loan is what the words speak of last."""
    lent = _LENT.search(words[-_NEAR:])
    return lent is not None and not _PAID.search(lent["rest"])


def is_limit(text: str, group: Group, context: Context) -> bool:
    """Whether the sum is the limit of a loan that is offered."""
    before = text[max(0, group.start - _NEAR) : group.start]
    if _CASE.match(context.after) or _WHICH.match(context.after) or not _is_lent(before):
        return False
    if _RAISED.search(context.clause) or _HELD.match(context.after):
        return True
    return _EACH.search(context.clause) is not None and _WITHIN.match(context.after) is not None


# 合伙创业按每人20万元、总额不超过110万元: each of the partners
_HEAD: Final = re.compile(r"合伙[^。；\d]{0,16}(?:每人|人均)(?:最高|可贷|可申请)?$|(?:每人|人均)(?:可贷)?$")
_HEADS_TOGETHER: Final = re.compile(
    r"(?:的?(?:标准|额度))?[，、；（](?:但)?(?:总额|合计|总量|累计|贷款总额)?[^，。；\d]{0,4}(?:不超过|最高|上限|控制在)"
)


def is_by_head(context: Context) -> bool:
    """Whether the limit of a loan is one for each of several partners."""
    return _HEAD.search(context.clause) is not None and _HEADS_TOGETHER.match(context.after) is not None


def is_next(gap: str, after: str) -> bool:
    """Whether the sum is the limit in a further case: 单职工为60万元, 信用良好的可放宽至30万元."""
    return not _CASE.match(after) and _NEXT.fullmatch(gap) is not None
