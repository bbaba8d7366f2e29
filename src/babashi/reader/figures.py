"""The sums and shares that an item of the outline grants; each looked for once."""

from __future__ import annotations

import re
from typing import Final

from babashi.reader import amounts, grants, rates, rows
from babashi.reader.headings import subject
from babashi.reader.model import Amount, Rate
from babashi.reader.outline import Node
from babashi.reader.paragraphs import Paragraph

# 补贴测算：…, 例：… repeats the sum that the policy names
_WORKED: Final = re.compile(r"^(?:补贴|补助|奖励|资金|政策)?(?:测算|举例|示例|案例)：")
_SUM_ALONE: Final = re.compile(r"(?:最高)?\d[\d.]*[十百千]?[万亿]?元(?:/[一-龥]{1,3})?")


def sums_in_rows(node: Node, raw: str) -> bool:
    """Whether an item holds the rows of a table of sums."""
    alone = sum(1 for p in node.body if _SUM_ALONE.fullmatch(p.text))
    return alone > 1 or any(row.sums for row in rows.find(list(node.all()), raw).values())


# （二）国家标准，30万元；
_STEP: Final = re.compile(
    r"[^，。；：]{2,30}[，：]?(?:每[^，。；：\d]{1,3})?(?:一次性)?(?:最高|不超过)?\d[\d.]*[万亿]?元(?:（[^（）]{1,20}）)?[；。]?"
)


def is_step(node: Node) -> bool:
    """``（二）国家标准，30万元；`` below ``对…的单位，按下列规定给予奖励：``."""
    if node.children or node.parent is None or node.parent.head is None:
        return False
    above = "".join(p.text for p in node.parent.own())
    return (
        above.endswith("：")
        and grants.gives(above)
        and node.head is not None
        and _STEP.fullmatch(node.head.text, node.head.body_start) is not None
    )


def money_of(node: Node, raw: str) -> list[Amount]:
    """The benefit sums of an item; looked for once."""
    if "money" not in node.finds:
        node.finds["money"] = _money_in(node, raw)
    return list(node.finds["money"])


def _money_in(node: Node, raw: str) -> list[Amount]:
    paragraphs = [p for p in _granting_part(node) if not _WORKED.match(p.text)]
    words = "".join(p.text for p in paragraphs)
    leaning = sums_in_rows(node, raw) or is_step(node) or grants.gives(words) or PRICE_NAMED.search(words)
    found = amounts.find_amounts(paragraphs, raw, leaning=bool(leaning))
    return found or amounts.find_amounts(list(node.all()), raw, leaning=bool(leaning))


# 1、分布式光伏：0.25元/千瓦时。
PRICE_NAMED: Final = re.compile(r"[^，。；：]{2,20}：\d[\d.]*[万亿]?元(?:/[^，。；：]{1,8})?[。；]?$")


def _granting_part(node: Node) -> list[Paragraph]:
    """The item without its 申报条件 and 申报材料, if a 标准 beside them says what is granted."""
    titles = [subject(child) for child in node.children]
    if not any(grants.FACET.match(t) and "标准" in t for t in titles):
        return list(node.all())
    asked = {id(child) for child, t in zip(node.children, titles, strict=True) if _ASKED_FOR.search(t)}
    parts = [p for child in node.children if id(child) not in asked for p in child.all()]
    return [*node.own(), *parts, *node.tail]


_ASKED_FOR: Final = re.compile(r"(?<!补助)(?<!奖励)(?:条件|材料|流程|程序)$")


def shares_of(node: Node, raw: str) -> list[Rate]:
    """The benefit shares of an item; looked for once."""
    if "shares" not in node.finds:
        node.finds["shares"] = rates.find_rates(_granting_part(node), raw, leaning=True)
    return list(node.finds["shares"])
