"""从高不重复: the combination of items that gives one enterprise most, and why the others are left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from babashi.rules.chinese import money_text
from babashi.rules.pack import Item, OverlapPair, Pack, SharedCeiling
from babashi.rules.results import Result
from babashi.rules.rounds import same_time

Worth = tuple[int, int, int]
"""Ceiling and floor in fen, and 1: compared in this order, so that money decides before the number of items."""


@dataclass(frozen=True, slots=True)
class Grant:
    """An item of the best combination."""

    item: str
    title: str
    amount_min: Decimal | None
    amount_max: Decimal | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Dropped:
    """An eligible item that is left out, because of which other one, and why."""

    item: str
    title: str
    because_of: str
    reason: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Combination:
    """The best combination. Totals count known amounts only; ``uncertain`` names items whose amount is unknown."""

    granted: tuple[Grant, ...]
    dropped: tuple[Dropped, ...]
    total_min: Decimal
    total_max: Decimal
    uncertain: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why two items exclude each other."""

    reason: str
    source: str
    same_kind: bool


def stack(results: Iterable[Result], packs: Sequence[Pack]) -> Combination:
    """Choose among the eligible results of one enterprise.

    Of one same-kind group (across packs) only the best is granted, unless a pack records an exception for the
    pair; explicit exclusions and shared ceilings are kept. Exact: no other choice gives more. Items past their
    last day are left out.
    """
    items = {item.full_id: item for pack in packs for item in pack.items}
    eligible = [result for result in results if result.verdict == "eligible" and result.item in items]
    open_results = {result.item: result for result in eligible if not result.closed}
    order = list(open_results)
    conflicts = find_conflicts([items[item] for item in order], packs)
    ceilings = [ceiling for pack in packs for ceiling in pack.overlap.shared_ceilings]
    worths = {item: _worth(result) for item, result in open_results.items()}
    chosen = best_choice(order, worths, conflicts, ceilings)
    granted = tuple(_grant(items[item], open_results[item]) for item in order if item in chosen)
    dropped = [_closed(items[result.item]) for result in eligible if result.closed]
    dropped += [_drop(item, chosen, items, open_results, conflicts) for item in order if item not in chosen]
    total = _capped({item: worths[item] for item in chosen}, ceilings)
    uncertain = tuple(item for item in order if item in chosen and open_results[item].missing)
    return Combination(granted, tuple(dropped), _yuan(total[1]), _yuan(total[0]), uncertain)


def find_conflicts(items: Sequence[Item], packs: Sequence[Pack]) -> dict[frozenset[str], Conflict]:
    """Pairs of items that can't both be granted: of one kind at the same time, or excluded for good."""
    found: dict[frozenset[str], Conflict] = {}
    allowed = {frozenset(pair.items) for pack in packs for pair in pack.overlap.exceptions}
    quotes = {pack.id: pack.overlap.cite.quote for pack in packs if pack.overlap.cite is not None}
    for one, other in combinations(items, 2):
        pair = frozenset((one.full_id, other.full_id))
        of_a_kind = bool(one.same_kind_group) and one.same_kind_group == other.same_kind_group
        if of_a_kind and pair not in allowed and same_time(one.round_key, other.round_key):
            source = quotes.get(one.pack_id) or quotes.get(other.pack_id) or ""
            found[pair] = Conflict("属于同类政策，从高不重复", source, same_kind=True)
    present = {item.full_id for item in items}
    for exclusion in (pair for pack in packs for pair in pack.overlap.exclusions):
        if set(exclusion.items) <= present:
            found[frozenset(exclusion.items)] = _excluded(exclusion)
    return found


def _excluded(pair: OverlapPair) -> Conflict:
    return Conflict(pair.reason, pair.source, same_kind=False)


def best_choice(
    order: Sequence[str],
    worths: Mapping[str, Worth],
    conflicts: Iterable[frozenset[str]],
    ceilings: Sequence[SharedCeiling] = (),
) -> frozenset[str]:
    """The items without conflict that are worth most together: exact branch and bound in whole fen.

    Each connected part (linked by conflicts or shared ceilings) is solved by itself.
    """
    neighbours: dict[str, set[str]] = {item: set() for item in order}
    for pair in conflicts:
        one, other = sorted(pair)
        neighbours[one].add(other)
        neighbours[other].add(one)
    links = {item: set(found) for item, found in neighbours.items()}
    for ceiling in ceilings:
        members = [item for item in ceiling.items if item in links]
        for member in members:
            links[member].update(members)
    chosen: set[str] = set()
    for component in _components(order, links):
        chosen |= _Search(component, worths, neighbours, ceilings).best()
    return frozenset(chosen)


def _components(order: Sequence[str], links: Mapping[str, set[str]]) -> list[list[str]]:
    left, found = dict.fromkeys(order), []
    while left:
        todo, members = [next(iter(left))], set()
        while todo:
            item = todo.pop()
            if item in members:
                continue
            members.add(item)
            todo += links[item] - members
        found.append([item for item in order if item in members])
        for item in members:
            left.pop(item, None)
    return found


class _Search:
    """Branch and bound over one connected part."""

    def __init__(
        self,
        items: Sequence[str],
        worths: Mapping[str, Worth],
        neighbours: Mapping[str, set[str]],
        ceilings: Sequence[SharedCeiling],
    ) -> None:
        self.items = sorted(items, key=lambda item: worths[item], reverse=True)
        self.worths = worths
        self.neighbours = neighbours
        self.ceilings = ceilings
        self.best_worth: Worth = (-1, -1, -1)
        self.best_items: frozenset[str] = frozenset()

    def best(self) -> frozenset[str]:
        self._branch(0, [], set())
        return self.best_items

    def _branch(self, position: int, chosen: list[str], barred: set[str]) -> None:
        worth = _capped({item: self.worths[item] for item in chosen}, self.ceilings)
        if worth > self.best_worth:
            self.best_worth, self.best_items = worth, frozenset(chosen)
        rest = [item for item in self.items[position:] if item not in barred]
        if not rest or self._bound(chosen, rest) <= self.best_worth:
            return
        item = rest[0]
        following = self.items.index(item) + 1
        self._branch(following, [*chosen, item], barred | self.neighbours[item])
        if self.neighbours[item] & set(rest) or self.ceilings:
            self._branch(following, chosen, barred)

    def _bound(self, chosen: Sequence[str], rest: Sequence[str]) -> Worth:
        """No completion is worth more: the best of each clique of a greedy cover, ceilings left aside."""
        total = [sum(self.worths[item][place] for item in chosen) for place in range(3)]
        cliques: list[list[str]] = []
        for item in rest:
            home = next((clique for clique in cliques if self.neighbours[item] >= set(clique)), None)
            if home is None:
                cliques.append([item])
            else:
                home.append(item)
        for clique in cliques:
            for place in range(3):
                total[place] += max(self.worths[item][place] for item in clique)
        return total[0], total[1], total[2]


def _capped(worths: Mapping[str, Worth], ceilings: Sequence[SharedCeiling]) -> Worth:
    """Worth of a choice after shared ceilings; an item is under at most one of them (the checker sees to it)."""
    high = sum(worth[0] for worth in worths.values())
    low = sum(worth[1] for worth in worths.values())
    for ceiling in ceilings:
        members = [worths[item] for item in ceiling.items if item in worths]
        limit = int(ceiling.ceiling * 100)
        high -= max(0, sum(worth[0] for worth in members) - limit)
        low -= max(0, sum(worth[1] for worth in members) - limit)
    return high, low, sum(worth[2] for worth in worths.values())


def _worth(result: Result) -> Worth:
    return _fen(result.amount_max or result.amount_min), _fen(result.amount_min), 1


def _fen(amount: Decimal | None) -> int:
    return 0 if amount is None else int(amount * 100)


def _yuan(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-2)


# -- words ---------------------------------------------------------------------------------------------------


def _grant(item: Item, result: Result) -> Grant:
    note = "金额未知，先列入组合" if result.missing else ""
    return Grant(item.full_id, item.short_title, result.amount_min, result.amount_max, note)


def _closed(item: Item) -> Dropped:
    return Dropped(item.full_id, item.short_title, "", "已过执行期限")


def _drop(
    item: str,
    chosen: frozenset[str],
    items: Mapping[str, Item],
    results: Mapping[str, Result],
    conflicts: Mapping[frozenset[str], Conflict],
) -> Dropped:
    rivals = [other for other in chosen if frozenset((item, other)) in conflicts]
    if not rivals:
        return Dropped(item, items[item].short_title, "", "合计已到共同上限，加上它不会更多")
    rival = max(rivals, key=lambda other: _worth(results[other]))
    conflict = conflicts[frozenset((item, rival))]
    reason = f"与“{items[rival].short_title}”{conflict.reason}" if conflict.same_kind else conflict.reason
    return Dropped(
        item,
        items[item].short_title,
        rival,
        f"{reason}；{_comparison(item, rivals, items, results)}",
        conflict.source,
    )


def _comparison(
    item: str, rivals: Sequence[str], items: Mapping[str, Item], results: Mapping[str, Result]
) -> str:
    own = results[item]
    theirs = [results[rival] for rival in rivals]
    if own.missing or any(result.missing for result in theirs):
        return "有的金额未知，先保留金额已知或较高的"
    total = sum((result.amount_max or Decimal(0) for result in theirs), Decimal(0))
    names = "、".join(f"“{items[rival].short_title}”" for rival in rivals)
    mine = own.amount_max or Decimal(0)
    if total == mine:
        return f"金额相同（{money_text(mine)}），只享受其中一项"
    if total > mine:
        return f"{names}更高（{money_text(total)}，本项{money_text(mine)}）"
    return "另一种组合合计更高"
