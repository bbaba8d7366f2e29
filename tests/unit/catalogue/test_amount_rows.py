"""How an amount came about is told once where floor and ceiling are one and the same."""

from decimal import Decimal
from types import SimpleNamespace

from babashi.catalogue.explain import amount_rows
from babashi.rules.results import AmountTrace


def told(*texts: str) -> list[tuple[str, str]]:
    kinds = zip(("floor", "ceiling"), texts, strict=False)
    traces = [AmountTrace(kind, text, Decimal(1)) for kind, text in kinds]
    return amount_rows(SimpleNamespace(amount_trace=traces))  # type: ignore[arg-type]


def test_a_fixed_amount_has_one_formula() -> None:
    assert told("路灯每项1万元", "路灯每项1万元") == [("金额", "路灯每项1万元")]


def test_floor_and_ceiling_have_their_own() -> None:
    assert told("1万元", "2万元") == [("保底", "1万元"), ("最高可得", "2万元")]
    assert told("1万元") == [("保底", "1万元")]
