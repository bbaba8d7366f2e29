"""The forms of giving: every row reads its example, and no other row of its kind does."""

import pytest

from babashi.reader import benefits
from babashi.reader.ease import EASE
from babashi.reader.forms import HELP, STRONG, WEAK, compile_row
from babashi.reader.mild import MILD

ALWAYS = (*STRONG, *MILD)
ROWS = [(kind, row, example) for kind in (ALWAYS, WEAK, HELP, EASE) for row, example in kind]


@pytest.mark.parametrize(("kind", "row", "example"), ROWS, ids=[row[:40] for _, row, _ in ROWS])
def test_each_row_is_needed(kind: tuple[tuple[str, str], ...], row: str, example: str) -> None:
    assert [other for other, _ in kind if compile_row(other).search(example)] == [row]


@pytest.mark.parametrize("example", [example for _, example in ALWAYS])
def test_strong_forms_hold_in_an_appeal(example: str) -> None:
    assert benefits.tangible(f"加强统筹，{example}。")


@pytest.mark.parametrize("example", [example for _, example in WEAK])
def test_weak_forms_do_not_hold_in_an_order(example: str) -> None:
    assert benefits.tangible(f"{example}。")
    assert not benefits.tangible(f"各镇必须{example}。")


def test_a_row_stops_at_the_end_of_a_clause() -> None:
    row = compile_row("给 2-4 送/发 一")
    assert row.search("给每户送一")
    assert not row.search("给户送一")
    assert not row.search("给村民，送一")
    assert not row.search("给每个村民家庭送一")
