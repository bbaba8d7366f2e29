"""Every figure, date, department, officer and number of the pack stands in the right place of the notice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction

import pytest
from tests.unit.rules.notice import places

from babashi.rules import FactDictionary, Pack, load_pack, packs_root
from babashi.rules.figures import compact, figures_in
from babashi.rules.pack import Cite, Clause, Item, nodes
from babashi.rules.tree import DatedLookup, Expr, Literal, Param, walk


@pytest.fixture(scope="module")
def notice() -> dict[str, str]:
    return places()


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(packs_root() / "banan" / "2022-63", FactDictionary.load())


def all_cites(pack: Pack) -> Iterator[tuple[str, Cite]]:
    """Every citation of the pack, with where it stands."""
    for reading in pack.readings.values():
        yield from ((f"口径 {reading.id}", cite) for cite in reading.cites)
    for name, parameter in pack.parameters.items():
        if parameter.cite is not None:
            yield f"参数 {name}", parameter.cite
    if pack.overlap.cite is not None:
        yield "从高不重复", pack.overlap.cite
    if pack.document.coordinator_cite is not None:
        yield "统筹单位", pack.document.coordinator_cite
    for item in pack.items:
        yield from ((f"{item.id} {where}", cite) for where, cite in item_cites(item))


def item_cites(item: Item) -> Iterator[tuple[str, Cite]]:
    for node in nodes(item.eligible):
        if node.cite is not None:
            yield node.id, node.cite
    for cite in item.benefit.cites:
        yield "benefit", cite
    for term in item.benefit.terms:
        if term.cite is not None:
            yield term.label, term.cite
    for where, single in (("until", item.until_cite), ("lead", item.lead_cite)):
        assert single is not None, f"{item.id} 的 {where} 没有引用"
        yield where, single
    assert item.contact is not None
    assert item.contact.cite is not None
    yield "contact", item.contact.cite


def figures(expr: Expr) -> Iterator[int | Fraction | dt.date]:
    for part in walk(expr):
        if isinstance(part, Literal) and isinstance(part.value, (int, Fraction, dt.date)) and part.value != 0:
            yield part.value


def test_the_notice_is_cut_into_its_places(notice: dict[str, str]) -> None:
    assert set(notice) == {"正文", "导语", *"一二三四五六七", "末段", "附件2", "附件3"}
    assert notice["一"].startswith("一、鼓励工业企业做大做强")
    assert "从高不重复" in notice["末段"]
    assert "从高不重复" not in notice["七"]


def test_every_quotation_stands_verbatim_in_its_place(pack: Pack, notice: dict[str, str]) -> None:
    cites = list(all_cites(pack))
    assert len(cites) > 60
    wrong = [
        f"{where}：{cite.quote}" for where, cite in cites if compact(cite.quote) not in notice[cite.article]
    ]
    assert wrong == []


def test_every_figure_stands_in_its_article_or_in_a_reading(pack: Pack, notice: dict[str, str]) -> None:
    for item in pack.items:
        in_article = figures_in(notice[item.article])
        for node in nodes(item.eligible):
            if isinstance(node, Clause):
                in_readings = figures_of_readings(pack, node.readings)
                assert set(figures(node.test)) <= in_article | in_readings, (item.id, node.id)
        in_readings = figures_of_readings(pack, item.benefit.readings)
        for amount in (item.benefit.floor, item.benefit.ceiling):
            if amount is not None:
                assert set(figures(amount)) <= in_article | in_readings, item.id
        for term in item.benefit.terms:
            assert figures_in(term.value) <= in_article, (item.id, term.label)
        assert item.until in in_article, item.id


def figures_of_readings(pack: Pack, ids: tuple[str, ...]) -> set[int | Fraction | dt.date]:
    return set().union(*(figures_in(pack.readings[reading].text) for reading in ids), set())


def test_every_parameter_rests_on_a_reading(pack: Pack) -> None:
    used = {
        part.name
        for item in pack.items
        for amount in (item.benefit.floor, item.benefit.ceiling)
        if amount is not None
        for part in walk(amount)
        if isinstance(part, (Param, DatedLookup))
    }
    assert used == set(pack.parameters)
    for parameter in pack.parameters.values():
        assert parameter.readings
        assert all(line.source for line in parameter.lines)


def test_titles_departments_officers_and_numbers(pack: Pack, notice: dict[str, str]) -> None:
    for item in pack.items:
        article = notice[item.article]
        assert article.startswith(f"{item.article}、{compact(item.title)}")
        assert f"牵头单位：{item.lead}" in article
        for department in item.support:
            assert f"配合单位：{department}" in article
        assert ("配合单位" in article) == bool(item.support)
        assert item.contact is not None
        row = f"{compact(item.title)}{item.lead}{item.contact.name}{item.contact.phone}"
        assert row in notice["附件3"], item.id
    assert pack.document.number in notice["正文"]
    assert compact(pack.document.title) in notice["正文"]


def test_a_finance_check_only_where_the_finance_bureau_is_named(pack: Pack, notice: dict[str, str]) -> None:
    for item in pack.items:
        departments = {stage.department for stage in item.process}
        assert ("区财政局" in departments) == (bool(item.process) and "区财政局" in notice[item.article])


def test_a_figure_that_the_notice_does_not_have_is_found_out(pack: Pack, notice: dict[str, str]) -> None:
    assert 200000 in figures_in(notice["一"])
    assert 300000 not in figures_in(notice["一"])
    assert {100000, 200000, Fraction(1, 10), 1500000} <= figures_in(notice["二"])
    assert dt.date(2023, 6, 30) not in figures_in(notice["七"])
