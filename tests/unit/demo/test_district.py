"""The synthetic district: the same everywhere, valid, marked, and with every verdict in it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from stdnum.cn import uscc as stdnum_uscc

from babashi.cli import main
from babashi.demo import averages, enterprises, write_district
from babashi.demo.district import MISSING_PER_THOUSAND
from babashi.demo.draws import Draws
from babashi.demo.names import SYNTHETIC_SUFFIX, is_synthetic_uscc, uscc_of
from babashi.demo.showcase import SHOWCASES
from babashi.register_io import Register, read_register
from babashi.register_io.codes import uscc_check_matches
from babashi.rules.evaluate import evaluate
from babashi.rules.facts import FactDictionary, packs_root
from babashi.rules.loader import load_pack
from babashi.rules.values import NEVER

COUNT = 3000


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Register:
    folder = tmp_path_factory.mktemp("district") / "out"
    write_district(folder, FactDictionary.load(), count=COUNT, seed=7)
    return read_register(folder, FactDictionary.load())


def test_it_reads_without_a_single_problem(register: Register) -> None:
    assert register.problems == []
    assert register.synthetic
    assert len(register.enterprises) == COUNT
    assert all(len(table or []) > 0 for table in register.tables.values())


def test_the_same_seed_gives_the_same_bytes_on_every_machine(tmp_path: Path) -> None:
    write_district(tmp_path / "out", FactDictionary.load(), count=200, seed=42)
    total = hashlib.sha256()
    for path in sorted((tmp_path / "out").glob("*.csv")):
        total.update(path.read_bytes())
    assert total.hexdigest() == "51a6014edb18977c7a0f2d0ce981fb27d57bfe6ac5a138e2ed4efd21d995669a"


def test_a_larger_district_begins_with_the_smaller_one() -> None:
    small = [enterprise.facts for enterprise in enterprises(120, seed=5)]
    large = [enterprise.facts for enterprise in enterprises(300, seed=5)]
    assert large[:120] == small
    other = [enterprise.facts for enterprise in enterprises(120, seed=6)]
    assert not {facts["uscc"] for facts in small} & {facts["uscc"] for facts in other}


def test_codes_are_valid_unique_and_of_no_real_authority(register: Register) -> None:
    codes = [str(code) for code in register.enterprises.column("uscc")]
    assert len(set(codes)) == COUNT
    assert all(uscc_check_matches(code) and stdnum_uscc.is_valid(code) for code in codes[:500])
    assert all(is_synthetic_uscc(code) and code[0] == "0" for code in codes)
    assert not is_synthetic_uscc("91500113MA5U000010")


def test_codes_do_not_repeat_among_a_million() -> None:
    assert len({uscc_of(1, index) for index in range(0, 31**6, 31**6 // 20_000)}) >= 20_000


def test_everything_says_that_it_is_synthetic(register: Register) -> None:
    assert all(str(name).endswith(SYNTHETIC_SUFFIX) for name in register.enterprises.column("name"))
    emails = [email for email in register.enterprises.column("contact_email") if email is not None]
    assert all(str(email).endswith("@example.invalid") for email in emails)
    phones = [phone for phone in register.enterprises.column("contact_phone") if phone is not None]
    assert all(str(phone).startswith("000-") for phone in phones)


def test_facts_are_missing_about_as_often_as_meant(register: Register) -> None:
    for fact, per_thousand in MISSING_PER_THOUSAND.items():
        missing = register.enterprises.column(fact).count(None)
        assert per_thousand * 0.6 <= missing * 1000 / COUNT <= per_thousand * 1.5, fact


def test_facts_belong_together(register: Register) -> None:
    industrial_above = 0
    for row in register.enterprises[len(SHOWCASES) :]:
        year, code, founded = row["first_above_scale_year"], row["industry_code"], row["established_on"]
        if isinstance(year, int) and isinstance(code, str):
            assert 6 <= int(code[:2]) <= 46
            industrial_above += 1
        if isinstance(year, int) and isinstance(founded, dt.date) and founded.year < 2022:
            assert year > founded.year
    assert industrial_above > COUNT // 20
    kinds = Counter(register.enterprises.column("kind"))
    assert kinds["企业"] > kinds["个体工商户"] > kinds["其他"] > kinds["园区"] > 0
    assert NEVER in register.enterprises.column("first_above_scale_year")


def test_every_verdict_of_every_item_occurs_in_the_first_enterprises(tmp_path: Path) -> None:
    dictionary = FactDictionary.load()
    write_district(tmp_path / "out", dictionary, count=len(SHOWCASES), seed=1)
    register = read_register(tmp_path / "out", dictionary)
    parameters = register.rule_parameters()
    folder = next(path.parent for path in packs_root().rglob("pack.yaml") if "banan" in str(path.parent))
    pack = load_pack(folder, dictionary)
    subjects = dict(register.subjects())
    for item in pack.items:
        if item.applicant == "person":
            continue
        found = {evaluate(item, s, parameters, dt.date(2022, 9, 1)).verdict for s in subjects.values()}
        assert found == {"eligible", "ineligible", "unknown"}, item.id


def test_averages_are_fractions_and_some_divisions_have_none() -> None:
    rows = list(averages(3))
    values = [row["average"] for row in rows]
    assert all(isinstance(value, Decimal) and 0 < value < 1 for value in values)
    divisions = {row["division"] for row in rows}
    assert "36" in divisions
    assert "21" not in divisions


def test_sizes_spread_around_their_median() -> None:
    draws = Draws("test")
    sizes = sorted(draws.spread(1_000_000, 100) for _ in range(4001))
    assert 900_000 < sizes[2000] < 1_110_000
    assert 2_400_000 < sizes[3366] < 3_100_000  # one standard deviation above: e times the median


def test_draws_stay_in_their_bounds() -> None:
    draws = Draws("test")
    seen = {draws.below(3) for _ in range(200)}
    assert seen == {0, 1, 2}
    assert {draws.between(5, 6) for _ in range(100)} == {5, 6}
    assert not any(draws.chance(0) for _ in range(100))
    assert all(draws.chance(1000) for _ in range(100))


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    command = ["demo", "district", "--enterprises", "40", "--seed", "9", "--out", str(out)]
    assert main([*command, "--xlsx", "--labels"]) == 0
    assert capsys.readouterr().out == f"{out}\n"
    register = read_register(out, FactDictionary.load())
    assert not register.problems
    assert register.synthetic
    assert main(command) == 2
    assert "不是空文件夹" in capsys.readouterr().err


@pytest.mark.parametrize("count", ["0", "-1", "x", "1e3", "99999999"])
def test_command_refuses_a_wrong_count(count: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["demo", "district", "--enterprises", count])
    assert caught.value.code == 2
    assert "整数" in capsys.readouterr().err


def test_a_district_may_have_facts_and_tables_of_its_own(tmp_path: Path) -> None:
    """What the generator doesn't know stays unknown; what the dictionary has no more is left out."""
    text = (packs_root() / "facts.yaml").read_text(encoding="utf-8")
    own = "facts:\n  night_market:\n    label: 夜市摊点\n    type: bool\n"
    rows = "tables:\n  lamps:\n    label: 灯\n    columns:\n      lit_on: {label: 亮灯日期, type: date}\n"
    changed = text.replace("facts:\n", own, 1).replace("tables:\n", rows, 1)
    start, end = changed.index("  projects:\n"), changed.index("parameter_tables:")
    dictionary = FactDictionary.from_text(changed[:start] + changed[end:])
    write_district(tmp_path / "own", dictionary, count=12, seed=3)
    register = read_register(tmp_path / "own", dictionary)
    assert not register.has_errors
    assert len(register.enterprises) == 12
    assert set(register.enterprises.column("night_market")) == {None}
    assert "projects" not in register.tables
