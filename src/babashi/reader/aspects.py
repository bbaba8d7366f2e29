"""Items that only tell more of a benefit that stands beside them: for whom, in which way, until when."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from babashi.reader.figures import money_of, shares_of
from babashi.reader.headings import subject, title_text
from babashi.reader.outline import Node

_STANDARD: Final = re.compile(r"(?:补[助贴]|奖[励补]|资助|支持|贴息)(?:的)?标准")
_ASPECT: Final = re.compile(
    r"^(?!扩大|加大|放宽)[^，。；]{0,8}(?:范围|品类|种类|对象|方式|时间|时限|期限|条件|资格"
    r"|资格设置)(?:是什么|有哪些)?？?$"
)
_SCOPE: Final = re.compile(
    r"[（【]?(?:补[助贴]|奖[补励]|资助|支持|扶持|重点|使用|资金)*的?(?:范围|领域|方向|对象)[）】]?$"
)
# who gets it and how, beside how much: 第四条（支持方式）, （一）补贴范围
_BESIDE: Final = re.compile(
    r"^[（【]?(?:补[助贴]|奖[补励]|资助|支持|扶持|发放|兑现|支付|更新|购置|资金)*的?"
    r"(?:形式|方式|办法|时间|期限|范围|对象|性质)[）】]?$"
)
# 补贴范围及标准: all below it is about one benefit
_OF_ONE: Final = re.compile(
    r"^(?:补[助贴]|奖[励补])(?:范围|对象)[和与及、]?(?:补[助贴]|奖[励补])?标准$|^(?:补[助贴]|奖励)标准$"
)


def without_aspects(chosen: list[Node], raw: str) -> list[Node]:
    """The chosen items without those that only tell more of one.

    ``补贴范围``, ``补贴方式`` beside ``补贴标准``, and what names no figure under ``补贴标准`` beside items that do.
    """
    figured = {id(node) for node in chosen if money_of(node, raw) or shares_of(node, raw)}
    standards = [h for node in chosen if id(node) in figured if (h := _headed(node, "标准")) is not None]
    inside, beside = {id(h) for h in standards}, {id(h.parent) for h in standards}

    parents = {id(node.parent): node.parent for node in chosen if node.parent is not None}
    titles = Counter(title_text(node) for node in [*chosen, *parents.values()])

    def tells_more(node: Node) -> bool:
        if _within_scope(node) and titles[title_text(node)] > 1:
            return True
        standard, about = _headed(node, _OF_ONE), _headed(node, _BESIDE)
        return (standard is not None and standard is not node and id(standard) in inside) or (
            about is not None and id(about.parent) in beside
        )

    chosen = [node for node in chosen if id(node) in figured or not tells_more(node)]
    if not figured or not all(_STANDARD.search(title_text(n)) for n in chosen if id(n) in figured):
        return chosen
    return [node for node in chosen if id(node) in figured or not _ASPECT.search(title_text(node))]


def _within_scope(node: Node) -> bool:
    """Whether an item stands below 支持范围; what is given for it stands below 支持方式 under the same title."""
    above = node.parent
    return above is not None and above.head is not None and _SCOPE.match(subject(above)) is not None


def _headed(node: Node, title: str | re.Pattern[str]) -> Node | None:
    """The item itself or the nearest above it that has such a title."""
    near = [node, *list(node.above())[:2]]
    return next((n for n in near if n.head is not None and re.search(title, subject(n))), None)
