"""The words of a push: what, how much, until when, and why this enterprise gets it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from babashi.catalogue.models import CatalogueItem
from babashi.matching.models import Match
from babashi.rules.chinese import ceiling_text, date_text, money_text
from babashi.rules.facts import FactDictionary
from babashi.rules.pack import Item
from babashi.rules.results import ClauseTrace, Result

MAX_MISSING = 2
"""An unknown verdict is worth a message when at most this many facts would settle it."""


@dataclass(frozen=True, slots=True)
class Words:
    """A push in words."""

    subject: str
    body: str
    reason: str


def amount_words(match: Match, item: CatalogueItem) -> str:
    """What the facts give; the list's figure while they give none; empty where no figure exists."""
    if match.amount_max is not None:
        if match.amount_min == match.amount_max:
            return money_text(match.amount_max)
        return ceiling_text(match.amount_max)
    return item.amount


def push_words(match: Match, item: CatalogueItem, rule: Item, proof: Result | None) -> Words:
    """Subject, body and reason of the message about one match; ``proof``: why, where it can be had."""
    name = str(item)
    amount = amount_words(match, item)
    if match.verdict == "eligible":
        subject = f"贵单位可以享受“{name}”{'：' + amount if amount else ''}"
        reason = _why_eligible(proof)
        todo = _todo(item)
    else:
        labels = [rule.dictionary.missing_label(ref) for ref in match.missing]
        subject = f"补充 {len(labels)} 项资料，看能否享受“{name}”{'：' + amount if amount else ''}"
        reason = f"其余条件没有不符合的，还缺：{'、'.join(labels)}。补充后平台会立即重新判断。"
        todo = "请打开链接补充资料；不清楚的可以先问服务热线。"
    lines = [todo, period_words(item)]
    if rule.contact is not None:
        lines.append(f"咨询：{item.lead.name} {rule.contact.name} {rule.contact.phone}。")
    return Words(subject[:200], "\n".join(lines), reason)


def closing_words(match: Match, item: CatalogueItem, rule: Item, *, days_left: int) -> Words:
    """Subject, body and reason of the reminder that an item closes for who has not applied."""
    name = str(item)
    amount = amount_words(match, item)
    left = f"还有 {days_left} 天截止" if days_left > 0 else "今天截止"
    subject = f"“{name}”{left}{'：' + amount if amount else ''}"
    reason, todo = _standing(match, item, rule)
    return Words(subject[:200], f"{todo}\n{period_words(item)}", reason)


def opening_words(match: Match, item: CatalogueItem, rule: Item) -> Words:
    """Subject, body and reason of the message that a round begins which was announced before."""
    amount = amount_words(match, item)
    subject = f"“{item}”开始申报{'：' + amount if amount else ''}"
    reason, todo = _standing(match, item, rule)
    return Words(subject[:200], f"{todo}\n{period_words(item)}", reason)


def period_words(item: CatalogueItem) -> str:
    """From when to when one can apply."""
    begin = f"{date_text(item.opens)}起申报，" if item.opens is not None else ""
    return f"{begin}截止：{date_text(item.until)}（当天仍可申报）。"


def _standing(match: Match, item: CatalogueItem, rule: Item) -> tuple[str, str]:
    """How an enterprise that has not applied stands, and what it can do."""
    if match.verdict == "eligible":
        return "贵单位符合全部条件，还没有申报。", _todo(item)
    labels = [rule.dictionary.missing_label(ref) for ref in match.missing]
    reason = f"贵单位可能符合条件，还缺：{'、'.join(labels)}。"
    return reason, "请打开链接补充资料，平台会立即重新判断。"


def _todo(item: CatalogueItem) -> str:
    if item.automatic:
        return "免申即享：不用填表，登录后确认收款账户并作出承诺即可。"
    if item.channel == "application":
        return "登录后可以在线申报，已有的资料会自动填好。具体金额由牵头单位在上限以内核定。"
    return "登录后可以登记意向，牵头单位会与贵单位联系。"


def _why_eligible(proof: Result | None) -> str:
    names = list(_met(proof.trace)) if proof is not None else []
    return f"符合全部条件：{'；'.join(names)}。" if names else "符合全部条件。"


def _met(node: ClauseTrace, depth: int = 0) -> Iterator[str]:
    """Names of the conditions that hold, the top level of an *all*, with the values that decided."""
    if node.kind == "all" and depth == 0:
        for child in node.children:
            yield from _met(child, depth + 1)
        return
    if node.truth is True:
        values = [f"{value.label} {value.text}" for value in node.values if value.known]
        name = node.name or node.text
        yield f"{name}（{'，'.join(values[:3])}）" if values else name


def useful(match: Match, dictionary: FactDictionary) -> bool:
    """Whether a message about it helps: it can be had, or few facts that the enterprise can give would tell."""
    if match.closed:
        return False
    if match.verdict == "eligible":
        return True
    if match.verdict != "unknown" or not 0 < len(match.missing) <= MAX_MISSING:
        return False
    return all(_can_say(dictionary, ref) for ref in match.missing)


def _can_say(dictionary: FactDictionary, ref: str) -> bool:
    spec = dictionary.spec(ref)
    return ref in dictionary.tables or (spec is not None and spec.declarable)
