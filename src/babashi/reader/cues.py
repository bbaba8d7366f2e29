"""Words that tell a benefit from a threshold and a ceiling from a fixed amount, shared by all finders."""

from __future__ import annotations

import re
from typing import Final

from babashi.reader import charges, given
from babashi.reader.context import Context

GRANT_NOUN: Final = (
    r"奖励|奖补|奖金|奖资|补助|补贴|资助|扶持|贴息|补偿|返还|津贴|代缴|奖|补齐|补差|补足|赔偿|赔付|保额"
    r"|限额|消费券|创新券|抵用券|服务券"
    r"|代金券|优惠券|礼包|储值卡|购物卡|加油卡|经费|支持|报销|减免|配套(?!费|设施|企业|服务|产业|措施|政策|建设|率)|激励|救助"
    r"|慰问|红包|降费|代偿|分担|承担|贴补|免收|退还"
)
GRANT: Final = re.compile(
    rf"给予|(?:{GRANT_NOUN}(?<!采购限额))|发放|安排|设立|拨付|兑现|最高(?!人民|法院|科学|检察|水平|等级|级"
    rf"|限价|投标)|封顶|上限"
    r"|每(?:家|户|个?企业|个?项目|年|件|人|台|辆|亩|吨|场|次|月|单)[^，。；]{0,6}$|标准(?:为|是|：)"
    r"|额度(?:为|：)|金额(?:为|：)"
    r"|下调|优惠(?=\d)|可(?:获|获得|享受|申请|申领|领取)|减$"
)
THRESHOLD: Final = re.compile(
    r"投资额?(?!方|主体|人|者|商)|投入|收入|产值|销售额?|零售额|营业额|营收|交易额|成交额?|税收|纳税额?"
    r"|税额|缴税|所得额"
    r"|贷款(?!额度最高|贴息)|授信|融资额?"
    r"|募资|募集|注册资本金?|资本金?|资产|估值|市值|进出口|出口额?|进口额?|外资|实缴|到位资金"
    r"|合同额?|增加值|工资|薪酬|年薪|(?<!资助)(?<!补助)(?<!补贴)费用|支出|成本"
    r"|利润|净利|购置|造价|流水|贡献|结算|价格|(?<!补贴)(?<!补助)单价|售价|车价|房款"
    r"|(?<!奖励)(?<!补助)(?<!补贴)(?<!资助)(?<!扶持)(?<!支持)金额(?!不|最|为|：|原则)|规模(?=达|以"
    r"|超)|流量|存款|保费|罚款|票价|租金|消费满|单笔消费"
    r"|最低价标准|出资额|采购限额|基准价|出让|月薪|购买|票房|收视|收购价|保护价|起付线|起付标准|免赔额"
)
_CONDITION_ENDS: Final = re.compile(r"(?:注册资本金?|营业收入|销售收入|总资产|销售额|产值|年收入)$")
_REACH: Final = re.compile(
    r"(?:达到|达(?!成)|突破|(?<!不)(?<!不得)超过|(?<!不)超出?|满(?!足)|高于(?<!不高于)|大于|不足"
    r"|低于(?<!不低于)|未达|完成|实现|增加|新增|增长"
    r"|增量在?|净增|到位|年均|[≥≤>＞]|总投资|缴纳|注册资金|规上|每(?:增加|新增|超过|满|达|超)?"
    r"|为(?!每))(?:人民币|约|了"
    r"|在|每[^，。；\d每奖补]{1,4})?$"
)
_CAP_BEFORE: Final = re.compile(
    r"最高|最多|至多|限领|限报|不超过|不得超过|不超出|不高于|不得高于|不多于|限额|上限(?![和与及])|封顶"
    r"|顶格|控制在|最大"
    r"|(?:[每单同一][^，。；\d]{1,10}|年度?|累计|总额)限[补奖额]?$|可达(?=[^，。；\d]{2,14}的$)"
    r"|可(?:获|补贴|奖励|补助|支持|提高|放宽|给予)?[^，。；\d]{0,3}(?:至|到|达)$"
)
_FLOOR_BEFORE: Final = re.compile(
    r"不低于|不少于|不得低于|不得少于|至少|最低(?!价|工资|社会|缴费|生活|档|标准)"
)
_NOT_CAP: Final = re.compile(
    r"最高(?:人民|法院|科学|检察|水平|等级|级|限价|投标)|新(?:增|入库)?上限(?=[^，。；\d]{0,4}(?:商|企业|单位|个体|入统))"
    r"|最高(?:贷款)?(?:额度|限额)(?=[^，。；\d]{2,14}基础上)"
    r"|最高(?:贷款)?(?:额度|限额|标准)(?:的?基础上?)?(?=(?:分别|均|各|可|再|统一){0,2}(?:上浮|提高|增加|上调)(?![到至为]))|最大限度|最大力度"
)
_MORE: Final = re.compile(r"^(?:（[^）\d]{0,60}）)?(?:人民币)?(?:（[^）]{0,6}）)?(?:及|或|\(含\))?以上")
_LESS: Final = re.compile(
    r"^(?:（[^）]{0,10}）)?(?:人民币)?(?:（[^）]{0,6}）)?(?:及|或)?(?:以下|以内|之内"
    r"|[^，。；\d]{0,6}(?:幅度|范围)(?:之)?内)"
)
_OF: Final = re.compile(r"^(?:（[^）]{0,20}）)?(?:人民币)?(?:/[一-龥·]{1,8})?[^，。；：、（）\d]{0,8}?的")
_BENEFIT_AFTER: Final = re.compile(
    rf"^[^，。；：\d]{{0,14}}?(?:{GRANT_NOUN}|标准|额度|比例|贷款|转贷|授信|担保|资金|基金|服务|保险"
    rf"|保障|优惠|价格|券)"
)
_GRANT_CLOSE: Final = re.compile(rf"(?:给予|予以|发放|(?:{GRANT_NOUN})|补|按|按照)[^，。；：、\d]{{0,8}}$")


def is_worked_out(text: str, context: Context) -> bool:
    """Whether the number is a term of arithmetic with sums of money."""
    if not (_BEFORE_SIGN.search(context.before) or _AFTER_SIGN.match(context.after)):
        return False
    return _IN_FORMULA.search(text, context.sentence_start, context.sentence_end) is not None


def last_words(context: Context) -> str:
    """The clause before the number; 上限：10万元 has its word before the colon."""
    if not context.clause and context.before.endswith("："):
        return re.split(r"[，；]", context.before[:-1])[-1][-10:]
    return context.clause


# 租赁面积（最高不超过1000平方米）、租金的30%: what bounds something else
_ASIDE: Final = re.compile(r"（[^（）]{0,80}）(?=的$|[^，。；（）]{2})")


def bound(clause: str, after: str) -> str | None:
    """``cap``, ``floor`` or None for a number with these words around it; the nearest word wins."""
    clause = _NOT_CAP.sub("", _ASIDE.sub("", clause))
    caps = [m.end() for m in _CAP_BEFORE.finditer(clause) if _governs(m[0], clause[m.end() :])]
    floors = [m.end() for m in _FLOOR_BEFORE.finditer(clause) if _governs(m[0], clause[m.end() :])]
    if _LESS.match(after) or re.match(
        r"^(?:（?(?:上限|最高|封顶)(?![^，。；）]{0,6}\d)|为限|为上限|的?限额|的上限)", after
    ):
        return "cap"
    if caps or floors:
        return "cap" if max(caps, default=-1) > max(floors, default=-1) else "floor"
    if _MORE.match(after) or re.match(r"^(?:起步?(?!征)|为下限)", after):
        return "floor"
    return None


# 上限由50万元提高到100万元
_FROM_SUM: Final = re.compile(r"[由从][^，。；\d]{0,8}\d{1,9}(?:\.\d{1,4})?(?:[万亿]?元|%)")
_YEARS: Final = re.compile(
    r"(?:19|20)\d{2}年度?|\d{1,2}月份?|LPR\d?|\d年期|\d{1,3}(?:个月|年|次|人|家|天)、$|（[^（）]{0,40}）"
)


_NAMED: Final = re.compile(r"\d(?=级|类|[A-Za-z])|(?<=[A-Za-z])\d+")  # 1级能效, V2G: no quantities


def _governs(word: str, between: str) -> bool:
    """不超过3年 and 不超过规定标准给予 bound something else than the number behind them."""
    if not word.startswith("最高") and re.search(r"[^，的](?:给予|补贴|补助|奖励)[^，]{0,2}$", between):
        return bool(re.match(r"给予|可", between))
    between = _NAMED.sub("", _FROM_SUM.sub("", _YEARS.sub("", between)))
    if word.startswith("最高"):
        return not re.match(r"(?:连续)?[一二两三四五六七八九十\d]{1,2}(?:个?年|期)", between)
    return not re.search(r"\d", between)


_CEILING_REACHED: Final = re.compile(
    r"(?:累计|限额|上限|最高|合计|总额|补助|奖励|补贴|支持|资助|扶持|标准|额度|可"
    r"|比例)[^，。；]{0,4}(?:达到?|为"
    r"|增加|超过)(?:人民币)?(?:每[^，。；\d每]{1,6})?$"
)
_RAISED_TO: Final = re.compile(r"(?:提高|增加|上调|调整|补足|提升|提|(?<!下)调)(?:到|至|为)$")
_LOAN_LIMIT: Final = re.compile(
    r"贴息(?:贷款)?本金(?:总额)?(?:按|以|最高)$"
    r"|贷款(?:本金|额度|金额|余额|规模|总额)?(?:原则上)?(?:(?:最高)?不(?:得)?(?:超过|高于)"
    r"|(?:上限|限额)(?:为)?|最高(?:为)?)$"
)
# 创业担保贷款额度最高30万元, 可申请…贷款300万元: the credit is what is offered
_LOAN_OFFERED: Final = re.compile(
    r"贷款(?:最高)?(?:额度|限额)(?:[^，。；\d单]{0,8}?(?:最高|不超过|上限|提高|增加|放宽|上调|可达)(?:到|至"
    r"|为)?[^，。；\d]{0,5}|为|：)$"
    r"|可(?:以)?(?:申请|获得|享受)[^，。；\d]{0,14}贷款(?:额度)?(?:最高|不超过)?$"
    r"|最高[^，。；\d]{0,4}贷款额度(?:为)?$"
)
# 单个企业累计周转额控制在1000万元以内, 单笔投资不高于500万元: what a fund puts in
_FUND_LIMIT: Final = re.compile(
    r"[单每](?:笔|个[^，。；\d]{0,6}|户|家)[^，。；\d]{0,4}(?:投资|周转|使用|借款|垫付|转贷)(?:额度?|金额|资金)?"
    r"(?:一般|原则上)?(?:最高)?(?:不超过|控制在|上限为?|最高)$"
    r"|投资单[个家户][^，。；\d]{0,6}(?:一般|原则上)?(?:最高)?(?:不超过|最高)$"
)
_GUARANTEE: Final = re.compile(r"[单每](?:户|个|家|笔)[^，。；\d]{0,4}担保(?:余额|金额|额)[^，。；\d]{0,8}$")
_NO_CASE: Final = re.compile(r"(?:$|，(?:[^，。；\d]{0,5}(?:担保费|费率)|担保费|免收|费率|期限|反担保|免除))")
# （4800元×60%＋5000元×8%）×30%＝600元: a sum that is worked out, not one that is named
_IN_FORMULA: Final = re.compile(r"元[^，。；×]{0,8}×|×[^，。；元]{0,24}元")
_BEFORE_SIGN: Final = re.compile(r"[×÷=＝+＋][（(]?$|^计算公式[：:][（(]?$")
_AFTER_SIGN: Final = re.compile(r"(?:/[一-龥]{1,4})?[）)]?[×÷=＝+＋]")

# 在国家补贴基础上每台增加5元
_ON_TOP: Final = re.compile(
    r"(?:补[贴助]|奖励|标准)(?:的|之)?基础上，?[^，。；\d]{0,12}(?:增加|提高|上浮|追加)$"
)
# 提供50万元以内免抵押贷款
_OFFERS: Final = re.compile(
    r"(?:提供|发放|给予)(?:[单每][笔户家个次](?:企业|项目)?)?(?:额度)?(?:最高)?(?:可达|不超过)?$"
    r"|的[^，。；\d]{0,8}(?:贷款|授信)(?:和|及|、|或|以及)(?:最高|不超过)?$"
)
_CREDIT: Final = re.compile(
    r"(?:以[内下])?(?:的)?[^，。；\d补奖息]{0,14}(?:贷款|贷”|授信|信贷|借款|周转|转贷|过桥|垫[付资]|借支)(?!贴息|利息)"
)
# 按新增运量每吨5元奖励
_BY_GROWTH: Final = re.compile(
    r"按照?[^，。；\d]{0,12}(?:新增|增量|增加|超额|超出)[^，。；\d]{0,6}每[^，。；\d]{1,6}$"
)
# 每增加1万人次增加2万元
_MORE_EACH: Final = re.compile(r"每(?:再)?(?:增加|新增|超过?|满|多)[^，。；]{1,14}增加$")
# 补助前期费用60万元: the verb governs what the sum is for
_GRANTS_COST: Final = re.compile(
    r"(?:^|[，；：的年])(?:再|另|一次性?|给予|每[^，。；\d]{1,4}|[^，。；\d每]{2,8}每[家户个店人]一次性){0,2}(?:补[助贴]|资助|奖励|报销)[^，。；：的\d]{0,6}"
    r"(?:费用?|成本|支出|租金|房租|利息|保费)(?:最高|最多)?(?:不超过)?$"
)
# 每吨再补100元, 用电每度补0.05元
_GIVEN_BRIEFLY: Final = re.compile(r"(?<![获得评候填弥大等])[补奖]$")
_PER_UNIT: Final = re.compile(r"按照?(?:每[^，。；、\d]{1,8})?$")
_IS_GIVEN: Final = re.compile(
    r"(?:/[^，。；]{1,6})?的?(?:标准)?(?:给予|予以|发放|补)"
    r"|、总额(?:最高)?不超过\d[\d.]{0,8}[万亿]?元的标准(?:给予)?补"
)
_GRANT_FOLLOWS: Final = re.compile(
    rf"^(?:人民币)?(?:/[一-龥]{{1,4}})?(?:的)?(?:一次性|专项|财政|人民币|运营|服务|工作|护理"
    rf"|生活)?(?:{GRANT_NOUN}|补|经费|资金)"
)
_LIMIT_ALONE: Final = re.compile(
    r"(?:^|，|、|（|元|；|：|\||\s)(?:但)?(?:且)?(?:个人|合伙|一年内?|最高|总额|累计|单[个家户笔][^，]{0,8}"
    r"|每[^，]{0,10}|同一[^，]{0,8}|全年[^，]{0,6}|合计|年度[^，]{0,6}"
    r"|原则上)?(?:最高)?不(?:得)?(?:超过|高于)$"
    r"|(?:补[贴助]|奖励|资助|支持)的[^，。；\d]{0,8}不超过$"
    r"|(?:个人|合伙(?:创业)?)(?:贷款)?(?:最高)?不超过$"
)


def is_threshold(context: Context) -> bool | None:
    """True: a condition of eligibility. False: a benefit. None: the words around it don't say."""
    before, after = context.before, context.after
    if _FUND_LIMIT.search(before) or (_OFFERS.search(before) and _CREDIT.match(after)):
        return False
    if charges.is_base(after) or charges.is_loan_meant(before, after):
        return True
    if given.is_handed_out(before, after) or charges.is_cut(before, after):
        return False
    verdict = _by_following(before, after)
    if verdict is not None:
        return verdict
    named = given.verdict(before, after, THRESHOLD)
    if named is not None:
        return named
    if _is_added(before, after):
        return False
    if _REACH.search(before) and not _CEILING_REACHED.search(before):
        if _BENEFIT_AFTER.match(after) and before.endswith(("为", "每")):
            return None
        return not _RAISED_TO.search(before)
    if context.guarantees and _GUARANTEE.search(before) and _NO_CASE.match(after):
        return False
    granted = _IS_GIVEN.match(after) or _GRANT_FOLLOWS.match(after)
    if charges.is_deposit(context.clause) or charges.is_charge(before, after, given=bool(granted)):
        return True
    if _LOAN_LIMIT.search(before) and "贴息" in before and not context.lends:
        return True
    if _LOAN_OFFERED.search(before) and ("贴息" not in before + after or context.lends):
        return False
    return False if _is_given(context) else _nearest(before)


def _is_added(before: str, after: str) -> bool:
    """每吨补, 在补贴基础上每台增加, 每超1人增加, 按新增运量每吨: words of growth or of price that grant."""
    more = before.endswith("增加") and (_GRANT_FOLLOWS.match(after) or _MORE_EACH.search(before))
    return bool(more or _GIVEN_BRIEFLY.search(before) or _ON_TOP.search(before) or _BY_GROWTH.search(before))


def _is_given(context: Context) -> bool:
    before, after = context.before, context.after
    if _PER_UNIT.search(before) and _IS_GIVEN.match(after):
        return True
    raised = _RAISED_TO.search(before) and not THRESHOLD.search(before)
    return bool(
        raised
        or _GRANTS_COST.search(context.clause)
        or _GRANT_FOLLOWS.match(after)
        or _LIMIT_ALONE.search(before)
    )


def _nearest(before: str) -> bool | None:
    """Whether the nearest telling word before the number speaks of a condition rather than a benefit."""
    grants = [m.start() if m[0].startswith("每") else m.end() for m in GRANT.finditer(before)]
    thresholds = [m.end() for m in THRESHOLD.finditer(before) if _reaches(before[m.end() :])]
    if not grants and not thresholds:
        return None
    return max(thresholds, default=-1) > max(grants, default=-1)


def _reaches(between: str) -> bool:
    """A threshold word governs a number that follows it closely in its own clause."""
    return (
        len(between) <= 16
        and "，" not in between
        and not re.search(r"的[^，]{1,12}(?:企业|单位|个人)", between)
    )


# 收入5000万元以下的奖励10万元, 奖励50万元以上的项目, 补助100万元以下的一次性拨付: a case, even behind a word of granting
_THOSE_WITH: Final = re.compile(
    rf"^(?:（[^）]{{0,6}}）)?(?:及?以[上下内])?的[^，。；、和及或\d]{{0,6}}(?:给予"
    rf"|{GRANT_NOUN})[^，。；、和及或\d]{{0,6}}\d+(?:\.\d+)?[%‰万亿元]"
    r"|^(?:（[^）]{0,6}）)?(?:(?:及)?以[上下内]|之间)?(?:（[^）]{0,6}）)?的\d{1,9}(?:\.\d{1,4})?[万亿]?元(?:[，。；、奖补]|$)"
    r"|^(?:（含）)?(?:及)?以[上下内](?:（[^）]{0,16}）)?的(?:[，：]|企业|项目|单位|机构|部分|货物|工程|采购"
    r"|按照?\d[\d.]*%|一次性(?:拨付|兑|发放)|分[^，。；]{1,3}(?:拨付|兑|发放))"
)
# 安家费15万元，每月补助2000元: a grant and the next one
_SETTLING: Final = re.compile(
    r"(?:安家|住房|租房|购房|生活|科研|启动|工作|交通|研究|培养|探亲|办公|开办|建设)(?:费|补[贴助]|经费|资金)(?:标准)?为?$"
)
# 补贴2000元的规定继续执行
_RULE_STAYS: Final = re.compile(r"(?:规定|政策|做法|标准|办法)[^，。；\d]{0,8}(?:继续|保持|延续|不变|仍)")
# 10万元以下的不予补贴
_NONE_FOR: Final = re.compile(
    r"(?:（[^）]{0,8}）)?(?:及)?以[上下内]的?(?:企业|项目|单位|部分)?，?(?:不予|不再|不给予|不享受|不补|不奖)"
)
# 20万元以上每辆补贴6000元, 10万元至20万元新车，补贴4000元: a case, then its grant
_SCALE: Final = (
    r"^(?:（[^）]{0,12}）)?(?:(?:及|或)?以[上下内]|之间)?(?:（[^）]{0,12}）)?的?"
    r"[^，。；：、和及与并或且再另给奖补\d]{0,10}?"
)
_CASE_THEN_EACH: Final = re.compile(
    _SCALE + r"(?:按?每[^，。；：\d]{1,4})(?:补[贴助]|奖励|资助|给予)[^，。；：\d]{0,8}\d+(?:\.\d+)?[万亿]?元"
)
_CASE_THEN_SUM: Final = re.compile(
    _SCALE
    + (
        r"，?(?:一次性|分别|每[^，。；：\d]{1,4})?(?:给予|领取?|可领)?(?:补[贴助]?|奖励?|资助"
        r"|给予|(?<![年期次批月])发放|立减|减)[^，。；：\d]{0,8}\d+(?:\.\d+)?[万亿]?元"
    )
)
# 5万元至10万元报销65%
_CASE_THEN_SHARE: Final = re.compile(
    _SCALE
    + (
        r"(?:部分)?，?(?:按照?)?(?:给予)?(?:(?:全额|减半)"
        r"|(?:报销|补[贴助偿]|奖励|返还|支付)[^，。；：\d]{0,8}\d+(?:\.\d+)?[%‰])"
    )
)
# 最高100万元的1：1配套奖励
_SHARE_FIRST: Final = re.compile(r"^\d{1,3}(?:：\d{1,2}(?:\.\d)?|(?:\.\d{1,2})?%)的?(?:比例)?")


# 另补每亩50元的种子款, 发放价值600元的大礼包
_THING_GIVEN: Final = re.compile(
    r"[^，。；\d企单机]{0,8}(?:款|费|金|物资|用品|种子|礼包|红包|卡)(?:$|[，。；、）])"
)


# 300万元以下、技术简单的, 以内信用贷款发生损失的, 以下的不要求抵押: a case
_LESS_CASE: Final = re.compile(
    r"^的?部分|^、[^，。；\d]{2,16}的[，项企工小单]|^[^，。；\d补奖]{0,14}(?:发生|出现|产生|形成)"
    r"|^的(?:不|免|无需|可以?(?!享|获|申)|由|采用|实行)"
)


def _by_following(before: str, after: str) -> bool | None:
    """What the words behind the number say."""
    if _THOSE_WITH.match(after) or _NONE_FOR.match(after) or _CASE_THEN_EACH.match(after):
        return True
    granted = bool(_GRANT_CLOSE.search(before)) and not THRESHOLD.search(before[-6:])
    granted = granted and not before.endswith(("额在", "金额达", "总额在"))
    if _MORE.match(after) or re.match(r"^(?:（[^）]{0,10}）)?[-~至到]", after):
        return None if granted else True
    if (
        (_CASE_THEN_SUM.match(after) or _CASE_THEN_SHARE.match(after))
        and not granted
        and not GRANT.search(before)
        and not _SETTLING.search(before)
    ):
        return True
    less = _LESS.match(after)
    if less:
        rest = after[less.end() :]
        if _LESS_CASE.match(rest) or _CONDITION_ENDS.search(before):
            return True
        if granted:
            return False
        if re.match(rf"^的?[^，。；]{{0,6}}(?:{GRANT_NOUN})", rest):
            return False
        return True if not GRANT.search(before) else None
    of = _OF.match(after)
    if of:
        rest = _SHARE_FIRST.sub("", after[of.end() :], count=1)
        if _RULE_STAYS.match(rest) and GRANT.search(before):
            return False
        if granted and re.match(r"(?:股权|资金|跟进)?投资(?=$|[，。；、]|支持)", rest):
            return False
        if granted and _THING_GIVEN.match(rest) and not re.search(r"按照?[^，。；：、\d]{0,8}$", before):
            return False
        if _BENEFIT_AFTER.match(rest) and not re.match(
            r"^(?!标准|额度)[^，。；\d]{0,10}(?:企业|项目|单位|机构|个人)[，给按]", rest
        ):
            return None if _REACH.search(before) else (False if granted or GRANT.search(before) else None)
        return True
    return None
