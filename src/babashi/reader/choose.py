"""Which items of the outline are measures: the smallest ones that grant something."""

from __future__ import annotations

import re
from typing import Final

from babashi.reader import amounts, benefits, departments, grants
from babashi.reader.figures import is_step, money_of, shares_of, sums_in_rows
from babashi.reader.granting import (
    all_text,
    grants_something,
    states_a_condition,
)
from babashi.reader.headings import subject, title_text
from babashi.reader.labels import bullet_at
from babashi.reader.outline import BLOCK, CONTAINERS, HEADED, Node, asks


def choose(node: Node, raw: str) -> list[Node]:
    """The smallest items that grant something; an item whose children grant is no measure itself."""
    inside = [found for child in node.children for found in choose(child, raw)]
    inside = _with_plain_sums(node, inside, raw)
    if node.kind == "root":
        return inside or _paragraph_measures(node, raw)
    if node.kind in CONTAINERS:
        return inside or _plain_part(node, raw)
    if node.kind == HEADED and node.number == BLOCK:
        return [node] if inside or grants_something(node, raw) else []
    if inside and _folds(node, inside, raw):
        return [node]
    if inside:
        return inside
    if asks(node) and (answers := _titled_answers(node, raw)):
        return answers
    if node.kind == HEADED:
        return _headed(node, raw)
    if _names_a_policy(node):
        return [node]
    if parts := _bulleted(node, raw) or _programme(node, raw):
        return parts
    return [node] if _speaks_of_a_grant(node) and grants_something(node, raw) else []


_TITLED: Final = re.compile(
    r"[^，。；：]{2,20}(?:补贴|补助|奖励|资助|贷款|返还|贴息|津贴|券|政策)(?:（[^）]{1,12}）)?[：。]"
)


def _titled_answers(node: Node, raw: str) -> list[Node]:
    """An answer of several titled paragraphs (``创业补贴：…``, ``场租补贴：…``) describes a policy in each."""
    if re.search(r"标准|额度|金额|多少", title_text(node)):
        return []
    parts = [p for p in _paragraph_nodes(node, raw) if p.head is not None and _TITLED.match(p.head.text)]
    granting = [part for part in parts if grants_something(part, raw)]
    return granting if len(granting) > 1 else []


def _with_plain_sums(node: Node, inside: list[Node], raw: str) -> list[Node]:
    """``2、示范企业：国家级50万元、省级30万元``: among items that grant, one that only names sums grants them too."""
    found_ids = {id(found) for found in inside}
    others = [child for child in node.children if id(child) not in found_ids and not child.children]
    granting = [found for found in inside if found.parent is node]
    if not others or not (granting or (node.head is not None and _KINDS_OF_GRANT.match(subject(node)))):
        return inside
    led = node.head is not None and (
        any(_LEADS.search(p.text) for p in node.own()) or _KINDS_OF_GRANT.match(subject(node)) is not None
    )
    chosen = {id(child) for child in others if is_step(child) or (led and _STEP.match(all_text(child)))}
    if led or len(others) <= 2 * len(granting):
        company, most = len(granting) > 1, led or len(others) <= len(granting)
        chosen |= {
            id(child)
            for child in others
            if (most and (_lists_sums(child, raw) or (led and _gives_each(child))))
            or (company and _favours(child))
        }
    if not chosen:
        return inside
    result = []
    for child in node.children:
        below = [found for found in child.walk() if id(found) in found_ids]
        result += below or ([child] if id(child) in chosen else [])
    return result


# 补贴项目: each of the items below is one
_KINDS_OF_GRANT: Final = re.compile(
    r"^(?:[^，。；]{0,6}(?:补[助贴]|券|救助)|奖[补励]|资助|扶持|优惠|减免|惠民)(?:的)?(?:项目|种类|品种|政策|内容|类别)(?:[和与及、](?:标准|额度|金额))?$"
)
# 按下列标准给予奖励：
_LEADS: Final = re.compile(
    r"(?:下列|以下|如下)(?:标准|规定|档次|方式|额度)?[^，。；]{0,4}(?:给予)?[^，。；]{0,6}(?:奖励|补[助贴]|资助|奖补)[：:]?$"
)
# （一）国际标准，100万元；
_STEP: Final = re.compile(
    r"[^。；\d]{2,30}(?:每[^，。；\d]{1,3})?\d[\d.]*[万亿]?元"
    r"(?:[，、][^，。；]{2,24}?(?:每[^，。；\d]{1,3})?\d[\d.]*[万亿]?元){0,3}[。；]?$"
)


def _bulleted(node: Node, raw: str) -> list[Node]:
    """Sentences with bullets under a bare heading (``三、财政政策`` ``●对…``, ``●对…``) grant one by one."""
    if node.head is None or len(node.body) < 2 or not all(bullet_at(p.view) for p in node.body):
        return []
    if len(node.head.text) > 24 or sum(len(p.text) for p in node.body) < 14 * len(node.body):
        return []
    return [part for part in _paragraph_nodes(node, raw) if grants_something(part, raw)]


# 二、扶持措施 names nothing by itself
_GENERAL: Final = re.compile(
    r"^(?:具体|主要|扶持|支持|优惠|奖励|奖补|补[助贴]|资助|惠企|政策|若干|[和与及、])*(?:政策|措施|内容|项目|办法)(?:（[^（）]{1,12}）)?$"
)


def _programme(node: Node, raw: str) -> list[Node]:
    """Paragraphs below a general heading (``二、扶持措施``) grant one by one."""
    if node.head is None or node.children or not _GENERAL.match(title_text(node)) or _has_facets(node):
        return []
    parts = [part for part in _paragraph_nodes(node, raw) if grants_something(part, raw)]
    return parts if len(parts) > 1 else []


def _plain_part(node: Node, raw: str) -> list[Node]:
    """Paragraphs of a part or chapter without items (``第二部分 旅游业``) grant one by one."""
    if node.head is None or grants.NOT_MEASURES.match(subject(node)):
        return []
    return [part for part in _paragraph_nodes(node, raw) if grants_something(part, raw)]


_POLICY: Final = re.compile(r"^[^，。；]{2,24}(?:补[助贴]|奖[励补]|资助|贴息|津贴|补偿|返还)(?:政策)?$")


def _names_a_policy(node: Node) -> bool:
    """``（二）社保补贴`` with 补贴对象 and 补贴标准 below it grants, even if the standard is no figure."""
    facets = [subject(child) for child in node.children if grants.FACET.match(subject(child))]
    return (
        len(facets) > 1
        and any("标准" in title or "内容" in title for title in facets)
        and _POLICY.match(title_text(node)) is not None
        and not grants.NOT_MEASURES.match(subject(node))
    )


_PLAIN_SUM: Final = re.compile(r"[：、；]?[^，。；：]{0,14}\d[\d.]*(?:-\d[\d.]*)?[万亿]?元")


# 每亩25元, 一个站点10万元包干
_PRICED: Final = re.compile(
    r"(?:每[^，。；\d]{1,4}|一[个亩座台张间户][^，。；\d]{0,4}|人均|亩均)\d[\d.]*[万亿]?元(?=[，。；]|包干|$)"
)


# 不少于40课时的，每人500元
_EACH: Final = re.compile(r"每[一-龥]{1,3}(?:每[年月天次])?(?:最高|不超过|补)?\d[\d.]*[万亿]?元")


def _gives_each(node: Node) -> bool:
    """Below 补贴项目, an item that names a sum for each person."""
    text = all_text(node)
    return (
        _EACH.search(text) is not None
        and not grants.NOT_MEASURES.match(subject(node))
        and not states_a_condition(node)
        and not re.search("罚|收取|缴纳|收费|预算", text)
    )


def _lists_sums(node: Node, raw: str) -> bool:
    title, text = subject(node), all_text(node)
    if sums_in_rows(node, raw):
        return not grants.NOT_MEASURES.match(title) and not states_a_condition(node)
    body = text.partition("：")[2]
    if _PRICED.search(text) and len(text) < 80 and not grants.NOT_MEASURES.match(title):
        return not states_a_condition(node) and not re.search(r"以[上下]|不低于|罚|收取|缴纳|收费|预算", text)
    return (
        bool(_PLAIN_SUM.match(body))
        and not grants.NOT_MEASURES.match(title)
        and not states_a_condition(node)
        and not re.search(r"以上|以下|不低于|罚|收取|缴纳|收费", body)
        and any(a.role != "total_budget" for a in amounts.find_amounts(node.all(), raw, leaning=True))
    )


def _favours(node: Node) -> bool:
    """Beside items that grant, one that does something in someone's favour grants it."""
    title, text = subject(node), all_text(node)
    return (
        benefits.favours(text)
        and not grants.NOT_MEASURES.match(title)
        and not states_a_condition(node)
        and not grants.appeals(title, text)
        and not grants.procedural(text)
        and not grants.defines(text)
        and not asks(node)
        and not grants.asks_how(text)
    )


def _speaks_of_a_grant(node: Node) -> bool:
    """An item none of whose parts grants anything grants only if it says so itself."""
    if not node.children:
        return True
    own = "".join(p.text for p in [*node.own(), *node.tail])
    return bool(re.search(r"给予|奖励|奖补|补[助贴]|资助|贴息|减|免|返还|发放|享受|提供|安排|标准|培训", own))


# 三、实施办法 holds the parts of the whole notice and names no policy
_NO_POLICY: Final = re.compile(
    r"^(?:实施|扶持|奖励|补贴|补助|支持|具体|主要|工作|操作|政策){0,3}(?:办法|政策|措施|方案|细则|内容)$"
    r"|^.*(?:对象|范围|标准|条件)(?:[及和与、].{2,8})?$"
)


def _folds(node: Node, inside: list[Node], raw: str) -> bool:
    """支持对象 / 补贴标准 / 申报材料 under a named policy: the policy is the measure, not its 补贴标准."""
    if node.kind in CONTAINERS:
        return False
    facets = [child for child in node.children if grants.FACET.match(subject(child))]
    below = {id(found) for facet in facets for child in facet.children for found in child.walk()}
    if any(found.parent is not node and id(found) not in below for found in inside):
        return False
    if node.tail and grants.verb_with_figure("".join(p.text for p in node.tail)):
        return not any(money_of(found, raw) or shares_of(found, raw) for found in inside)
    if _offers_a_choice(node):
        return True
    if len(facets) < 2 or 2 * len(facets) < len(node.children):
        return _tiers(node, inside)
    standards = [subject(facet) for facet in facets if "标准" in subject(facet)]
    if len(standards) > 1 and len(set(standards)) == 1:  # 7.1支持标准, 7.2支持标准: one policy each
        return False
    title = title_text(node)
    alone = len(node.parent.children if node.parent else []) < 2 and node.number != BLOCK
    if alone or _NO_POLICY.match(title):
        return False
    of_facets = below | {id(facet) for facet in facets}
    return all(id(found) in of_facets for found in inside)


_CHOICE: Final = re.compile(
    r"(?:标准|内容|方式|政策)：[^。；]{0,24}(?:任选|择一|选择|两种|两项|之一)[^。；]{0,10}[：:]$"
)


def _offers_a_choice(node: Node) -> bool:
    """``支持标准：以下两项任选其一：`` below a named policy: what follows are two ways of it."""
    own = list(node.own())
    return len(own) > 1 and _CHOICE.search(own[-1].text) is not None


# 按投入的50%给予补助： above 中型起降场，每个最高200万元；
_SHARE_WITH_STEPS: Final = re.compile(
    r"按[^，。；]{2,24}\d[\d.]*%[^，。；]{0,6}(?:补[助贴]|奖[励补]|资助)(?:[，。]?其中)?[：:]$"
)
_CAPPED: Final = re.compile(
    r"[^，。；：]{2,30}，?(?:[每单]个?[^，。；\d]{0,4})?(?:最高|不超过|上限)[^，。；\d]{0,6}\d[\d.]*[万亿]?元[；。]?"
)


def _tiers(node: Node, inside: list[Node]) -> bool:
    """The item grants; its children only name steps of the scale (``（1）国家级：50万元``)."""
    own = "".join(p.text for p in node.own())
    if _SHARE_WITH_STEPS.search(own) and all(_CAPPED.fullmatch(all_text(found)) for found in inside):
        return True
    if not re.search(
        r"(?:以下|下列|如下)[^。；]{0,8}(?:标准|规定|档次|方式)|具体标准|标准(?:如下|为)：|按(?:以下|下列)",
        own,
    ):
        return False
    return all(
        len("".join(p.text for p in found.all())) <= 40
        and not re.search(r"给予|奖励|补[助贴]|资助", "".join(p.text for p in found.all()))
        for found in inside
    )


# 老年人线下通道：… below 领取流程
_OWN_TITLE: Final = re.compile(r"(?!第|注|例|备注|说明)[一-龥“”]{4,16}：")


_NEAR: Final = 50  # blocks that show what the unit is


def _headed(node: Node, raw: str) -> list[Node]:
    """A headed block: one measure, or one a paragraph if several of them grant something."""
    about = subject(node)
    if grants.NOT_MEASURES.match(about) and not grants.POSITIVE_FACET.search(about):
        return [
            p
            for p in _paragraph_nodes(node, raw)
            if _OWN_TITLE.match(all_text(p)) and grants_something(p, raw)
        ]
    if _has_facets(node):
        return [node] if grants_something(node, raw) else []
    parts = [part for part in _paragraph_nodes(node, raw) if grants_something(part, raw)]
    if len(parts) > 1 or _split_blocks(node, raw) >= (1 if len(node.body) > 1 else 2):
        return parts
    return [node] if grants_something(node, raw) else []


def _has_facets(node: Node) -> bool:
    """政策内容：…, 申请渠道：… under one heading are the parts of one policy."""
    labelled = [p for p in node.body if grants.FACET.match(p.text.partition("：")[0]) and "：" in p.text[:12]]
    alone = [p for p in node.body if grants.FACET.match(p.text)]
    return len(alone) >= 2 or (len(labelled) >= 2 and 2 * len(labelled) >= len(node.body))


def _split_blocks(node: Node, raw: str) -> int:
    """How many other blocks of the same text hold several measures, so that paragraphs are the unit."""
    blocks = node.parent.children if node.parent else []
    return sum(
        block is not node
        and block.kind == HEADED
        and sum(1 for part in _paragraph_nodes(block, raw) if grants_something(part, raw)) > 1
        for block in blocks[:_NEAR]
    )


def _paragraph_nodes(node: Node, raw: str) -> list[Node]:
    """The paragraphs of a node as items; a line that only names departments belongs to the one before it."""
    found: list[Node] = []
    for paragraph in node.body:
        if found and departments.only_names(paragraph, raw):
            found[-1].body.append(paragraph)
        elif len(paragraph.text) >= 12:
            found.append(Node(HEADED, 1, paragraph, title_end=len(paragraph.text), parent=node))
    return found


_ASKS: Final = re.compile(r"？|本人|您|请问|咨询|了解到")  # a letter to an office, not its answer


def _paragraph_measures(root: Node, raw: str) -> list[Node]:
    """A text without any structure: every paragraph that grants a sum, and beside such also those without one."""
    parts = [
        part
        for part in _paragraph_nodes(root, raw)
        if grants_something(part, raw)
        and (grants.verb_with_figure(all_text(part)) or not _ASKS.search(all_text(part)))
    ]
    return parts if any(grants.verb_with_figure(all_text(part)) for part in parts) else []
