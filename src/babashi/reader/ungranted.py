"""Sums near the words of a grant that nobody is granted: fines, hopes, estimates, steps of a scale, instalments."""

from __future__ import annotations

import re
from typing import Final

from babashi.reader import cues
from babashi.reader.context import Context
from babashi.reader.quantities import Group

_NO_BENEFIT: Final = re.compile(
    r"追回|追缴|骗取|罚款|处罚|处以|例如|举例|比如|截至目前|已累计|[已共](?:兑现|兑付|发放(?!的|[^，。；]{0,6}贷款)|拨付)"
    r"|累计(?:兑现|兑付|发放(?!时间|期限|期|次数)|拨付)"
    r"|是指|所称|注册资本不|自筹(?!资金不足)|人工成本|专项债|债券额度|预算执行|政府投资项目|到期贷款"
)
# 举报对象被处罚的，按罚款的15%奖励举报人，最高30万元
_FINED: Final = re.compile(r"罚款|处罚")
# 力争带动消费3亿元: what is hoped for; a sum before these words is not
_HOPED: Final = re.compile(
    r"力争|预计|确保实现|(?<!培养)(?<!培训)(?<!培育)目标(?:是|为|：)|(?:总体|工作|发展|主要|年度)目标(?!任务|考核)"
)
# 50万元以上的报县政府审定
_DECIDED: Final = re.compile(r"报区?市?县?政府|审议|审定|一事一议")
FROM: Final = re.compile(
    r"^[^，。；]{0,4}(?:提高|上调|增加?|扩大|扩充|充实|调整|提升|提|下调|降低|降|调)(?:到|至|为)"
)
_FROM_BEFORE: Final = re.compile(
    r"(?:由|从)(?:现行|原来|原有|原|目前|上年)?(?:的)?(?:补[助贴]|奖励|给予)?(?:最高|最低"
    r"|不超过)?(?:每[^，。；\d]{1,8})?$"
)
# （投资概算为：…）: what a thing costs, not what is granted
_ESTIMATE: Final = re.compile(r"（(?:投资|造价|费用|成本)?(?:概算|估算|测算|例如|如|注)[^（）]{0,300}$")
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
# 用人单位按不低于每月1000元发放实习补贴: what the employer pays
_PAID_AS_WAGE: Final = re.compile(
    r"(?:(?:用人|见习|用工|实习|招用|接收)单位|(?:由[^，。；\d]{0,4}|，)(?:企业|单位|基地|机构))(?:按照?|以|应|须)[^，。；\d补贴]{0,10}$"
)
# 每人1000元，其中区级承担500元: who pays how much of it
_BORNE: Final = re.compile(r"其中[^。；]{0,80}(?:承担|负担|出资)[^，。；\d]{0,2}$")
# 每亩2000元，其中中央1500元、省级500元: from which purse it comes
_PURSES: Final = re.compile(
    r"其中[：，]?(?:由)?(?:中央|省级?以上财政|(?:街镇|乡镇|街道)[^，。；\d]{0,12}配套|[省市区县](?:级|本级)?财政"
    r"|[省市区县]级?资金|[省市区县]级[^，。；\d]{0,2}$)[^。；补奖]{0,40}$"
)
# 户均5000元，其中3000元由省级资金列支
_PAID_FROM: Final = re.compile(r"由[^，。；\d]{1,14}(?:列支|承担|负担|解决|安排)")
# 租房提取每月可提1500元: one's own money
_WITHDRAWN: Final = re.compile(
    r"(?:(?<!结余中)(?<!基金中)(?<!资金中)提取|可提(?![高升至到])|支取)(?!贷|比例)[^，。；\d]{0,10}$"
)
# 500万元至2000万元部分，千分之三
_PART_OF_SCALE: Final = re.compile(
    r"(?:（[^）]{0,6}）)?(?:之间|以[上下内])?的?部分[，：]?(?:按|奖|补|给予|提取|\d)"
)
# 除享受国家每人4500元的培训支持外: what somebody else grants
_BESIDES: Final = re.compile(r"除[^。；，]{0,4}(?:国家|中央|省|市|上级)[^。；，]{0,16}$")
_OUTSIDE: Final = re.compile(r"[^，。；\d]{0,14}外，")


def is_no_grant(text: str, group: Group, context: Context) -> bool:
    """Whether the sum is a fine, a hope, an estimate, a part of another sum, or the level that is left behind."""
    before, after = context.before, context.after
    if text[context.sentence_end : context.sentence_end + 1] == "？" or _WITHDRAWN.search(before):
        return True
    if _PART_OF_SCALE.match(after) and not before.endswith(("奖励", "补助", "补贴", "给予")):
        return True
    if _BESIDES.search(before) and _OUTSIDE.match(after):
        return True
    sentence = text[context.sentence_start : context.sentence_end]
    so_far = sentence[: group.start - context.sentence_start]
    if cues.is_worked_out(text, context):
        return True
    if FROM.match(after) and _FROM_BEFORE.search(before):
        return True
    granted = re.search(r"给予[^，。；]{0,12}$|奖励$|补[助贴]$", before) or (
        re.search(r"按照?$", before) and re.match(r"的?(?:标准)?(?:给予)?(?:奖励|补[助贴])", after)
    )
    decided = _DECIDED.search(context.clause + after.split("，")[0])
    other = _NO_BENEFIT.search(
        _FINED.sub("", sentence) if re.search("举报|(?:罚款|处罚)金额", sentence) else sentence
    )
    if (_HOPED.search(so_far) or other or decided) and not granted:
        return True
    if _ESTIMATE.search(text[max(0, group.start - 300) : group.start]) or _VALUE_STEP.search(before):
        return True
    if _PAID_AS_WAGE.search(before) and re.match(
        r"(?:/[一-龥·]{1,4})?[^，。；\d补奖]{0,6}(?:发放|支付|发给)", after
    ):
        return True
    if before.endswith(("（价值", "（市值", "（原价")):
        return True
    if re.match(r"的?(?:台阶|整数倍|档次?|关口|大关)", after):
        return True
    if _STEP_NAMED.search(before) and _GRANT_AT_ONCE.match(after):
        return True
    return _is_part(context, so_far)


def _is_part(context: Context, so_far: str) -> bool:
    """Whether the sum is a part of the one before it: an instalment, or what one purse bears."""
    if context.link is None:
        return False
    return bool(
        ("其中" in context.link and _PAID_FROM.match(context.after))
        or _INSTALMENT.search(so_far)
        or _BORNE.search(so_far)
        or _PURSES.search(so_far)
    )
