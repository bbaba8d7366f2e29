"""Shares that say how a sum is paid out, not how much: 分三年按40%、30%、30%拨付, 首年拨付60%."""

from __future__ import annotations

import re
from typing import Final

from babashi.reader.context import Context
from babashi.reader.cues import GRANT_NOUN
from babashi.reader.quantities import Group

_PAID_AFTER: Final = re.compile(
    r"^的?(?:比例)?(?:分[^，。；]{0,8})?(?:进行|予以|逐年|分别|先行|分期|预先)?(?:拨付|兑付|兑现"
    r"|发放|预拨|拨款|付清|支付)"
    r"|^的?[^，。；\d]{0,6}(?:待|于|在)[^，。；]{2,20}(?:兑现|拨付|发放|兑付)"
)
_PAID_BEFORE: Final = re.compile(
    r"(?:[后时](?:先|再)?支付|拨付|兑付|兑现(?!额度|标准|比例)|预拨|预支|预付|先行(?!代偿|赔付|垫付|补偿)"
    r"|首期|(?:[时后先再]|首付?|[当次首]年)(?:各|先|再|预)?[兑拨付]$|首次(?=[^，。；\d]{0,4}[拨付兑发])|首次(?=按?$)|尾款|余款|(?:剩余|其余)(?![省市区县州镇乡]|地区|各|利息|租金|保费|费用|差额|(?:部分|资金)?由|[^，。；\d按]{0,4}(?:项目|企业|[用农租]户|人员|单位|对象|机构|地区|情形|[个人类])按?)"
    r"|(?:第[一二三四五]年|首年|次年)(?:度)?(?:再)?(?:拨付|兑付|兑现|发放|支付)"
    r"|(?<!部)分[一二两三四五六\d]{0,2}个?(?:年度?|期|批|次|阶段|步骤?)[^，。；\d]{0,8}(?:按"
    r"|各按))[^，。；\d]{0,8}$"
)
# 补助分两年兑现，…后付60%，…付40%
_IN_PARTS: Final = re.compile(
    r"分[一二两三四五六\d]{1,2}个?(?:年度?|期|批|次|阶段)[^，。；\d]{0,4}(?:兑现|拨付|支付|发放|付|兑付|到位|给付)"
)
_PART_PAID: Final = re.compile(
    r"(?:[后时上再先各年即]|其余|剩余)(?:再|先)?(?:支?付|拨付?|兑[现付]|补|发放?)(?:其余|剩余)?$"
)
_FIRST_PART: Final = re.compile(
    r"(?:先期|先行|首期|预先|首次)(?:兑现|拨付|发放|兑付|支付)[^。；]{0,40}(?:其余|剩余|余下|尾款)"
)
# 剩余5%由镇财政补足
_REST_PAID: Final = re.compile(r"由[^，。；\d]{1,12}(?:补足|补齐|承担|负担|解决|兜底|补[贴助])")
# 分三年付清，每年三分之一
_INSTALMENT: Final = re.compile(
    r"分[一二两三四五六\d]{1,2}个?(?:年度?|期|批|次)[^，。；\d]{0,6}(?:付清|拨付|兑付|发放|支付|兑现|到位)，"
    r"[^，。；\d]{0,4}[每各][^，。；\d]{0,4}$"
)
_GRANTED: Final = re.compile(rf"^的?(?:比例|标准)?(?:分别)?(?:给予)?[^，。；\d]{{0,6}}(?:{GRANT_NOUN})")
# 按年度兑付创新券总额的10%给予奖励: what was paid is the base
_PAID_SUM: Final = re.compile(r"(?:兑[付现]|拨付|发放|支付)[^，。；\d]{0,10}(?:额|款|金额|总额|费用?)的$")
# 其中50%在开工后兑现，余款在投产后兑现
_REST_LATER: Final = re.compile(r"余款|余额|其余|剩余|余下|尾款")
# 按70%先行拨付、30%验收后拨付
_PAID_PARTS: Final = re.compile(r"(\d{1,2})%的?[^，。；、\d%]{0,10}(?:拨付|兑付|兑现|支付|发放)")


_PAYS: Final = r"(?:兑现|拨付|支付|发放|付清|兑付|到位|给付)"
# 分两年兑付, 资金分三批: money that comes in parts
_DIVIDED: Final = re.compile(
    rf"(?<!部)分[一二两三四五六\d]{{1,2}}个?(?:年度?|期|批|次|阶段|步|笔)[^，。；\d]{{0,4}}{_PAYS}"
)
_PART: Final = (
    r"(?:第[一二三四五]|首|次|末|尾|最后一|当|满一|满两|满三)(?:年度?|期|批次?|次|笔|阶段|步)"
    r"(?:资金|款项?|奖补?金?|补[助贴]款?)?"
)
# 第一年60%, 首笔资金按总额的20%
_OF_PART: Final = re.compile(rf"{_PART}(?:按照?|为|先|再|{_PAYS}|[^，。；\d]{{2,8}}的)*$")
_NTH: Final = re.compile(rf"{_PART}(?:按照?|为|先|再|{_PAYS}|[^，。；\d]{{2,8}}的)*(\d{{1,2}})%")
_MONEY_PART: Final = re.compile(
    r"(?:第[一二三]|首|末|尾|最后一)(?:笔|批)(?:资金|款项?|补[助贴]款?|奖补?金?)?[^，。；\d]{0,14}$"
)
_EACH_YEAR: Final = re.compile(r"(?<!部)分[一二两三四五六\d]{1,2}个?(?:年度?|期|批|次)各(?:按|为)?$")


def _of_a_part(context: Context, sentence: str, so_far: str) -> bool:
    """Whether the share is one of the parts into which a sum is divided in time."""
    rest = sentence[len(so_far) :]
    if _EACH_YEAR.search(context.before) or (_MONEY_PART.search(context.before) and re.search(_PAYS, rest)):
        return True
    if not _OF_PART.search(context.before):
        return False
    if _DIVIDED.search(so_far):
        return True
    parts = [int(part) for part in _NTH.findall(sentence)]
    return (
        len(parts) > 1
        and sum(parts) == 100
        and re.search(rf"\d%的?[^，。；\d]{{0,4}}{_PAYS}", rest) is not None
    )


def is_one(context: Context, sentence: str, group: Group) -> bool:
    """``按40%、30%、30%拨付``, ``第一年拨付60%``: how a sum is paid out, not how much."""
    so_far = sentence[: group.start - context.sentence_start]
    if _INSTALMENT.search(so_far) or _of_a_part(context, sentence, so_far):
        return True
    if _FIRST_PART.match(context.after) or re.search(r"(?:补|付|拨)(?:其余|剩余)的?$", context.before):
        return True
    if _IN_PARTS.search(sentence) and _PART_PAID.search(context.before):
        return True
    if _REST_PAID.match(context.after):
        return False
    if _PAID_SUM.search(context.clause) and _GRANTED.match(context.after):
        return False
    if _PAID_BEFORE.search(re.sub(r"（[^（）]{0,60}）", "", context.clause)):
        return not re.search(r"(?:给予|补贴|补助|奖励)[^，。；\d分]{0,4}$", context.clause)
    if _PAID_AFTER.match(context.after):
        if context.before.endswith("其中") and _REST_LATER.search(sentence):
            return True
        parts = [int(part) for part in _PAID_PARTS.findall(sentence)]
        if len(parts) > 1 and sum(parts) == 100:
            return True
    if not _PAID_AFTER.match(context.after) and not (
        len(group.members) > 1 and not group.is_range and "分" in context.clause[-12:]
    ):
        return False
    if sum(member.value for member in group.members) == 1 and len(group.members) > 1:
        return True
    return bool(_PAID_AFTER.match(context.after)) and (
        (len(group.members) > 1 and not group.is_range)
        or bool(re.search(r"(?:奖励|补助|补贴|资助|扶持|奖补)(?:资金|总额|额度|金额)的?$", context.clause))
    )
