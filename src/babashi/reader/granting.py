"""Does an item of the outline grant something to somebody?"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from babashi.reader import benefits, grants, weighing
from babashi.reader.figures import PRICE_NAMED, money_of, shares_of
from babashi.reader.headings import has_title, subject, title_text
from babashi.reader.model import Amount, Rate
from babashi.reader.outline import Node, asks


def grants_something(node: Node, raw: str) -> bool:
    """Whether the item gives a beneficiary something, by its heading, its words and the sums in it."""
    return _verdict(node, raw) is True


def undecided(node: Node, raw: str) -> bool:
    """Whether neither figures nor words nor the place of an item tell that it grants, or that it doesn't."""
    return _verdict(node, raw) is None


def _verdict(node: Node, raw: str) -> bool | None:
    title, text = title_text(node), all_text(node)
    if (states_a_condition(node) or _opens_conditions(node)) and not _NAMES_A_SUM.search(text):
        return False
    if grants.only_defines(text) or _CONTACT.fullmatch(text):
        return False
    money, shares = money_of(node, raw), shares_of(node, raw)
    solid = [a for a in money if a.role != "total_budget"]
    if shares and not solid and grants.only_goals(text):
        shares = []
    if _below_closing(node) and not (
        _NAMED_GRANT.search(text)
        or (benefits.eases(text) and not _below(node, _FRAME))
        or ((solid or shares) and grants.verb_with_figure(text))
    ):
        return False
    about = subject(node)
    if _SOURCE.match(about) or (grants.PAYMENT.match(about) and "给予" not in text):
        return False
    if _rules_on_something_else(about, bool(solid or shares)):
        figures = bool(solid or shares) and not _only_limits(solid, shares)
        return figures and grants.names_what_one_gets(text) and not grants.among_offices(text)
    if _RUNS_THE_WORK.match(about) and grants.among_offices(text):
        return False
    if (money or shares) and (grants.for_offices(text) or grants.only_urges(text)):
        return False
    if _names_the_funds(about, text) or _binds(node, text):
        return False
    if money and not shares and _funds_everything(text) and not (solid and _OF_ONE.search(text)):
        return False
    if solid or shares:
        return _gives_figures(node, text, solid, shares)
    if money and _opens_a_pot(node, text):
        return True
    if money and (_below(node, _FUNDS) or grants.OWN_WORKS.search(text)):
        return False
    return _gives_without_figure(node, title, text)


# what the offices pay it from, whatever it says of it
_SOURCE: Final = re.compile(r"[^，。；]{0,6}(?:资金|经费)(?:的)?(?:来源|规模|总量|总额)$")
# 强化考核评价: the frame of a plan
_RUNS_THE_WORK: Final = re.compile(
    r"(?:强化|加强|健全|完善|严格|落实|压实)[^，。；]{0,6}(?:考核|考评|责任|评价|组织|督[导查])"
)


def _rules_on_something_else(title: str, figures: bool) -> bool:
    """组织实施, 申报流程; 补贴标准 with a figure does grant."""
    negative = bool(grants.NOT_MEASURES.match(title) or _CLOSING.match(title))
    return negative and not (figures and grants.POSITIVE_FACET.search(title))


def _gives_figures(node: Node, text: str, solid: list[Amount], shares: list[Rate]) -> bool:
    limits = _only_limits(solid, shares)
    if (limits and _limits_one(node) and not benefits.plainly(text)) or grants.only_takes(text):
        return False
    given = bool(grants.GIVEN_SHARE.search(text)) if shares and not solid else grants.gives(text)
    given = given or (bool(solid) and _sets_a_standard(node, text))
    if not (given or grants.concrete(text) or "提供" in text or "设立" in text):
        return False
    return (
        not limits
        or not grants.procedural(text)
        or grants.GIVES_ONCE.search(text) is not None
        or _STANDARD_LIMIT.search(text) is not None
        or _caps_each(text)
    )


# 每件资助不超过3万元, …, 每个单位年度资助总额不超过50万元: the limit of a year beside what one case gets
_CAP_OF_ONE: Final = re.compile(
    r"每(?!年|家|户|个企|个单)[^，。；\d]{1,6}(?:资助|补[助贴]|奖[励补]|贴息|报销)[^，。；\d]{0,6}(?:不超过|最高|至多)[^，。；\d]{0,3}\d"
)


def _caps_each(text: str) -> bool:
    """Whether a clause that rules on nothing else says what one case gets at most."""
    clauses = [c for c in re.split("[，。；]", text) if not grants.procedural(c)]
    return any(_CAP_OF_ONE.search(clause) for clause in clauses)


# 奖补标准由县区确定，但一个车间一年不超过5万元
_STANDARD_LIMIT: Final = re.compile(
    r"(?:奖补|奖励|补[助贴]|资助)标准[^。；]{0,30}(?:不超过|最高)[^。；，]{0,6}\d"
)


# 每月能补多少？ and 基础养老金。由128元提高到143元 below 调整后的标准
_RAISED: Final = re.compile(r"(?:调整?|提高?|上调|增加|提标)(?:到|至|为)[^，。；\d]{0,6}\d")
_OF_INCOME: Final = re.compile(
    r"(?:养老|抚恤|救助|保障|抚养|供养|护理|生活|失业|工伤|慰问|奖学|助学)金|低保|待遇|定补"
)


def _sets_a_standard(node: Node, text: str) -> bool:
    """The heading asks how much, or a standard of income is raised."""
    about = subject(node)
    if re.search("缴费|收费|处罚|罚款", about):
        return False
    if _STANDARD_OF_ONE.search(about) or (PRICE_NAMED.search(text) and _below(node, _STANDARD_OF_ONE)):
        return True
    return _RAISED.search(text) is not None and (
        _OF_INCOME.search(about) is not None or _below(node, _STANDARDS)
    )


_STANDARD_OF_ONE: Final = re.compile(r"(?:^|的)(?:补[助贴]|奖励|奖补)标准(?:如下)?$")
_STANDARDS: Final = re.compile(r"^(?!.*(?:收费|缴费|处罚))[^，。；]{0,10}(?:标准|待遇)(?:如下)?$")


def _names_the_funds(about: str, text: str) -> bool:
    """``资金安排``: what the offices set aside; a sum for each case below it still grants."""
    return _FUNDS_ONLY.match(about) is not None and not _EACH.search(text) and "券" not in text


_FUNDS_ONLY: Final = re.compile(
    r"(?:[^，。；]{0,8}资金(?:的)?(?:安排|来源|筹[集措]|渠道|分担|负担|预算)|(?:补[助贴]|奖[补励]|扶持|救助|所需|配套)资金)$"
)
_EACH: Final = re.compile(r"每[一-龥]{1,4}[^，。；\d]{0,8}\d|给予[^，。；]{0,20}\d|\d[万亿]?元/")


# 专款专用, 用于本办法规定的贴息和奖励: the money of everything that the notice grants
_ALL_OF_IT: Final = re.compile(
    r"(?:本(?:实施)?(?:意见|办法|细则|政策|措施|规定|方案|通知)|(?:(?<=[对于持实现])|(?<=保障)|(?<![^，。；]))(?:上述|以上|前述))[^，。；]{0,20}"
    r"(?:补[助贴]|奖[励补]|贴息|扶持|资助|政策|措施|项目|条款|支出|事项)"
    r"|各[项类](?:政策|补[助贴]|奖[励补]|扶持|资助|优惠|措施|资金)|专款专用|专户管理|滚动使用|总量控制|总额控制"
)
_LENDS: Final = re.compile(r"为[^，。；]{2,30}提供|转贷|周转|担保|风险补偿|风险池|引导基金|投资基金")


_OF_ONE: Final = re.compile(r"每(?!年|季|月)|单[个家户笔]|给予|分别")


_SUM: Final = re.compile(r"\d[万亿]?元")


def _funds_everything(text: str) -> bool:
    """Whether every sentence with a sum only says from what all grants of the notice are paid."""
    sentences = re.split("[。；]", text)
    paying = [s for s in sentences if _SUM.search(s)]
    rest = [s for s in sentences if not _SUM.search(s)]
    everything = all(_ALL_OF_IT.search(s) and not _LENDS.search(s) for s in paying)
    return bool(paying) and everything and not any(grants.concrete(s) for s in rest)


# 3消费券发放 区商务局 68330256: a row of a list of telephones
_CONTACT: Final = re.compile(
    r"[^。；]{4,60}?(?:\d{3,4}-?\d{7,8}|(?<!\d)[2-8]\d{3} ?\d{3,4}|(?<!\d)1[2-9]\d{3})"
)

# 各参与平台应当做好…: what those who get something have to do for it
_BINDS: Final = re.compile(
    r"[^，。；：]{0,10}(?:企业|平台|(?<!承保)(?<!保险)(?<!担保)(?<!金融)机构|单位|商户|门店|经销商|业主|合作社|申请人|受助者|获奖者|承办方|主办方)"
    r"[^，。；：对给可]{0,4}(?:应当?|必须|须|不得)(?![急用聘届享税纳]|[^，。；]{0,6}(?:退还|减免|返还|给予|享受))"
)


def _binds(node: Node, text: str) -> bool:
    """Whether an item opens with a duty of those who get something and names no grant."""
    head = node.head
    return (
        head is not None
        and _BINDS.match(head.text, head.body_start) is not None
        and not _NAMES_A_SUM.search(text)
        and not _GRANTS_TOO.search(text)
    )


_GRANTS_TOO: Final = re.compile(r"(?<!不)给予|奖励|(?:免|减)[征收缴]|减免|减半|补[助贴](?!资金|款)")


def _opens_a_pot(node: Node, text: str) -> bool:
    """Money for a programme, and not only where the money of the notice comes from."""
    return (
        (not _below(node, _FUNDS) or "券" in text)
        and bool(grants.POT_FOR.search(text))
        and not grants.OWN_WORKS.search(text)
        and not grants.procedural(text)
    )


def _gives_without_figure(node: Node, title: str, text: str) -> bool | None:
    """Whether words alone give something; unknown where no form holds, for other words may say it too."""
    if grants.asks_how(text) and subject(node) != "补贴标准":
        return False
    if title and grants.appeals(title, text):
        return None
    if _LEVEL.search(title) and re.search(r"\d%|\d[万亿]?元", text.replace(title, "", 1)):
        return not states_a_condition(node)
    if _MAY_APPLY.search(text) and "标准" in _next_title(node):
        return False
    if asks(node):  # what is asked grants nothing
        return grants.concrete(text.partition("？")[2]) or None
    spoken = not title or "，" in title or not has_title(node) or weighing.speaks_to(title)
    rest = text if spoken else text.replace(title, "", 1)
    words = rest if len(rest) >= 16 and len(title) <= 25 else text
    return grants.concrete(words) or grants.trains(title, text) or None


# 返还比例。大型企业30%，小微企业60%
_LEVEL: Final = re.compile(r"(?:返还|补[助贴]|奖励|贴息|报销|救助|减免|资助)(?:的)?(?:比例|标准|额度)$")
# …规模达到300个展位的，可以申请资金支持。 before 资金支持标准: only who may ask
_MAY_APPLY: Final = re.compile(
    r"可以?(?:申请|享受|获得)[^，。；]{0,10}(?:支持|补[助贴]|资助|奖励|扶持|贴息)[。；]?$"
)


def _next_title(node: Node) -> str:
    siblings = node.parent.children if node.parent is not None else []
    following = next((b for a, b in pairwise(siblings) if a is node), None)
    return title_text(following) if following is not None else ""


def all_text(node: Node) -> str:
    """The words of an item and of everything below it."""
    return "".join(p.text for p in node.all())


_CONDITIONS: Final = re.compile(
    r"^(?!.{0,12}(?:放宽|降低|改善|创造|优化|提供))[^，。；]{0,16}条件(?:有哪些|是什么)?[：？]?$"
    r"|(?:申请|申报|享受|认定|补贴|奖励)(?:材料|流程|程序)：?$|(?:对象|人员)认定(?:标准)?$"
    r"|^[^，。；]{0,6}(?:验收|认定|评定|入选|准入|评选)(?:标准|要求)$"
    r"|^[^，。；]{0,30}(?:对象|主体|企业|人员|单位)[^，。；给奖补]{0,8}(?:符合|具备|满足)(?:以下|下列|如下)[^，。；]{0,6}(?:条件|要求)"
)
# 二、贷款流程, 附则, 职责分工: what stands below such a heading needs a sum of its own to grant
_CLOSING: Final = re.compile(
    r"^(?:附则|总则|(?:怎[样么]|如何)(?:领取?|申[请领报]|办理?|使用|兑换)[^，。；]{0,6}|(?:工作|主要)?职责|(?:有关|相关|其[他它])事项|[^，。；]{0,8}(?:奖励|补[贴助]|资助|扶持|申报|申请|选聘|[遴评]选|认定|适用)(?:对象|条件|主体)"
    r"|(?!简化|精简)[^，。；]{0,8}(?:须知|义务|红线|(?:安全|廉洁|资金)底线|纪律|守则|罚则|要求)|退出[^，。；]{0,6}|除外情形|监督[^，。；]{0,6}|管理规定"
    r"|(?:实施|工作|推进|操作)(?:步骤|进度|阶段|安排)|(?:进度|时间|阶段)安排"
    r"|(?!简化|精简)[^，。；]{0,6}(?:流程|程序|规则|职责分工|责任分工|组织实施|监督管理|保障措施|工作要求"
    r"|资金分配(?:和|与|及)(?:使用|管理)))：?$"
)
_FRAME: Final = re.compile(r"^(?:总则|附则)")
_NAMED_GRANT: Final = re.compile(
    r"对[^，。；]{2,40}给予[^，。；\d]{0,6}(?:补[助贴]|奖励|资助|津贴)(?=[，。；])"
)
_NAMES_A_SUM: Final = re.compile(
    r"(?<!不)给予(?!重点|优先|相应|适当)|(?:奖励|补[助贴]|资助"
    r"|贴息)(?:(?:标准|金额|额度)(?:为|：)?[^，。；\d]{0,8})?\d"
)


def _below_closing(node: Node) -> bool:
    parent = node.parent
    return parent is not None and parent.head is not None and bool(_CLOSING.match(subject(parent)))


# 享受…的企业，应同时符合以下条件：
_ASKS_FOR: Final = re.compile(
    r"(?:提交|提供|报送|携带)[^，。；]{0,8}(?:以下|下列|如下)[^，。；]{0,8}(?:材料|资料|证明|文件)[：:]?$"
    r"|(?:以下|下列|如下)(?:几?个?方面|内容)?的?(?:支出|开支|用途)[：:]$"
    r"|(?:应当?|须|必须|需要?)[^，。；]{0,6}(?:符合|具备|满足)(?:以下|下列|如下)[^，。；给奖补]{0,8}[：:]?$"
)


def states_a_condition(node: Node) -> bool:
    """申请条件 and what stands below it: what it names is asked for, not granted."""
    above = list(node.parent.own())[-1:] if node.parent is not None else []
    return _within(node, _CONDITIONS) or any(_ASKS_FOR.search(p.text) for p in above)


# 享受本办法优惠的基地，应同时符合以下条件：
_WHO_ASKS: Final = re.compile(
    r"[^，。；：]{0,4}(?:享受|申请|申报|申领)(?=[^。；]{0,60}(?:企业|单位|机构|基地|项目|个人|者|器|主体))"
)


def _opens_conditions(node: Node) -> bool:
    """Whether an item opens with what those who ask have to be."""
    opening = list(node.own())[:2]  # the second line where the first is a title
    return any(_ASKS_FOR.search(p.text) and _WHO_ASKS.match(p.text, p.body_start) for p in opening)


# 一、资金安排: where the money of the whole notice comes from
_FUNDS: Final = re.compile(r"^[^，。；]{0,12}资金(?:的)?(?:安排|来源|筹集|管理|保障)")


def _below(node: Node, heading: re.Pattern[str]) -> bool:
    """Whether the item or the one that holds it has such a heading."""
    near = [node] + ([node.parent] if node.parent is not None else [])
    return _any_headed(near, heading)


def _within(node: Node, heading: re.Pattern[str]) -> bool:
    """Whether the item or any that holds it has such a heading."""
    above = [n for n in node.above() if n is node.parent or not _MIXED.search(subject(n))]
    return _any_headed([node, *above], heading)


# 二、支持标准与申报条件: what stands below it is not only asked for
_MIXED: Final = re.compile(r"(?:支持|补[助贴]|奖[励补]|资助|扶持)标准|类别|内容|政策|措施|方向")


def _any_headed(nodes: list[Node], heading: re.Pattern[str]) -> bool:
    return any(n.head is not None and heading.search(subject(n)) is not None for n in nodes)


def _only_limits(money: list[Amount], shares: list[Rate]) -> bool:
    return not shares and bool(money) and all(a.role == "cap" for a in money)


_LIMITS_ONE: Final = re.compile(
    r"^[^，。；]{0,6}(?:单[个家户笔]|同一|每[个家户])[^，。；\d]{0,40}(?:不超过|最高|不高于|限额)"
)


def _limits_one(node: Node) -> bool:
    """``单家企业年度资助不超过50万元`` limits other items and grants nothing itself."""
    sentences = [(i, s) for p in node.all() for i, s in enumerate(re.split("[。；]", p.text[p.body_start :]))]
    limits = [(i, s) for i, s in sentences if _SUM.search(s)]
    return bool(limits) and all(
        _LIMITS_ONE.match(s)
        and (i == 0 or _OF_THE_NOTICE.search(s))
        and not re.search("给予|申领|领取|可申请|可获", s)
        and len(s) < 60
        for i, s in limits
    )


_OF_THE_NOTICE: Final = re.compile(r"[本此](?:项|类)?(?:措施|办法|政策|意见|细则|规定|文件)")
