"""Which items of the outline are measures, and everything that is found in each."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from babashi.reader import amounts, dates, details, grants, headings, kinds, rates, responsible
from babashi.reader.headings import has_title, title_text
from babashi.reader.model import Amount, Measure, Rate, Words
from babashi.reader.outline import BLOCK, CONTAINERS, HEADED, Node, asks
from babashi.reader.paragraphs import Paragraph
from babashi.reader.text import Span

Names = tuple[Words, ...]


def find_measures(root: Node, raw: str) -> list[Measure]:
    """All measures in order of the text."""
    chosen = _choose(root, raw)
    return [_measure(node, raw) for node in chosen]


def of_rows(rows: Iterable[tuple[str, Node, Names, Names]], raw: str) -> list[Measure]:
    """Measures of a table of benefits, one a row that grants something."""
    return [
        replace(_measure(node, raw), ordinal=number, lead_departments=lead, supporting_departments=support)
        for number, node, lead, support in rows
        if _grants(node, raw)
    ]


def _choose(node: Node, raw: str) -> list[Node]:
    """The smallest items that grant something; an item whose children grant is no measure itself."""
    inside = [found for child in node.children for found in _choose(child, raw)]
    inside = _with_plain_sums(node, inside, raw)
    if node.kind == "root":
        return inside or _paragraph_measures(node, raw)
    if node.kind in CONTAINERS:
        return inside
    if inside and _folds(node, inside, raw):
        return [node]
    if inside:
        return inside
    if node.kind == HEADED:
        return _headed(node, raw)
    return [node] if _speaks_of_a_grant(node) and _grants(node, raw) else []


def _with_plain_sums(node: Node, inside: list[Node], raw: str) -> list[Node]:
    """``2、示范企业：国家级50万元、省级30万元``: among items that grant, one that only names sums grants them too."""
    others = [child for child in node.children if child not in inside and not child.children]
    granting = [found for found in inside if found.parent is node]
    if not others or not granting or len(others) > len(granting):
        return inside
    chosen = {id(child) for child in others if _lists_sums(child, raw)}
    if not chosen:
        return inside
    rank = {id(found): index for index, found in enumerate(inside)}
    result = []
    for child in node.children:
        below = [found for found in child.walk() if id(found) in rank]
        result += below or ([child] if id(child) in chosen else [])
    return result


_PLAIN_SUM: Final = re.compile(r"[：、；]?[^，。；：]{0,14}\d[\d.]*(?:-\d[\d.]*)?[万亿]?元")


def _lists_sums(node: Node, raw: str) -> bool:
    title, text = title_text(node), "".join(p.text for p in node.all())
    body = text.partition("：")[2]
    return (
        bool(_PLAIN_SUM.match(body))
        and not grants.NOT_MEASURES.match(title)
        and not _states_a_condition(node)
        and not re.search(r"以上|以下|不低于|罚|收取|缴纳|收费", body)
        and any(a.role != "total_budget" for a in amounts.find_amounts(node.all(), raw, leaning=True))
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
    if node.kind in CONTAINERS or any(found.parent is not node for found in inside):
        return False
    if node.tail and _verb_with_figure("".join(p.text for p in node.tail)):
        return not any(_money(found, raw) or _shares(found, raw) for found in inside)
    facets = [child for child in node.children if grants.FACET.match(title_text(child))]
    if len(facets) < 2 or 2 * len(facets) < len(node.children):
        return _tiers(node, inside)
    title = title_text(node)
    alone = len(node.parent.children if node.parent else []) < 2 and node.number != BLOCK
    if alone or _NO_POLICY.match(title):
        return False
    return all(found in facets for found in inside)


def _tiers(node: Node, inside: list[Node]) -> bool:
    """The item grants; its children only name steps of the scale (``（1）国家级：50万元``)."""
    own = "".join(p.text for p in node.own())
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


def _grants(node: Node, raw: str) -> bool:
    title = title_text(node)
    text = "".join(p.text for p in node.all())
    negative = bool(grants.NOT_MEASURES.match(title) or _CLOSING.match(title))
    if _states_a_condition(node) and not _NAMES_A_SUM.search(text):
        return False
    if grants.defines(text) and not re.search(r"给予|奖励|补[助贴]", text):
        return False
    money, shares = _money(node, raw), _shares(node, raw)
    solid = [a for a in money if a.role != "total_budget"]
    if _below_closing(node) and not ((solid or shares) and _verb_with_figure(text)):
        return False
    if negative and grants.POSITIVE_FACET.search(title) and (solid or shares):
        negative = False
    if negative:
        return bool(solid or shares) and _verb_with_figure(text) and not _only_limits(solid, shares)
    if (_only_limits(solid, shares) and _limits_one(node)) or ((solid or shares) and grants.only_takes(text)):
        return False
    if solid or shares:
        return (grants.gives(text) or bool(shares) or "提供" in text or "设立" in text) and (
            not _only_limits(solid, shares) or not _procedural(text) or _GIVES_ONCE.search(text) is not None
        )
    if money:
        return (
            (not _below(node, _FUNDS) or "券" in text)
            and bool(_POT_FOR.search(text))
            and not _OWN_WORKS.search(text)
            and not _procedural(text)
        )
    if title and _appeals(title, text):
        return False
    if asks(node):  # what is asked grants nothing
        return grants.concrete(text.partition("？")[2])
    rest = text if not title or "，" in title or not has_title(node) else text.replace(title, "", 1)
    return grants.concrete(rest if len(rest) >= 16 and len(title) <= 25 else text) or grants.trains(
        title, text
    )


_CONDITIONS: Final = re.compile(
    r"^(?!.{0,12}(?:放宽|降低|改善|创造|优化|提供))[^，。；]{0,16}条件：?$"
    r"|(?:申请|申报|享受|认定|补贴|奖励)(?:材料|流程|程序)：?$"
)
# 二、贷款流程, 附则, 职责分工: what stands below such a heading needs a sum of its own to grant
_CLOSING: Final = re.compile(
    r"^(?:附则|总则|(?:奖励|补[贴助]|资助|扶持|申报|申请)(?:对象|条件)|[^，。；]{0,6}(?:流程|程序|规则|职责分工|责任分工|组织实施|监督管理|保障措施|工作要求"
    r"|资金分配(?:和|与|及)(?:使用|管理)))：?$"
)
_NAMES_A_SUM: Final = re.compile(
    r"给予|(?:奖励|补[助贴]|资助|贴息)(?:(?:标准|金额|额度)(?:为|：)?[^，。；\d]{0,8})?\d"
)


def _below_closing(node: Node) -> bool:
    parent = node.parent
    return parent is not None and parent.head is not None and bool(_CLOSING.match(title_text(parent)))


def _states_a_condition(node: Node) -> bool:
    """申请条件 and what stands below it: what it names is asked for, not granted."""
    return _below(node, _CONDITIONS)


# 一、资金安排: where the money of the whole notice comes from
_FUNDS: Final = re.compile(r"^[^，。；]{0,12}资金(?:的)?(?:安排|来源|筹集|管理|保障)")


def _below(node: Node, heading: re.Pattern[str]) -> bool:
    """Whether the item or the one that holds it has such a heading."""
    near = [node] + ([node.parent] if node.parent is not None else [])
    return any(n.head is not None and heading.search(title_text(n)) is not None for n in near)


_GIVES_ONCE: Final = re.compile(r"给予[^，。；]{0,12}(?:奖励|补[助贴]|资助|贴息)，?最高")


def _only_limits(money: list[Amount], shares: list[Rate]) -> bool:
    return not shares and bool(money) and all(a.role == "cap" for a in money)


_LIMITS_ONE: Final = re.compile(
    r"^[^，。；]{0,6}(?:单[个家户笔]|同一|每[个家户])[^，。；\d]{0,24}(?:不超过|最高|不高于|限额)"
)


def _limits_one(node: Node) -> bool:
    """``单家企业年度资助不超过50万元`` limits other items and grants nothing itself."""
    texts = [p.text[p.body_start :] for p in node.all() if re.search(r"\d[万亿]?元", p.text)]
    return bool(texts) and all(_LIMITS_ONE.match(t) and "给予" not in t and len(t) < 60 for t in texts)


def _verb_with_figure(text: str) -> bool:
    return bool(
        re.search(
            r"(?:给予|予以|奖励|补助|补贴|资助|返还|最高支持)[^。；]{0,20}\d"
            r"|按照?[^。；]{0,30}\d%?[^，。；]{0,10}(?:给予|予以|奖励|补助|补贴|资助|返还)",
            text,
        )
    )


_SPENT_ON: Final = re.compile(r"用于[^。；]{0,30}(?:奖励|补助|补贴|扶持)")


_POT_FOR: Final = re.compile(
    r"用于|支持|鼓励|推广|奖补|发放|为|给予|补贴|奖励|(?<!已)设立|帮助|缓解"
    r"|安排[^，。；]{0,8}\d[^，。；]{0,16}(?:资金|补助|经费)，"
)
_OWN_WORKS: Final = re.compile(
    r"用于[^。；]{0,24}(?:基础设施|前期|项目建设)|政府投资项目|前期费|提升政府|政务(?:服务|信息)|办公经费"
)


def _procedural(text: str) -> bool:
    return not _SPENT_ON.search(text) and bool(
        re.search(
            r"年度(?:奖励|补贴|补助|资助|扶持)?(?:资金)?(?:总额|预算)|就高|从高|不重复"
            r"|报[^，。]{0,12}(?:审定|审批|批准)|专项资金[^，。]{0,12}(?:管理|使用)|预算管理"
            r"|纳入[^，。]{0,6}预算|超出[^，。]{0,8}比例|先[报到][^，。]{0,4}先[得享领]|用完即止|总额控制",
            text,
        )
    )


def _appeals(title: str, text: str) -> bool:
    """Cooperation, enforcement, publicity: words of benefit may occur but nothing is granted."""
    return bool(
        re.match(
            r"^(?:组织|监督|宣传|规范|推进|深化|优化(?:营商|服务|审批|消费|政务)|加强(?:政策|组织"
            r"|监管|宣传)|建立[^，。]{0,12}机制|健全|完善[^，。]{0,10}(?:机制|体系))",
            title,
        )
    ) and not re.search(r"给予[^，。；]{0,30}(?:奖励|补[助贴]|资助)|免(?:征|收|费)|减免|减半|缓缴|返还", text)


# 补贴测算：…, 例：… repeats the sum that the policy names
_WORKED: Final = re.compile(r"^(?:补贴|补助|奖励|资金|政策)?(?:测算|举例|示例|案例)：")


def _money(node: Node, raw: str) -> list[Amount]:
    paragraphs = [p for p in node.all() if not _WORKED.match(p.text)]
    leaning = grants.gives("".join(p.text for p in paragraphs))
    found = amounts.find_amounts(paragraphs, raw, leaning=leaning)
    return found or amounts.find_amounts(node.all(), raw, leaning=leaning)


def _shares(node: Node, raw: str) -> list[Rate]:
    return rates.find_rates(list(node.all()), raw, leaning=True)


def _headed(node: Node, raw: str) -> list[Node]:
    """A headed block: one measure, or one a paragraph if several of them grant something."""
    if _has_facets(node):
        return [node] if _grants(node, raw) else []
    parts = [part for part in _paragraph_nodes(node) if _grants(part, raw)]
    if len(parts) > 1 or (len(node.body) > 1 and _splits_elsewhere(node, raw)):
        return parts
    return [node] if _grants(node, raw) else []


def _has_facets(node: Node) -> bool:
    """政策内容：…, 申请渠道：… under one heading are the parts of one policy."""
    labelled = [p for p in node.body if grants.FACET.match(p.text.partition("：")[0]) and "：" in p.text[:12]]
    alone = [p for p in node.body if grants.FACET.match(p.text)]
    return len(alone) >= 2 or (len(labelled) >= 2 and 2 * len(labelled) >= len(node.body))


def _splits_elsewhere(node: Node, raw: str) -> bool:
    """Whether another block of the same text holds several measures, so that paragraphs are the unit."""
    blocks = node.parent.children if node.parent else []
    return any(
        block is not node
        and block.kind == HEADED
        and sum(1 for part in _paragraph_nodes(block) if _grants(part, raw)) > 1
        for block in blocks[:50]
    )


def _paragraph_nodes(node: Node) -> list[Node]:
    return [Node(HEADED, 1, p, title_end=len(p.text), parent=node) for p in node.body if len(p.text) >= 12]


_ASKS: Final = re.compile(r"？|本人|您|请问|咨询|了解到")  # a letter to an office, not its answer


def _paragraph_measures(root: Node, raw: str) -> list[Node]:
    """A text without any structure: every paragraph that grants a sum, and beside such also those without one."""
    parts = [
        part
        for part in _paragraph_nodes(root)
        if _grants(part, raw) and (_verb_with_figure(_all_text(part)) or not _ASKS.search(_all_text(part)))
    ]
    return parts if any(_verb_with_figure(_all_text(part)) for part in parts) else []


def _all_text(node: Node) -> str:
    return "".join(p.text for p in node.all())


def _measure(node: Node, raw: str) -> Measure:
    paragraphs = list(node.all())
    heading = headings.heading(node, raw)
    body = "".join(p.text for p in paragraphs)
    money, shares = _money(node, raw), _shares(node, raw)
    title = heading.text if node.kind == HEADED and node.number == 1 else title_text(node) or heading.text
    rest = body.replace(title, "", 1) if node.title_end else body
    kind, also, sure = kinds.classify(
        title, rest if len(rest) >= 12 else body, bool(money or shares), is_title=has_title(node)
    )
    lead, support = responsible.of_measure(node, raw)
    span = Span(paragraphs[0].start, max(p.end for p in paragraphs))
    return Measure(
        ordinal=node.ordinal(raw),
        heading=heading,
        path=_path(node, raw),
        span=span,
        kind=kind,
        kind_confidence=sure,
        confidence=_confidence(money, shares, node),
        kinds_also=also,
        beneficiaries=details.beneficiaries(paragraphs, raw),
        conditions=details.conditions(paragraphs, raw),
        amounts=tuple(_without_repeats(money, node)),
        rates=tuple(shares),
        validity=dates.measure_validity([*paragraphs, *_around(node)], raw),
        deadlines=details.deadlines(paragraphs, raw),
        lead_departments=lead,
        supporting_departments=support,
        overlap=details.overlap(paragraphs, raw),
    )


def _confidence(money: list[Amount], shares: list[Rate], node: Node) -> float:
    if any(a.confidence > 0.9 for a in money) or any(r.confidence >= 0.9 for r in shares):
        return 0.95 if node.head is not None and node.head.label else 0.85
    return 0.7 if money or shares else 0.6


def _without_repeats(money: list[Amount], node: Node) -> list[Amount]:
    """A sum that the heading announces and the body repeats counts once."""
    head = node.head
    title = title_text(node)
    if head is None or not money or not has_title(node) or len(title) > 30 or "，" in title:
        return money
    stop = head.view.span(0, max(1, node.title_end)).end
    announced = [a for a in money if a.span.end <= stop]
    rest = [a for a in money if a.span.end > stop]
    kept = [a for a in announced if not any(a.value == b.value and a.role == b.role for b in rest)]
    return kept + rest


def _around(node: Node) -> list[Paragraph]:
    """What the items that enclose a measure say before their parts: a period there holds for each of them."""
    lines: list[Paragraph] = []
    parent = node.parent
    while parent is not None and parent.head is not None and parent.kind not in CONTAINERS:
        lines += [p for p in parent.own() if not p.text.endswith("如下：")]  # the opening of a whole notice
        parent = parent.parent
    return lines


def _path(node: Node, raw: str) -> tuple[str, ...]:
    path: list[str] = []
    parent = node.parent
    while parent is not None and parent.kind != "root":
        if parent.head is not None:
            path.append((parent.ordinal(raw) + title_text(parent))[:40])
        parent = parent.parent
    return tuple(reversed(path))
