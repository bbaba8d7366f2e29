"""Which kind of benefit a measure grants."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Final

from babashi.reader import benefits
from babashi.reader.model import Kind
from babashi.reader.themes import REWARD, SUBSIDY, THEMES

_HEAVY: Final = 4.0


def classify(
    heading: str, body: str, has_money: bool, *, is_title: bool = True, around: str = ""
) -> tuple[Kind, tuple[Kind, ...], float]:
    """(kind, other kinds present, confidence 0 to 1). ``around``: the headings above, when the item names no kind."""
    scores: dict[Kind, float] = defaultdict(float)
    body, heading = _APART.sub("", body), _BUT_FOR.sub("", heading)
    for kind, pattern, weight in THEMES:
        in_heading = len(re.findall(pattern, heading))
        in_body = len(re.findall(pattern, body))
        if in_heading:
            scores[kind] += weight * (2 if is_title else 0.9)
        if in_body:
            scores[kind] += weight * min(1.0, 0.35 + 0.2 * in_body)
    _grant_words(scores, heading, body, has_money)
    _adjust(scores, heading, body, has_money)
    if not scores or max(scores.values()) <= 0:
        return _unnamed(heading + "。" + body, has_money, around)
    ranked = sorted(scores.items(), key=lambda item: -item[1])
    best, top = ranked[0]
    others = tuple(kind for kind, score in ranked[1:] if score >= 0.6 * top and score >= 1.5)[:2]
    second = ranked[1][1] if len(ranked) > 1 else 0
    return best, others, round(min(0.95, 0.5 + 0.45 * (top - second) / top), 2)


# what is paid for being good at something, and what for having spent something
_EARNED: Final = re.compile(
    r"奖(?![补])|评[为定上]|获|认定|荣誉|称号|示范|优秀|先进|冠军|专利|品牌|排名|名次|首次|上市|新增|增长|引荐"
)
_BORNE: Final = re.compile(
    r"补|贴|承担|负担|买单|支付|费用|成本|购置|支出|租|改造|更新|安装|建设|购买|立减|减\d|元/|支持比例|投放"
    r"|自筹|(?:安排|投入)[^，。；]{0,24}资金"
)


_HELPED: Final = re.compile(
    r"服务|咨询|指导|推介|调配|调剂|协调|优先(?:供应|通行|保障|采购|安排)|一窗|一表|一件事|一次办|同步发放|当[日场]|[\d一二三五七]个?(?:工作)?[日天](?:内|以内)?[^，。；]{0,6}(?:发照|办结|答复|回应|受理)|压缩[^，。；]{0,6}(?:时间|时限)|时间压缩|(?:优先|加急|随到随|当场|限时)[^，。；]{0,2}(?:办理|办结|审批)|简化[^，。；]{0,8}手续"
)


def _unnamed(text: str, has_money: bool, around: str) -> tuple[Kind, tuple[Kind, ...], float]:
    """Money without a word for it: the headings above name it, or else what it is paid for."""
    has_money = has_money or re.search(r"\d[万亿]?元(?!以[上下]|的)[，。；、/）]?", text) is not None
    if has_money and around and (above := classify(around, "", False))[0] != "other" and not above[1]:
        return above[0], (), 0.4
    if not has_money and re.search(r"发照|办结|当[日场]受理", text):
        return "service", ("other",), 0.4
    if re.search(
        r"价格扣除|评审优惠|预留份额|[底地]价|土地|用地|采购(?:人|项目|份额|文件)|政府采购|注册资[本金]|收购|收储|基金(?!会)",
        text,
    ):
        return "other", (), 0.3
    if not has_money and benefits.eases(text):
        return "service", ("other",), 0.4
    if not has_money and not re.search(
        r"(?:补|奖|减|给)\d|(?:承担|负担|买单|埋单|垫付|(?<!帮助)(?<!协调)(?<!统筹)解决|补足|全额负责)", text
    ):
        return ("service", ("other",), 0.3) if re.search(_HELPED, text) else ("other", (), 0.3)
    if _BORNE.search(text) or not _EARNED.search(text):
        return "subsidy", ("reward",) if _EARNED.search(text) else (), 0.4
    return "reward", (), 0.4


# 除享受上级政策补助外, 在省级奖励基础上: what others grant
def _at_figure(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{words})[^，。；、]{{0,10}}\d|\d[%万亿]*元?[^，。；、]{{0,10}}(?:{words})")


# 奖励50万元, 按投资的10%给予补助, 2万元一次性津贴: the noun at a figure says what it is
_AS_WHAT: Final[list[tuple[Kind, str]]] = [
    ("interest_subsidy", r"贴息"),
    ("reward", r"奖励|奖补|奖金|奖(?=\d|$|[，。；、）])"),
    ("subsidy", r"补助|补贴|资助|津贴|报销|补偿|(?:(?<!奖)补|支持)(?=\d|$|[，。；、）])"),
]
_FIGURE: Final = re.compile(
    r"(?P<before>[^，。；：（）\d]{0,24})\d[\d.,]{0,11}(?:%|‰|[百千]?[万亿]?元)"
    r"(?:（[^）]{0,8}）)?(?:以[内下])?(?P<after>[^，。；：（）\d]{0,20})"
)
_NO_NAME: Final = re.compile(
    r"(?:奖励|补[贴助])(?:资金|经费|对象|范围|条件)?(?:总额|总规模)|专项(?:资金|经费)|(?:安排|统筹|设立)[^，。；]{0,12}$"
)


def _named(words: str) -> list[Kind]:
    """The kinds that the words name, in their order."""
    found = sorted((m.start(), kind) for kind, noun in _AS_WHAT for m in re.finditer(noun, words))
    return [kind for _, kind in found]


def _at_figures(text: str) -> dict[Kind, float]:
    """What share of the figures that have a name is given under it; the name behind a figure counts first."""
    counts: dict[Kind, int] = defaultdict(int)
    for figure in _FIGURE.finditer(text):
        if _NO_NAME.search(figure["before"]):
            continue
        named = _named(figure["after"])[:1] or _named(figure["before"])[-1:]
        for kind in named:
            around = text[max(0, figure.start() - 16) : figure.end()]
            lost = kind == "subsidy" and re.search(
                r"贷款[^。；]{0,12}损失|代偿", text[max(0, figure.start() - 40) : figure.end()]
            )
            lent = kind == "subsidy" and "利息" in around
            insured = kind == "subsidy" and re.search(r"(?<![社担])保费", around)
            paid_on: Kind = "loan_guarantee" if lost else "interest_subsidy" if lent else kind
            counts["insurance" if insured else paid_on] += 1
    total = sum(counts.values())
    return {kind: count / total for kind, count in counts.items()}


# 给予补贴, 补贴检测费: somebody gets it; 补贴申领, 奖励范围 only speak of it
_IS_GIVEN: Final = re.compile(
    r"(?:给予|享受|发放|提供|予以|获得?|落实|申请|申领|按[^，。；]{2,24}|的，?|全额|分别|一次性|适当|财政|再)[^，。；]{0,28}"
    r"(?:补[助贴](?!申|经办|资金监)|(?<!风险)补偿|资助|津贴|报销|经费|奖补|奖励(?!范围|对象)|资金(?:支持|扶持)|[家活]费|救助金?|慰问)"
    r"|(?:补[助贴]|资助|报销)(?![^，。；]{0,4}(?:申领|申报|经办|发放))[^，。；\d]{0,12}(?:费|成本|差额|支出|部分)"
)
_AT_FIGURE: Final[dict[Kind, re.Pattern[str]]] = {
    "reward": _at_figure("奖励|奖补|奖金"),
    "subsidy": _at_figure("补助|补贴|资助|扶持|补偿"),
}
# 除了租金，水电气费有没有照顾？
_BUT_FOR: Final = re.compile(r"^除了?[^，。；]{1,8}(?:，|之?外，?)")
_APART: Final = re.compile(
    r"(?:本政策|本措施|与)[^。；，]{0,20}(?:同类|同一)[^。；，]{0,10}(?:补贴|补助|奖励|政策)[^。；]{0,40}|同等享受[^，。；]{0,8}补[贴助]"
    r"|有条件的[^，。；]{0,16}可[^。；]{0,24}"
    r"|在[^，。；]{0,16}(?:贴息|补[贴助]|奖励|资助)(?:资金)?(?:之外|以外)"
)
_BESIDES: Final = re.compile(r"除[^，。；]{0,24}外|[（(][^（）()]{2,40}除外[)）]|在[^，。；]{0,24}的?基础上")


# 在市级奖励基础上按1：1配套, 地方财力贡献增量返还: rewards by another name
_MATCHED_REWARD: Final = re.compile(r"奖励[^，。；补]{0,6}基础上，?[^。；补]{0,20}(?:配套|追加|叠加|增加)")
_TAX_SHARE: Final = re.compile(r"(?:财力|税收|经济)贡献[^。；]{0,40}返还|返还[^，。；]{0,6}(?:税收贡献|财力)")
# 所减免部分由财政给予补偿: the relief is the benefit
_MADE_GOOD: Final = re.compile(r"(?:减免|免收|减收)的?部分[^，。；]{0,6}(?:由|财政)")
_ADMINISTERS: Final = re.compile(r"(?:服务|经办|审批|办理|登记|注销|执法|检查|监管)$")


# 门票半价, 凭证免票, 免费乘坐公交, 资产转让价款优惠15%, 备案价基础上优惠: something costs less
_PRICE_LESS: Final = re.compile(
    r"(?:门票|票价|客票|乘车|乘坐|年卡)[^。；]{0,30}(?:优惠|优待|半价|折|减|免)|免票|免费乘|半价(?!.{0,6}租)"
    r"|(?:价款|售价|净值|备案价|房价|成交价|转让价)[^，。；]{0,12}(?:优惠|让利|下浮)|再优惠"
)


# 检测费用下浮10%, 取消标书费, 零关税, 报装零投资: a charge less
_CHARGE_LESS: Final = re.compile(
    r"(?:[测验审评鉴]|服务|登记|注册)[^，。；]{0,3}费用?[^，。；\d]{0,6}(?:下浮|下调|降低)\d"
    r"|取消(?:收取)?(?!违规)[^，。；]{1,12}费(?=$|[，。；、等和])|零(?:关税|税率)"
    r"|(?:报装|接[电水气入])[^，。；]{0,24}“?零(?:投资|成本|费用)|费用?标准[^，。；]{0,6}降[为至到]零"
)
# 展位、物流、信用保险等费用给予补贴: one of the costs that are borne
_AMONG_COSTS: Final = re.compile(r"、[^，。；、]{0,8}保险等[^，。；]{0,8}费用?[^。；]{0,16}补[贴助]")


def _by_other_names(scores: dict[Kind, float], heading: str, body: str, has_money: bool) -> None:
    """Rewards, relief and services that the usual words don't tell."""
    text = heading + "，" + body
    if _MATCHED_REWARD.search(text) or (_TAX_SHARE.search(heading + "。" + body) and "补" not in body):
        scores["reward"] += 4.0
    if re.search(r"贷款[^。；]{0,12}损失[^。；奖贴助]{0,12}补偿", body):
        scores["loan_guarantee"] += 2.0
        scores["subsidy"] -= 2.0
    if _MADE_GOOD.search(body):
        scores["subsidy"] -= 6.0
    if not has_money and _ADMINISTERS.search(heading):
        scores["service"] += 3.0
    if re.search(r"同等(?:对待|待遇)|一视同仁|国民待遇", heading) and not has_money:
        scores["other"] += 6.0
    if re.search(r"贷款利息[^。；]{0,50}(?:补[贴助]|给予)", text) and "担保" not in heading:
        scores["interest_subsidy"] += 4.0
    if re.search(r"质押[^。；]{0,44}贷款|凭[^。；]{0,30}申请[^。；]{0,30}贷款", text) and not has_money:
        scores["loan_guarantee"] += 4.0
    if re.search(r"直接融资|股权融资|上市", heading) and not has_money:
        scores["service"] += 3.0
        scores["loan_guarantee"] -= 3.0
    if re.search(r"给予[^，。；\d]{0,6}利息补[贴助]", text):
        scores["interest_subsidy"] += 7.0
    if _AMONG_COSTS.search(text):
        scores["insurance"] -= 4.0
    if not has_money and re.search(r"公积金[^。；]{0,16}提取|提取[^。；]{0,24}公积金", heading + body):
        scores["other"] += 4.0
    if re.search(r"免费(?:开展|提供|参加|组织|举办)?[^，。；]{0,24}培训", text):
        scores["training"] += 4.0
    if "政府采购" in heading and not re.search(r"奖|补[助贴]", body):
        scores["other"] += 6.0
    if not re.search(r"奖励(?!新增)|奖补|补[贴助]|资助|\d[百千]?[万亿]?元|代偿", body):
        _where_nothing_is_paid(scores, heading, body)


def _where_nothing_is_paid(scores: dict[Kind, float], heading: str, body: str) -> None:
    """Land, rights, services and prices that are given instead of money."""
    text = heading + "，" + body
    if re.search(r"用地|土地", heading) and not re.search(r"税|费|价款|出让金|地价|租|审批", heading + body):
        scores["other"] += 6.0
    if re.search(r"(?:处置|所有|使用|收益)权", heading):
        scores["other"] += 6.0
    if heading.endswith("服务") and len(heading) <= 10 and not re.search(r"[税费]|担保贷款", body):
        scores["service"] += 4.0
    if _CHARGE_LESS.search(text):
        scores["tax_fee_relief"] += 5.0
    if "预付款" in heading:
        scores["other"] += 6.0
    if _PRICE_LESS.search(text):
        scores["other"] += 4.0


def _grant_words(scores: dict[Kind, float], heading: str, body: str, has_money: bool) -> None:
    _by_other_names(scores, heading, body, has_money)
    body = _BESIDES.sub("", body)
    verbs: list[tuple[Kind, re.Pattern[str]]] = [("reward", REWARD), ("subsidy", SUBSIDY)]
    for kind, pattern in verbs:
        count = len(pattern.findall(body))
        if count:
            named = has_money or _IS_GIVEN.search(body) or (kind == "reward" and "奖励" in body)
            scores[kind] += (2.4 if named else 1.0) + 0.35 * min(count, 8)
        if pattern.search(re.sub(r"扶持|支持|激励|配套", "", heading)):
            scores[kind] += 2.0
        scores[kind] += 0.4 * min(6, len(_AT_FIGURE[kind].findall(body)))
    for kind, share in _at_figures(heading + "。" + body).items():
        scores[kind] += 2.5 * share
    first_reward, first_subsidy = REWARD.search(body), SUBSIDY.search(body)
    if first_reward and (not first_subsidy or first_reward.start() <= first_subsidy.start()):
        scores["reward"] += 0.5
    elif first_subsidy:
        scores["subsidy"] += 0.5


# 按贷款额的5‰给予补助: money for lending, no loan
_PAID_ON_LOANS: Final = re.compile(
    r"(?:评估|公证|登记)费、[^。；]{0,30}补[助贴]|"
    r"(?:贷款|担保|融资|授信)(?:总)?(?:额|金额|余额|总额)?的?\d[\d.]*[%‰][^，。；]{0,6}(?:补助|奖励|补贴|奖补)"
)


_LENDS: Final = re.compile(
    r"贷|担保|授信|增信|风险补偿|周转|应急资金|纾困|借款|融资(?:成本|租赁|服务|平台|需求|难|余额|额度)"
)


def _adjust(scores: dict[Kind, float], heading: str, body: str, has_money: bool) -> None:
    """Words that look like one kind but mean another."""
    granted_money = scores["reward"] > 0 or scores["subsidy"] > 0
    if has_money and granted_money:
        scores["service"] -= 1.0
        if not re.search(r"担保|贷款|转贷|风险补偿|融资|金融", heading):
            scores["loan_guarantee"] -= 1.2
        if not re.search(r"税|费|缴|免", heading):
            scores["tax_fee_relief"] -= 1.0
    if (scores["subsidy"] > 0 or scores["reward"] > 0) and _PAID_ON_LOANS.search(body):
        scores["loan_guarantee"] -= _HEAVY
    if granted_money and not _LENDS.search(heading + body):  # 上市融资, 股权融资
        scores["loan_guarantee"] -= _HEAVY
    if re.search(
        r"(?:引导|投资|产业|母|子)基金|股权投资|跟进投资|参股", heading + body[:120]
    ) and not re.search(r"奖|补[助贴]|贴息|风险补偿", heading + body):
        scores["subsidy"] -= _HEAVY
    if re.search(r"(?<!双)奖$", heading) and scores["reward"] > 0:  # 海员培训奖
        scores["reward"] += 6.0
    if re.search(r"[水电气热运]费(?:用)?(?:补贴|补助|奖补)", heading):
        scores["subsidy"] += _HEAVY
        scores["tax_fee_relief"] -= _HEAVY
    _adjust_services(scores, heading, body, has_money, granted_money)
    _adjust_lending(scores, heading, body)
    _adjust_relief(scores, heading, body, has_money, granted_money)


# 按年度兑付创新券金额排名，第一名奖励…: vouchers are what is measured, not what is given
_RANKED_BY_VOUCHERS: Final = re.compile(
    r"(?:兑付|核销|使用|承兑)[^，。；]{0,8}券[^，。；]{0,8}(?:排名|名次|居前|前[一二三四五六七八九十\d])"
)


def _adjust_services(
    scores: dict[Kind, float], heading: str, body: str, has_money: bool, granted_money: bool
) -> None:
    """Insurance, training, vouchers and services in kind."""
    if re.search(r"社会?保险?补贴|社保补贴", heading):
        scores["subsidy"] += _HEAVY
        scores["insurance"] -= _HEAVY
    if re.search(r"(?:养老|失业|工伤|医疗|社会)保险", heading + body) and not re.search(
        r"投保|(?<!社)保费|责任险|信用保险|职业伤害", heading + body
    ):
        scores["insurance"] -= 6.0
    text = heading + body
    if "投保" in text and re.search(
        r"(?<!社会)(?<!失业)(?<!工伤)(?<!养老)(?<!医疗)保险费率|(?:浮动|优惠)费率|(?<!社)保费[^，。；]{0,4}[上下]浮",
        text,
    ):
        scores["insurance"] += 2.0
        scores["tax_fee_relief"] -= 3.0
    if scores["reward"] > 0 and _RANKED_BY_VOUCHERS.search(text):
        scores["voucher"] -= 6.0
    if re.search(r"培训(?:机构|中心|基地|班|学校)", body) and "培训" not in heading:
        scores["training"] -= 1.5
    if re.search(r"(?:财政|政府|统一)[^，。；]{0,20}投保", body):
        scores["insurance"] += 2.0
    if not has_money and scores["rent_relief"] <= 0 and re.search(r"免费(?:提供|开展|为)", heading + body):
        scores["service"] += 1.5
    if re.search(r"(?:发放|投放|派发|赠送|以)[^，。；]{0,24}(?<![债证奖])券", body):
        scores["voucher"] += 3.0
    if re.search(r"免费开放|公益课", body) and not re.search(r"培训|实训|技能", heading):
        scores["training"] -= 2.0
    if not re.search(r"培训|实训|技能|进修|跟岗|轮训", heading) and granted_money:
        scores["training"] -= 2.0


def _adjust_lending(scores: dict[Kind, float], heading: str, body: str) -> None:
    """Interest that is paid, losses that are shared and loans that are renewed."""
    if re.search(r"展期|[续转]贷", body) and not re.search(
        r"税|社保|社会保险|规费|[水电气]费|(?:登记|评估|抵押)费[^，。；]{0,12}(?:\d%|减半|免)", heading + body
    ):
        scores["tax_fee_relief"] -= 3.0
    if re.search(r"贴息|利息由[^，。；]{0,12}(?:补贴|承担)|贴[^，。；]{0,6}利息", body):
        scores["interest_subsidy"] += 2.0
        if re.search(r"给予[^，。；]{0,10}贴息", body) and "担保" not in heading:
            scores["interest_subsidy"] += 2.0
        if re.search(r"(?:信贷|金融|融资|贷款)(?:支持|投放|扶持|力度)", heading):
            scores["loan_guarantee"] -= 2.5
    if re.search(r"补[贴助][^，。；\d]{0,8}利息|利息[^，。；]{0,16}补[贴助]", body) and re.search(
        r"信贷|贷款|融资", heading
    ):
        scores["interest_subsidy"] += 3.0
    if re.search(r"风险补偿(?:金|资金)|不良贷款|(?<!费由财政)代偿", body) and not re.search(
        r"学费|助学", heading + body
    ):
        scores["loan_guarantee"] += 2.0


def _adjust_relief(
    scores: dict[Kind, float], heading: str, body: str, has_money: bool, granted_money: bool
) -> None:
    """Charges and rents that are waived."""
    if not has_money and re.search(
        r"(?:免[征收缴]|减[征收]|停征)[^，。；]{2,16}(?:税|(?<!培训)(?<!学)费)", body
    ):
        scores["tax_fee_relief"] += 1.5
    if re.search(r"(?<!运)(?:税|工会经费)$", heading) and re.search(r"减免|返还|减半|免", body):
        scores["tax_fee_relief"] += 3.0
    if re.search(r"给予租赁", body):
        scores["rent_relief"] += 3.0
    if re.search(r"租金?(?!支出)[^，。；提支]{0,12}(?:全额(?!补助|资助|给予)|减半|全免|免)", body):
        scores["rent_relief"] += 2.0
    if re.search(r"(?:免[收缴除]|减[收免])[^，。；费]{0,6}租", body):
        scores["rent_relief"] += 2.0
    if "租" not in heading and granted_money:
        scores["rent_relief"] -= (
            0.6 if re.search(r"租[金房]?[^，。；]{0,12}(?:补|减|免|优惠)|(?:给予|予以)租赁", body) else 3.5
        )
