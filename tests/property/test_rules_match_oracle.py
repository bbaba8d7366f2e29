"""``babashi match`` against the items coded by hand, on random registers with nulls and absent files."""

from __future__ import annotations

import csv
import datetime as dt
import importlib.util
import io
import json
import random
import re
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from babashi.cli import main
from babashi.register_io import RegisterLayout, read_register
from babashi.register_io.layout import normal_name
from babashi.rules import FactDictionary, load_pack, packs_root
from babashi.rules.commands.match import Job

_SPEC = importlib.util.spec_from_file_location("rules_oracle", Path(__file__).with_name("rules_oracle.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
oracle = importlib.util.module_from_spec(_SPEC)
sys.modules["rules_oracle"] = oracle
_SPEC.loader.exec_module(oracle)


def often(usual: list[str], rare: list[str]) -> st.SearchStrategy[str]:
    """Mostly what leads on to the next condition; sometimes unknown, sometimes something else."""
    return st.sampled_from(usual * 12 + rare + [""])


MONEY = st.one_of(
    st.sampled_from(
        ["", "0", "100.05", "499999.99", "500000", "500000.01", "5000000", "36000000", "12345678.9"]
    ),
    st.decimals(min_value=0, max_value=200_000_000, places=2).map(str),
)
BIG_MONEY = st.one_of(
    st.sampled_from(
        ["", "0", "9999999.99", "10000000", "10000000.01", "19999999.99", "20000000", "20000000.01"]
    ),
    st.decimals(min_value=0, max_value=40_000_000, places=2).map(str),
)
DAYS = st.one_of(
    st.sampled_from(
        [
            "",
            "2020-04-19",
            "2020-04-20",
            "2021-12-19",
            "2021-12-20",
            "2021-12-31",
            "2022-01-01",
            "2022-01-19",
            "2022-01-20",
            "2022-08-21",
            "2022-08-22",
            "2022-12-31",
            "2023-01-01",
            "2023-01-02",
        ]
    ),
    st.dates(dt.date(2019, 1, 1), dt.date(2024, 12, 31)).map(str),
)
YES_NO = st.sampled_from(["是", "是", "否", "否", ""])


CODES = {
    "food_activities": ["生产", "销售", "餐饮"],
    "key_industry": ["生物医药", "商贸物流", "高端装备制造", "数智经济", "生态创新"],
}


def several(codes: list[str]) -> st.SearchStrategy[str]:
    """Unknown, none, or some of the codes."""
    some = st.lists(st.sampled_from(codes), min_size=1, unique=True).map("|".join)
    return st.one_of(st.sampled_from(["", "无"]), some)


AT_THE_AVERAGE = [("400000000", "8000000"), ("8000000", "8000"), ("3", "1"), ("10000000", "9999999.99")]
"""Revenue and expense whose quotient is one of the averages below, or just is not."""


def near_the_average(row: dict[str, str], pair: tuple[str, str] | None, fen: int) -> dict[str, str]:
    """The enterprise on the boundary of its industry's intensity, or a fen beside it."""
    if pair is None:
        return row
    spent = Decimal(pair[1]) + Decimal(fen) / 100
    return {**row, "operating_revenue_2021": pair[0], "rd_expense_2021": str(spent)}


ENTERPRISE = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["甲公司", "=1+1", ""]),
        "kind": often(["企业"], ["园区", "个体工商户", "其他"]),
        "district": often(["500113"], ["500112"]),
        "industry_code": often(["3612", "13", "431"], ["05", "0610", "1200", "4400", "4610", "47", "5110"]),
        "employees_2021": st.sampled_from(["", "0", "280", "299", "300", "301", "1000"]),
        "operating_revenue_2021": BIG_MONEY,
        "first_above_scale_year": often(["2021"], ["2020", "2022", "无"]),
        "rd_expense_2020": BIG_MONEY,
        "rd_expense_2021": BIG_MONEY,
        "strategic_emerging": YES_NO,
        "green_industry": YES_NO,
        "pollution_carbon_reduction": YES_NO,
        "interest_subsidy_other_category": YES_NO,
        "food_activities": several(CODES["food_activities"]),
        "key_industry": several(CODES["key_industry"]),
    }
)
CERTIFICATE = st.fixed_dictionaries(
    {
        "kind": st.sampled_from([*sorted(oracle.GREEN_TITLES), "专精特新", "其他", ""]),
        "level": st.sampled_from(["国家级", "市级", "区级", ""]),
        "issued_on": st.sampled_from(["", "2021-05-01"]),
    }
)
LOAN = st.fixed_dictionaries(
    {
        "purpose": often(["流动资金"], ["固定资产", "其他"]),
        "principal": MONEY,
        "starts_on": DAYS,
        "ends_on": DAYS,
        "annual_rate": st.sampled_from(["", "0.0435"]),
    }
)
PROJECT = st.fixed_dictionaries(
    {
        "category": st.sampled_from([*sorted(oracle.RETROFITS), "其他", ""]),
        "equipment_investment": MONEY,
        "completed_on": st.sampled_from(["", "2022-03-04"]),
    }
)
LOW_AVERAGES = [{"division": d, "year": "2021", "average": "0.001"} for d in ("13", "36", "43", "51")]
AVERAGES = st.just(LOW_AVERAGES) | st.lists(
    st.fixed_dictionaries(
        {
            "division": st.sampled_from(["13", "36", "43", "06", "51"]),
            "year": st.sampled_from(["2021", "2021", "2021", "2020"]),
            "average": st.sampled_from(["0.02", "0.02", "", "0", "0.5", "1", "0.333333333333", "0.001"]),
        }
    ),
    max_size=6,
    unique_by=lambda row: (row["division"], row["year"]),
)


def children(rows: st.SearchStrategy[dict[str, str]]) -> st.SearchStrategy[list[dict[str, str]]]:
    """The rows of one enterprise in a child table."""
    return st.lists(rows, max_size=3)


ENTITLED = {
    "kind": "企业", "district": "500113", "industry_code": "3612", "employees_2021": "299", "first_above_scale_year": "2021",
    "operating_revenue_2021": "400000000", "rd_expense_2021": "8000000", "rd_expense_2020": "6000000.01",
    "green_industry": "是",
}  # fmt: skip
SHORT_OF_LITTLE = st.builds(
    lambda row, few: {**row, **ENTITLED, **few},
    ENTERPRISE,
    st.sampled_from([{}, {}, {}, {"green_industry": ""}, {"employees_2021": ""}, {"industry_code": ""}]),
)
"""Most conditions met, so that the amounts are computed."""

SUBJECT = st.fixed_dictionaries(
    {
        "row": SHORT_OF_LITTLE
        | st.builds(
            near_the_average,
            ENTERPRISE,
            st.sampled_from([None, None, None, *AT_THE_AVERAGE]),
            st.sampled_from([-1, 0, 1]),
        ),
        "certificates": children(CERTIFICATE).map(
            lambda rows: [dict(pair) for pair in dict.fromkeys(tuple(row.items()) for row in rows)]
        ),
        "loans": children(LOAN),
        "projects": children(PROJECT),
    }
)
REGISTER = st.fixed_dictionaries(
    {
        "subjects": st.lists(SUBJECT, min_size=1, max_size=6),
        "absent": st.just(set())
        | st.sets(st.sampled_from(["certificates", "loans", "projects", "averages"]), max_size=4),
        "averages": AVERAGES,
        "unknown_columns": st.sets(
            st.sampled_from(["employees_2021", "kind", "rd_expense_2020", "operating_revenue_2021"]),
            max_size=1,
        ),
        "unknown_cells": st.sets(
            st.sampled_from(
                ["loans.principal", "loans.ends_on", "projects.equipment_investment", "certificates.level"]
            ),
            max_size=1,
        ),
        "as_of": st.sampled_from(
            ["2022-09-01", "2022-12-31", "2023-01-01", "2023-06-30", "2023-07-01", "2024-01-01"]
        ),
    }
)
USCC = [
    "91350100M000100Y43",
    "11500113009307164P",
    "11500000009276281J",
    "11500112450535053D",
    "11500222009311999A",
]
USCC.append("91500113MA5UAAAA0X")


def write_csv(path: Path, rows: list[dict[str, str]], header: list[str]) -> None:
    """A file of the exchange format."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, header)
        writer.writeheader()
        writer.writerows(rows)


def write_register(folder: Path, data: dict) -> list:
    """Write the files; give back the enterprises as the oracle sees them."""
    absent, enterprises = data["absent"], []
    tables: dict[str, list[dict[str, str]]] = {"certificates": [], "loans": [], "projects": []}
    for uscc, subject in zip(USCC, data["subjects"], strict=False):
        row = {**subject["row"], **dict.fromkeys(data["unknown_columns"], "")}
        enterprise = oracle.Enterprise(row={"uscc": uscc, **row})
        for table in tables:
            gone = [cell.partition(".")[2] for cell in data["unknown_cells"] if cell.startswith(f"{table}.")]
            rows = [{**child, **dict.fromkeys(gone, "")} for child in subject[table]]
            setattr(enterprise, table, None if table in absent else rows)
            key = {"loans": "loan_id", "projects": "project_id"}.get(table)
            for number, child in enumerate(rows):
                tables[table].append({"uscc": uscc, **({key: f"N{number}"} if key else {}), **child})
        enterprise.averages = None if "averages" in absent else data["averages"]
        enterprises.append(enterprise)
    columns = [c for c in ["uscc", *data["subjects"][0]["row"]] if c not in data["unknown_columns"]]
    rows = [{column: e.row[column] for column in columns} for e in enterprises]
    write_csv(folder / "enterprises.csv", rows, columns)
    headers = {
        "certificates": ["uscc", "kind", "level", "issued_on"],
        "loans": ["uscc", "loan_id", "purpose", "principal", "starts_on", "ends_on", "annual_rate"],
        "projects": ["uscc", "project_id", "category", "equipment_investment", "completed_on"],
    }
    for table, header in headers.items():
        if table not in absent:
            kept = [column for column in header if f"{table}.{column}" not in data["unknown_cells"]]
            write_csv(folder / f"{table}.csv", [{c: row[c] for c in kept} for row in tables[table]], kept)
    if "averages" not in absent:
        write_csv(folder / "rd_intensity_average.csv", data["averages"], ["division", "year", "average"])
    return enterprises


class _Captured(io.TextIOWrapper):
    """Standard output that keeps its bytes."""


def run_match(folder: Path, as_of: str, monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """The command itself, in this process; its lines."""
    out = _Captured(io.BytesIO(), encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", out)
        patched.setattr(sys, "stderr", io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))
        arguments = ["match", str(folder), "--pack", "banan-2022-63", "--as-of", as_of, "--format", "jsonl"]
        assert main(arguments) == 0
    return [json.loads(line) for line in out.buffer.getvalue().decode().splitlines()]


DICTIONARY = FactDictionary.load()
PACK = load_pack(packs_root() / "banan" / "2022-63", DICTIONARY)
SETTINGS = settings(
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)


@settings(SETTINGS, max_examples=12)
@given(data=REGISTER)
def test_the_command_agrees_with_the_measures_as_written(data: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory() as name:
        enterprises = write_register(Path(name), data)
        compare(run_match(Path(name), data["as_of"], monkeypatch), enterprises, data["as_of"])


@settings(SETTINGS, max_examples=250)
@given(data=REGISTER)
def test_the_engine_agrees_with_the_measures_as_written(data: dict) -> None:
    with tempfile.TemporaryDirectory() as name:
        enterprises = write_register(Path(name), data)
        register = read_register(Path(name), DICTIONARY)
    assert not register.has_errors, register.problems
    matches = Job(register, [PACK], dt.date.fromisoformat(data["as_of"])).matches()
    lines = [{"uscc": match.uscc, **match.result.to_line()} for match in matches]
    compare(lines, enterprises, data["as_of"])


def compare(lines: list[dict], enterprises: list, day: str) -> None:
    """Every line says what the oracle says."""
    assert len(lines) == len(enterprises) * len(oracle.ITEMS)
    found = {(line["uscc"], line["item"]): line for line in lines}
    as_of = dt.date.fromisoformat(day)
    for enterprise in enterprises:
        for item, judge in oracle.ITEMS.items():
            answer, line = judge(enterprise, as_of), found[enterprise.row["uscc"], f"banan-2022-63/{item}"]
            event(f"{item} {answer.verdict}{' priced' if answer.amount_max else ''}")
            assert len(set(line["missing"])) == len(line["missing"])
            expected = {
                "verdict": answer.verdict,
                "amount_min": answer.amount_min,
                "amount_max": answer.amount_max,
                "failed": sorted(answer.failed),
                "missing": sorted(answer.missing),
                "closed": answer.closed,
            }
            got = {**line, "failed": sorted(line["failed"]), "missing": sorted(line["missing"])}
            assert {key: got[key] for key in expected} == expected, (item, enterprise)
            assert list(line) == [
                "uscc", "item", "verdict", "amount_min", "amount_max", "failed", "missing", "closed"
            ]  # fmt: skip


SPELLINGS = {
    "是": ["是", "true", "TRUE", "1"],
    "否": ["否", "false", "False", "0"],
    "2021": ["2021", "2021年", "２０２１"],
}


def spelled(column: str, text: str, chance: random.Random) -> str:
    """A cell as some clerk writes it."""
    if text in SPELLINGS:
        text = chance.choice(SPELLINGS[text])
    elif re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        day = dt.date.fromisoformat(text)
        year, month, number = day.year, day.month, day.day
        text = chance.choice(
            [
                text,
                f"{year}/{month}/{number}",
                f"{year}年{month}月{number}日",
                f"{day:%Y%m%d}",
                f"{text} 00:00:00",
            ]
        )
    elif column in ("principal", "equipment_investment") or column.startswith(("rd_exp", "operating")):
        money = Decimal(text) if text else None
        texts = [text, f"{money:,}元", f"¥{money}", f"{money}".translate(FULL_WIDTH)] if text else [text]
        text = chance.choice(texts)
    elif column == "average" and text:
        text = chance.choice([text, f"{Decimal(text) * 100:f}%"])
    elif column in ("district", "industry_code", "employees_2021"):
        text = chance.choice([text, text.translate(FULL_WIDTH)])
    return chance.choice(["", " ", "\u3000", "\t"]) + text + chance.choice(["", " "])


FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def spell_again(folder: Path, chance: random.Random) -> None:
    """The same register in another hand: labels, order of columns, cells, line ends, encoding, empty lines."""
    labels = {
        name: {column.id: column.label for column in table.columns}
        for name, table in RegisterLayout.of(DICTIONARY).by_name.items()
    }
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        with path.open(encoding="utf-8", newline="") as stream:
            columns = next(csv.reader(stream))
        order = chance.sample(columns, len(columns))
        names = labels[normal_name(path.stem)]
        lines = [
            [chance.choice([column, f" {names[column]} ".replace("20", "\u300020")]) for column in order]
        ]
        lines += [[spelled(column, row[column], chance) for column in order] for row in rows]
        text = io.StringIO()
        quoting = chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
        csv.writer(text, lineterminator=chance.choice(["\n", "\r\n"]), quoting=quoting).writerows(lines)
        text.write(chance.choice(["", "\n\n", "," * (len(columns) - 1) + "\r\n"]))
        path.write_bytes(text.getvalue().encode(chance.choice(["utf-8", "utf-8-sig", "gb18030"])))


@settings(SETTINGS, max_examples=60)
@given(data=REGISTER, chance=st.randoms(use_true_random=False))
def test_another_hand_gets_the_same_answers(data: dict, chance: random.Random) -> None:
    with tempfile.TemporaryDirectory() as name:
        enterprises = write_register(Path(name), data)
        spell_again(Path(name), chance)
        register = read_register(Path(name), DICTIONARY)
    assert not register.has_errors, register.problems
    matches = Job(register, [PACK], dt.date.fromisoformat(data["as_of"])).matches()
    compare([{"uscc": m.uscc, **m.result.to_line()} for m in matches], enterprises, data["as_of"])
