"""Sums of a whole programme: what the public purse sets aside, puts in, or spends at most for everybody."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from babashi.reader.context import Context
from babashi.reader.quantities import Group

_POT_BEFORE: Final = re.compile(
    r"(?:安排|单列|设立|设置|筹集|筹措|(?<!资金)投入|统筹|列支|出资(?!额)|整合|预算|投放|募集|组建|切块"
    r"|新增安排|用好|落实好|拿出|挤出|注资|注入|筹资)(?!的)[^，。；\d]{0,30}$"
)
_POT_NOUN: Final = re.compile(r"资金|经费|基金|资金池|专项|预算|消费券|券|贷款规模|信贷|再贷款|额度")
# 设立不少于200万元专项补贴, 投入600万元举办促销活动: the pot is named by its verb alone
_POT_SET_UP: Final = re.compile(r"(?:设立|单列)(?:总?规模)?(?:不低于|不超过|约|最高)?$")
_POT_SPENT: Final = re.compile(
    r"(?:投入|安排|拿出|统筹)(?:财政|专项)?(?:资金|经费)?(?:总计|合计|累计)?(?:不低于|约|最高|不超过)?$"
)
# 设立发展专项资金，首期安排3000万元
_FIRST_PART: Final = re.compile(
    r"(?:首期|首批|首年|初期|启动期|起步期|第一期|一期|今年|当年)(?:资金)?(?:安排|投入|规模|出资|注入|到位)(?:资金)?(?:为|不低于|约)?$"
)
_FUND_NAMED: Final = re.compile(
    r"(?:设立|建立|成立|组建|安排)[^。；]{0,24}(?:基金|资金|资金池|准备金|补偿金)[^。；\d]{0,30}$"
)
# 可申领创新券总额最高10万元: what one beneficiary may ask for; 兑付总额达到50万元的: what it has reached
_ONES_OWN: Final = re.compile(
    r"(?:可|限|能)(?:以)?(?:申[领请报]|领取|享受|获得?|使用)|(?:达到?|超过|满|突破)(?<!不超过)$|(?:奖励|补助|补贴)(?:不少于|不低于)$"
)
_VOUCHERS: Final = re.compile(
    r"(?:发放|投放)[^，。；\d每]{0,12}券[^，。；\d每]{0,3}$|(?:追加|加大|再次|继续|增加)(?:投放|发放)$"
)
_SMALLEST_POT: Final = 100_000  # yuan: 发放消费券50元 is what one receives
_SPENT_ON: Final = re.compile(
    r"(?:以上)?[^，。；\d]{0,6}(?:资金|经费)?，?(?:用于|(?:面向|针对|向|对|通过)[^，。；\d]{1,16}(?:发放|投放)|用以|举办|开展|组织|实施|发放|投放|支持开展"
    r"|分[^，。；\d]{0,24}[轮期批次档][^，。；\d]{0,4}(?:发放|投放))"
)
_POT_YEARLY: Final = re.compile(
    r"(?:财政|每年|全年|年度|年内)[^，。；\d]{0,12}(?:安排|列支|拿出|预算)[^，。；\d]{0,8}$"
)
# 向担保公司增资2000万元, 注资500万元组建担保中心: what the public purse puts into an institution
_CAPITAL: Final = re.compile(
    r"(?:财政|国资|总公司|集团|政府|平台公司)[^，。；\d]{0,16}(?:注资|增资|增加注册资本|出资)$"
)
_FOUNDS: Final = re.compile(r"(?:，使|，?(?:用于)?(?:组建|设立|成立|建立|充实|参股|壮大))")
_HANDED_OUT: Final = re.compile(r"共计?(?:发放|投放)[^，。；\d]{0,4}$")
# 筹措2亿元，设立…基金
_SET_UP_FOR: Final = re.compile(r"^，(?=(?:设立|组建|建立|成立)[^，。；]{2,20}(?:基金|资金))")
_POT_DIRECT: Final = re.compile(
    r"(?:(?<!投资)(?<!资产)(?<!收入)(?<!营收)(?<!产值)(?<!销售)(?<!募资)(?<!融资)(?<!管理)(?<!产业)规模"
    r"|资金总额|资金总量|(?<!管理)资金规模|(?<!管理)基金规模|发放总?额度?|发放规模|总盘子|总预算|预算总?额|奖金池(?:总额)?"
    r"|总奖金|奖池"
    r"|资金池|总额度|总资金|资金量)"
    r"(?:为|达到?|约|不低于|不少于|不超过|最高|控制在|[^，。；\d给奖补]{0,4})(?<!(?<!不)超过)$"
)
_TOTAL: Final = re.compile(
    r"(?<!贷款)(?<!投资)(?<!销售)(?<!交易)(?<!纳税)(?<!产值)(?<!出口)(?<!合同)(?<!授信)(?<!成交)(?:总额"
    r"|总量|总计|额度共计|合计|总金额|总面额)[^，。；\d]{0,8}$"
)
_POT_GROWS: Final = re.compile(
    r"(?:(?:基金|资金池|专项资金|发展资金|引导资金)(?:总?规模|总?量|总?额度)?|资金总?规模|(?:缓释|准备|补偿|周转)金|资金池)[^，。；]{0,20}"
    r"(?:增加?|扩大|提高|扩充|充实|做大|增资)(?:到|至)$"
)
_IN_BUDGET: Final = re.compile(r"[^，。；\d]{0,6}，?(?:纳入|列入)[^，。；\d]{0,8}预算")
_FIRST_COME: Final = re.compile(
    r"，?(?:按照?[^，。；]{0,24})?(?:先[到报申领]先[得发兑领]|[^，。；]{0,2}(?:用|发|兑|领|售)完|额满)"
)
_EACH_GETS: Final = re.compile(
    r"的(?:企业|单位|个人|机构|商户|项目)?，[^。；，]{0,8}(?:发放|给予)?额度(?:为|最高|不超过)$|对[^。；]{2,60}的，[^。；，]{0,8}额度(?:为|最高|不超过)$"
)
_WHOLE: Final = re.compile(
    r"消费券|(?<!证)券|基金|全[区市县省]|年度(?:奖励|补贴|补助|资金)?总|每年度?(?:奖励|补贴|资助)?(?:资金)?总"
)
# 按流片费的70%补助，年度补助总额最高300万元 and 对…的，年度总额 limit what one beneficiary gets
_FOR_SOME: Final = re.compile(r"对[^，。；]{2,40}的(?:企业|单位|机构|项目)?，年度")
_SINGLE: Final = re.compile(r"每(?!年)|单[个家户笔项]|同一|个体|一家|[一每]户|[^，]个企业")


# 市财政每年统筹不低于800万元, 基金会筹集50万元: an office of the public provides; what follows is what for
_PURSE: Final = (
    r"(?:财政(?:部门|资金)?|[省市县区州盟旗镇乡](?:级|委)(?:层面)?|[省市县区州盟旗镇]政府|基金会?|慈善(?:总)?会"
    r"|总工会|国资[^，。；\d]{0,4}|平台公司|集团|总公司|管委会)"
)
_PROVIDES: Final = re.compile(
    _PURSE + r"(?:(?!给予|奖励|补[贴助]|资助|承担)[^，。；\d]){0,16}"
    r"(?:统筹|安排|投入|出资|筹措|筹集|拿出|切块|切出|注资|注入|增资|列支|增加(?:注册)?资本金?|划拨|划出|募集|落实)"
    r"(?!的)(?:[^，。；\d奖补每]|补偿金?|奖补资金){0,10}$"
)
# 对…的企业，县财政安排10万元: what one of those receives
_FOR_THESE: Final = re.compile(
    r"的(?:企业|单位|项目|机构|个人|团队|人员|村)?，[^，]{0,30}$|[对给向][^，。；]{2,24}$"
)
_AS_GRANT: Final = re.compile(r"^的?[^，。；]{0,6}(?:奖励|补助|补贴|奖补|工作经费)(?!资金)")
# 建立3亿元引导基金, 和1000万元风险准备金
_FUND_AFTER: Final = re.compile(
    r"^的?[^，。；\d]{0,16}(?:基金(?!会)|资金池|准备金|补偿金|周转金|互助金|专项资金)"
)
_FOUNDED: Final = re.compile(r"(?:建立|设立|成立|组建|发起)[^，。；\d]{0,8}$")
_FUND_BEFORE: Final = re.compile(
    r"(?:建立|设立|成立|组建|安排)(?!的)[^，。；\d]{0,16}(?:准备金|补偿金|周转金|互助金|风险池|资金池)[^，。；\d]{0,4}$"
)
# 全县每年200万元封顶: the limit of everybody together
_FOR_ALL: Final = re.compile(
    r"(?:^|，|。|；)全[省市县区州盟旗镇](?:范围内?)?(?:每?年度?|全年|合计|共计?|累计|总计|的)*(?:发放|安排|投放)?"
    r"(?:补[贴助]|奖励|奖补|资助)?(?:资金|经费)?(?:总额|规模|总量)?(?:最高|最多)?(?:不超过|控制在|以|为)?$"
)
_UNTIL_SPENT: Final = re.compile(r"(?:用|发|兑|领)完(?:为止|即止|截止)|额满|先[到报申领]先[得发兑领]")
_YEARS_MONEY: Final = re.compile(
    r"(?:当年|年度|全年|每年|本年|本次|本轮)[^，。；\d每]{0,10}(?:资金|经费|补[贴助]|奖补)[^，。；\d每]{0,8}$"
)
# 扩充至2亿元 and 其中景区券200万元: more of a pot, or a part of it
_POT_ENLARGED: Final = re.compile(
    r"(?:扩充|扩大|放大|增加|做大|充实|提高|提升)(?:到|至|为)$|(?:累计|首期)[^，。；\d]{0,6}$"
)
_PART: Final = re.compile(
    r"(?:，?(?:其中|包括)[：，]?|[、，；])[^，。；：、\d每]{0,10}(?:券|红包)(?:各|为|不低于|不少于|不超过|约|最高|总?额度?){0,2}"
    r"|[^，。；、\d每]{0,24}(?:和|及|与|、|，)(?:设立|安排)?"
)


_VOUCHER_PART: Final = re.compile(r"(?:券|红包)(?:各|为|不低于|不少于|不超过|约|最高|总?额度?){0,2}$|[各为]$")


_CASE: Final = re.compile(r"(?:（[^）]{0,4}）)?及?以[上下内]")


def is_part(context: Context, group: Group) -> bool:
    """Whether a sum behind a pot enlarges it, is a part of it, or a second pot of the same sentence."""
    link = context.link or ""
    if _SINGLE.search(link) or group.members[0].value < _SMALLEST_POT or _CASE.match(context.after):
        return False
    if (
        not re.search("注册资本|资本金", context.clause)
        and _POT_ENLARGED.search(context.clause)
        and "给予" not in context.clause
    ):
        return True
    if not _PART.fullmatch(link):
        return False
    return _VOUCHER_PART.search(link) is not None or _FUND_AFTER.match(context.after) is not None


# 发挥20亿元母基金作用; 引导…发放不少于3亿元贷款; 注资800万元组建…中心; 从结余中提取8000万元，设立…
_FUND_USED: Final = re.compile(r"(?:发挥|用好|依托|运用|通过)[^，。；\d]{0,10}$")
_VOLUME: Final = re.compile(
    r"(?:引导|推动|组织|安排)[^。；，\d]{0,20}(?:提供|发放|投放|新增)(?:不低于|不少于|超过)?$"
)
_VOLUME_AFTER: Final = re.compile(r"的?[^，。；\d]{0,8}(?:贷款|信贷|授信|再贷款)")
_LARGE: Final = 10_000_000  # yuan: what all banks lend, not one
_PUTS_IN: Final = re.compile(r"(?:^|[，；、.）])[^，。；\d]{0,4}(?:注资|增资)$")
_MORE_CAPITAL: Final = re.compile(
    r"(?:增加|追加|补充|充实)[^，。；\d]{0,24}"
    r"(?:担保|公司|中心|平台)[^，。；\d]{0,6}(?:注册)?资本金?$"
)
_TAKEN_OUT: Final = re.compile(r"从[^，。；\d]{2,24}(?:提取|划转|调剂|切块|计提)$")
_TO_SET_UP: Final = re.compile(r"，?(?:设立|用于|建立|作为|统筹用于|支持)")
# 撬动社会资本，产业基金规模超1000亿元: what is hoped for
_LEVERED: Final = re.compile(r"(?:撬动|带动)[^。；]{0,60}规模[^，。；\d]{0,4}$")
# 每列补助10万元，年补助总额控制在2000万元以内
_HELD_DOWN: Final = re.compile(
    r"(?:该项|本项|此项|累计|年度?|全年|每年|资金|补[贴助]|奖励|奖补)[^，。；\d]{0,6}总额控制在$"
)


def _is_set_aside(sentence: str, context: Context, value: Decimal) -> bool:
    """Whether the words name the money of a fund, of an institution or of a whole programme."""
    clause, after = context.clause, context.after
    if value < _SMALLEST_POT:
        return False
    if _FUND_USED.search(clause) and _FUND_AFTER.match(after):
        return True
    if _VOLUME.search(clause) and _VOLUME_AFTER.match(after):
        return value >= _LARGE
    if (_PUTS_IN.search(clause) and _FOUNDS.match(after)) or _MORE_CAPITAL.search(clause):
        return True
    if _TAKEN_OUT.search(clause) and _TO_SET_UP.match(after):
        return True
    if re.search(r"投放$", clause) and "券" in sentence:
        return True
    return _HELD_DOWN.search(clause) is not None and not _ONES_OWN.search(clause)


def _is_provided(text: str, group: Group, context: Context) -> bool:
    """Whether an office of the public provides the sum, or everybody together gets no more than it."""
    clause = context.clause
    if _FOR_ALL.search(clause) or (_FOUNDED.search(clause) and _FUND_AFTER.match(context.after)):
        return True
    sentence = text[context.sentence_start : context.sentence_end]
    if _YEARS_MONEY.search(clause) and _UNTIL_SPENT.search(sentence):
        return True
    if group.members[0].value < _SMALLEST_POT:
        return False
    if _FUND_BEFORE.search(clause):
        return True
    if not _PROVIDES.search(clause) or _AS_GRANT.match(context.after):
        return False
    return not _FOR_THESE.search(
        text[context.sentence_start : group.start - len(clause)] + re.split(_PURSE, clause)[0]
    )


def is_total(clause: str) -> bool:
    """Whether the clause speaks of the total of what is given, and not to one of many."""
    return _TOTAL.search(clause) is not None and not _SINGLE.search(clause) and not _ONES_OWN.search(clause)


def _is_of_one(context: Context) -> bool:
    """Whether the words around a sum say that one beneficiary gets it or must reach it."""
    return (
        _SINGLE.search(context.clause) is not None
        or re.match(r"/(?:[家户个人]|企业|单位|项目|机构)", context.after) is not None
        or _REACHED.match(context.after) is not None
        or "且每年总额" in context.clause
    )


def _is_sum_total(sentence: str, context: Context) -> bool:
    """``年度补贴总额不超过500万元`` of everybody, not of the one for whom the sentence is."""
    if _FIRST_COME.match(context.after):
        return True
    lower = bool(re.search(r"不低于|不少于|约", context.clause[-8:]))
    granted = context.link is not None or _FOR_SOME.search(sentence)
    return lower or (bool(_WHOLE.search(sentence)) and not _SINGLE.search(sentence) and not granted)


# …以上且, …的企业: a sum that is reached
_REACHED: Final = re.compile(
    r"^(?:以上)?[^，。；]{0,4}(?:且|并|的，|，且|的(?:企|项|单)(?![^，。；]{0,12}(?:基金|资金(?!的))))"
)


def is_pot(text: str, group: Group, context: Context) -> bool:
    """Whether the sum is the money of a whole programme rather than what one beneficiary gets."""
    if _is_of_one(context):
        return False
    clause = context.clause
    sentence = text[context.sentence_start : context.sentence_end]
    if _LEVERED.search(sentence[: group.start - context.sentence_start]):
        return False
    if _is_set_aside(sentence, context, group.members[0].value):
        return True
    near = _SET_UP_FOR.sub("", context.after[:30])[:22].split("，")[0]
    if _is_provided(text, group, context):
        return True
    if re.search(r"(?:经费|资金)[^，。；\d]{0,8}$", clause) and _IN_BUDGET.match(context.after):
        return True
    if re.search(r"列支$", clause) and near.startswith("用于"):
        return True
    before = text[max(context.sentence_start, group.start - 120) : group.start]
    if _EACH_GETS.search(before) and group.members[0].value < 10 * _SMALLEST_POT:
        return False
    large = group.members[0].value >= _SMALLEST_POT
    if _is_named_pot(clause, before, context.after, large=large):
        return True
    if _POT_BEFORE.search(clause) and _POT_NOUN.search(clause[-24:] + near):
        return not re.search(r"^[^，。；]{0,6}(?:奖励|补助|补贴)(?!资金|经费)", near)
    if _TOTAL.search(clause) and not _ONES_OWN.search(clause):
        return _is_sum_total(sentence, context)
    return bool(
        large
        and re.search(r"(?:发放|投放)[^，。；\d]{0,6}$", clause)
        and re.match(r"^[^，。；]{0,12}券", near)
    )


def _is_named_pot(clause: str, before: str, after: str, *, large: bool) -> bool:
    """Whether the words next to the sum name a fund or the money for a whole year or programme."""
    return bool(
        _POT_DIRECT.search(clause)
        or _POT_YEARLY.search(clause)
        or _POT_SET_UP.search(clause)
        or _POT_GROWS.search(clause)
        or (_CAPITAL.search(clause) and _FOUNDS.match(after))
        or (large and (_HANDED_OUT.search(clause) or _VOUCHERS.search(clause)))
        or (_FIRST_PART.search(clause) and _FUND_NAMED.search(before))
        or (_POT_SPENT.search(clause) and _SPENT_ON.match(after))
    )
