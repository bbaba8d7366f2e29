"""从高不重复 is exact: no other choice of compatible items gives more."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import chain, combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from babashi.rules import FactDictionary, evaluate_all, load_pack, packs_root, stack
from babashi.rules.pack import SharedCeiling
from babashi.rules.stacking import best_choice
from babashi.rules.values import Subject

NAMES = [f"p/{letter}" for letter in "abcdefghi"]


@st.composite
def situations(draw):  # type: ignore[no-untyped-def]
    """Items with worths, a conflict graph and disjoint shared ceilings."""
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=1, max_size=9))
    fen = st.integers(0, 6) | st.integers(0, 10**9)
    worths = {}
    for name in names:
        high = draw(fen)
        worths[name] = (high, draw(st.integers(0, high)), 1)
    pairs = [frozenset(pair) for pair in combinations(names, 2)]
    conflicts = draw(st.sets(st.sampled_from(pairs))) if pairs else set()
    shuffled = draw(st.permutations(names))
    cut = draw(st.integers(0, len(names)))
    groups = [group for group in (tuple(shuffled[:cut]), tuple(shuffled[cut:])) if len(group) > 1]
    limits = [SharedCeiling(group, Decimal(draw(st.integers(0, 10**7))), "合计") for group in groups]
    ceilings = draw(st.lists(st.sampled_from(limits), unique=True)) if limits else []
    return names, worths, conflicts, ceilings


def value(names, worths, ceilings):  # type: ignore[no-untyped-def]
    """What a choice is worth, computed the plain way."""
    left = set(names)
    total = [0, 0]
    for ceiling in ceilings:
        members = [name for name in names if name in ceiling.items]
        left -= set(members)
        for place in range(2):
            total[place] += min(sum(worths[name][place] for name in members), int(ceiling.ceiling * 100))
    for place in range(2):
        total[place] += sum(worths[name][place] for name in left)
    return total[0], total[1], len(names)


@settings(max_examples=300, deadline=None)
@given(situations())
def test_no_other_combination_gives_more(situation):  # type: ignore[no-untyped-def]
    names, worths, conflicts, ceilings = situation
    every = chain.from_iterable(combinations(names, size) for size in range(len(names) + 1))
    allowed = [choice for choice in every if not any(pair <= set(choice) for pair in conflicts)]
    best = max(value(choice, worths, ceilings) for choice in allowed)
    chosen = best_choice(names, worths, conflicts, ceilings)
    assert not any(pair <= chosen for pair in conflicts)
    assert value(sorted(chosen), worths, ceilings) == best


def loaded():  # type: ignore[no-untyped-def]
    """Both packs."""
    dictionary, root = FactDictionary.load(), packs_root()
    return [
        load_pack(root / "banan" / "2022-63", dictionary),
        load_pack(root / "chongqing" / "neighbours", dictionary),
    ]


def combination(facts, tables, day="2022-09-01"):  # type: ignore[no-untyped-def]
    packs = loaded()
    items = [item for pack in packs for item in pack.items if item.applicant == "enterprise"]
    base = {"district": "500113", "industry_code": "3612", **facts}
    results = evaluate_all(items, Subject(base, tables), None, dt.date.fromisoformat(day))
    return stack(results, packs)


def test_an_exception_lets_the_municipal_reward_be_combined() -> None:
    best = combination({"kind": "企业", "first_above_scale_year": 2021}, {"certificates": [], "projects": []})
    assert {grant.item for grant in best.granted} == {
        "banan-2022-63/scale-up",
        "chongqing-neighbours/upgrade-2018",
    }
    assert (best.total_min, best.total_max) == (Decimal("300000.00"), Decimal("300000.00"))
    assert best.dropped == ()


def test_of_one_kind_only_the_highest_and_the_reason_says_which() -> None:
    titles = {"certificates": [{"kind": "绿色制造示范", "level": "市级"}]}
    best = combination({"kind": "园区"}, titles)
    assert [grant.item for grant in best.granted] == ["chongqing-neighbours/green-park"]
    (dropped,) = best.dropped
    assert (dropped.item, dropped.because_of) == (
        "banan-2022-63/green-demonstration",
        "chongqing-neighbours/green-park",
    )
    assert "从高不重复" in dropped.reason
    assert "50万元" in dropped.reason
    assert "20万元" in dropped.reason
    assert "从高不重复" in dropped.source


def test_with_equal_ceilings_the_guaranteed_amount_decides() -> None:
    titles = {"certificates": [{"kind": "绿色制造示范", "level": "市级"}]}
    best = combination({"kind": "企业"}, titles)
    assert [grant.item for grant in best.granted] == ["chongqing-neighbours/green-factory"]
    assert "金额相同" in best.dropped[0].reason


def test_what_is_closed_is_left_out() -> None:
    facts = {"kind": "企业", "first_above_scale_year": 2021}
    best = combination(facts, {"certificates": [], "projects": []}, day="2023-01-01")
    assert best.granted == ()
    assert {dropped.reason for dropped in best.dropped} == {"已过执行期限"}
