"""The formats of ``babashi match``: JSON Lines, CSV, XLSX and a readable summary."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO, Any, Final

from babashi.rules.chinese import ceiling_text, date_text, money_text
from babashi.rules.facts import FactDictionary
from babashi.rules.money import format_yuan
from babashi.rules.pack import Item, nodes
from babashi.rules.results import Result

VERDICT_WORDS: Final = {"eligible": "可享", "ineligible": "不符合", "unknown": "缺资料"}
KEYS: Final = ("uscc", "item", "verdict", "amount_min", "amount_max", "failed", "missing", "closed")
SHEET_ROWS: Final = 1_048_576
"""Rows that a sheet of a workbook can hold."""
_SHEET_COLUMNS: Final = (
    ("统一社会信用代码", 21), ("名称", 30), ("事项", 32), ("事项名称", 26), ("结论", 9), ("保底金额（元）", 15),
    ("最高可得（元）", 15), ("未满足的条件", 36), ("缺少的资料", 36), ("已截止", 8), ("判断日期", 12),
)  # fmt: skip
ROOMY: Final = 108
"""Columns of a terminal from which on the summary is a table."""
DETAILED: Final = 12
"""Up to so many enterprises the summary lists each one."""


@dataclass(frozen=True, slots=True)
class Match:
    """One line of output."""

    uscc: str
    name: str
    item: Item
    result: Result


Writer = Callable[[Iterator[Match], IO[bytes], FactDictionary, dt.date], None]


def writer_of(name: str) -> Writer:
    """The writer of a format."""
    return {"jsonl": write_jsonl, "csv": write_csv, "xlsx": write_xlsx, "table": write_table}[name]


def write_jsonl(
    matches: Iterator[Match], stream: IO[bytes], dictionary: FactDictionary, as_of: dt.date
) -> None:
    """One object per (enterprise, item) with the keys of the exchange format in their order."""
    for match in matches:
        line = {"uscc": match.uscc, **match.result.to_line()}
        stream.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")


def write_csv(
    matches: Iterator[Match], stream: IO[bytes], dictionary: FactDictionary, as_of: dt.date
) -> None:
    """The same keys as columns; lists are joined by ``|``, unknown amounts are empty."""
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(KEYS)
    for match in matches:
        line: dict[str, Any] = {"uscc": inert(match.uscc), **match.result.to_line()}
        line["failed"], line["missing"] = "|".join(line["failed"]), "|".join(line["missing"])
        line["closed"] = "true" if line["closed"] else "false"
        writer.writerow(["" if line[key] is None else line[key] for key in KEYS])
    text.detach()


def inert(text: str) -> str:
    """A text that a spreadsheet would run as a formula gets an apostrophe in front."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def write_xlsx(
    matches: Iterator[Match], stream: IO[bytes], dictionary: FactDictionary, as_of: dt.date
) -> None:
    """A workbook for people: Chinese headings, amounts as numbers, reasons in words.

    Rows that no longer fit on a sheet go on to the next one.
    """
    from xlsxwriter import Workbook

    buffer = io.BytesIO()
    workbook = Workbook(
        buffer, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    money = workbook.add_format({"num_format": "#,##0.00"})
    sheet, row = _new_sheet(workbook), 0
    for match in matches:
        if row == SHEET_ROWS - 1:
            sheet.autofilter(0, 0, row, len(_SHEET_COLUMNS) - 1)
            sheet, row = _new_sheet(workbook), 0
        row += 1
        for column, value in enumerate(_sheet_cells(match, dictionary, as_of)):
            if isinstance(value, str):
                sheet.write_string(row, column, value)
            elif value is not None:
                sheet.write_number(row, column, value, money)
    sheet.autofilter(0, 0, row, len(_SHEET_COLUMNS) - 1)
    workbook.close()
    stream.write(buffer.getvalue())


def _new_sheet(workbook: Any) -> Any:
    """A further sheet with its headings."""
    number = len(workbook.worksheets()) + 1
    sheet = workbook.add_worksheet("匹配结果" if number == 1 else f"匹配结果 {number}")
    sheet.freeze_panes(1, 0)
    heading = workbook.add_format({"bold": True})
    for column, (title, width) in enumerate(_SHEET_COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, heading)
    return sheet


def _sheet_cells(match: Match, dictionary: FactDictionary, as_of: dt.date) -> Iterator[str | Decimal | None]:
    """One line of the workbook: texts as texts (codes keep their zeros), amounts as numbers."""
    result = match.result
    yield match.uscc
    yield match.name
    yield result.item
    yield match.item.short_title
    yield VERDICT_WORDS[result.verdict]
    yield result.amount_min
    yield result.amount_max
    yield "；".join(failed_names(match.item, result))
    yield "；".join(dictionary.missing_label(ref) for ref in result.missing)
    yield "是" if result.closed else "否"
    yield as_of.isoformat()


def failed_names(item: Item, result: Result) -> list[str]:
    """Names of the clauses that are not met."""
    names = {node.id: node.name or node.id for node in nodes(item.eligible)}
    return [names.get(clause, clause) for clause in result.failed]


@dataclass
class _Tally:
    item: Item
    verdicts: Counter[str] = field(default_factory=Counter)
    ceiling: Decimal = Decimal(0)
    unpriced: int = 0
    missing: Counter[str] = field(default_factory=Counter)

    def add(self, result: Result) -> None:
        self.verdicts[result.verdict] += 1
        self.missing.update(result.missing)
        if result.verdict == "eligible" and result.amount_max is not None:
            self.ceiling += result.amount_max
        elif result.verdict == "eligible" and self.item.benefit.ceiling is not None:
            self.unpriced += 1

    def amount_words(self) -> list[str]:
        """The sum of the ceilings, and how many of them nobody knows."""
        if self.item.benefit.ceiling is None:
            return ["—"]
        words = [f"{self.ceiling:,.2f} 元"]
        return [*words, f"另有 {self.unpriced} 家金额未知"] if self.unpriced else words

    def missing_words(self, dictionary: FactDictionary) -> list[str]:
        """What is missing most often."""
        return [
            f"{dictionary.missing_label(ref)}（{count} 家）" for ref, count in self.missing.most_common(3)
        ]


def write_table(
    matches: Iterator[Match], stream: IO[bytes], dictionary: FactDictionary, as_of: dt.date
) -> None:
    """A summary to read: per item how many may have it and what it may cost; few enterprises one by one."""
    from rich.console import Console

    tallies: dict[str, _Tally] = {}
    details: dict[str, list[Match]] = {}
    enterprises = 0
    last = None
    for match in matches:
        tallies.setdefault(match.item.full_id, _Tally(match.item)).add(match.result)
        if match.uscc != last:
            enterprises, last = enterprises + 1, match.uscc
        if enterprises <= DETAILED:
            details.setdefault(match.uscc, []).append(match)
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="\n", write_through=True)
    to_screen = sys.stdout.isatty() and stream is sys.stdout.buffer
    console = Console(file=text, width=None if to_screen else 120, force_terminal=to_screen, highlight=False)
    console.print(f"{enterprises} 家企业，{len(tallies)} 个事项，判断日期 {date_text(as_of)}", soft_wrap=True)
    print_tallies = _print_tallies if console.width >= ROOMY else _print_narrow
    print_tallies(console, tallies, dictionary)
    if enterprises <= DETAILED:
        for uscc, rows in details.items():
            _print_enterprise(console, uscc, rows, dictionary)
    else:
        console.print(
            f"[dim]企业多于 {DETAILED} 家，逐家结果请用 --format jsonl、csv 或 xlsx[/dim]", soft_wrap=True
        )
    text.detach()


def _print_tallies(console: Any, tallies: dict[str, _Tally], dictionary: FactDictionary) -> None:
    from rich.table import Table

    table = Table(title_justify="left")
    table.add_column("事项", no_wrap=True)
    for title in ("可享", "不符合", "缺资料", "最高可得合计"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("最缺的资料", overflow="fold")
    for full_id, tally in tallies.items():
        counts = [str(tally.verdicts[verdict]) for verdict in VERDICT_WORDS]
        amount, missing = "\n".join(tally.amount_words()), "\n".join(tally.missing_words(dictionary))
        table.add_row(f"{tally.item.short_title}\n[dim]{full_id}[/dim]", *counts, amount, missing)
    console.print(table)


def _print_narrow(console: Any, tallies: dict[str, _Tally], dictionary: FactDictionary) -> None:
    """Where a table would cut its figures short: a few lines an item, broken by the terminal."""
    for full_id, tally in tallies.items():
        counts = "　".join(f"{word} {tally.verdicts[verdict]}" for verdict, word in VERDICT_WORDS.items())
        lines = [f"\n[bold]{tally.item.short_title}[/bold]　[dim]{full_id}[/dim]", f"  {counts}"]
        if tally.item.benefit.ceiling is not None:
            lines.append(f"  最高可得合计：{'，'.join(tally.amount_words())}")
        if tally.missing:
            lines.append(f"  最缺的资料：{'、'.join(tally.missing_words(dictionary))}")
        for line in lines:
            console.print(line, soft_wrap=True)


def _print_enterprise(console: Any, uscc: str, rows: list[Match], dictionary: FactDictionary) -> None:
    from rich.markup import escape

    console.print(f"\n[bold]{escape(rows[0].name or '（没有名称）')}[/bold]　{escape(uscc)}", soft_wrap=True)
    for match in rows:
        result = match.result
        mark = {"eligible": "[green]✓[/green]", "ineligible": "[red]✗[/red]", "unknown": "[yellow]?[/yellow]"}
        reason = _reason(match, dictionary)
        closed = "　[dim]（已截止）[/dim]" if result.closed else ""
        line = f"  {mark[result.verdict]} {match.item.short_title}　{escape(reason)}{closed}"
        console.print(line, soft_wrap=True)


def _reason(match: Match, dictionary: FactDictionary) -> str:
    result = match.result
    missing = "、".join(dictionary.missing_label(ref) for ref in result.missing)
    if result.verdict == "ineligible":
        return f"未满足：{'、'.join(failed_names(match.item, result))}"
    if result.verdict == "unknown":
        return f"缺：{missing}"
    if missing:
        return f"可享，金额未知，缺：{missing}"
    return f"可享，{amount_words(result)}"


def amount_words(result: Result) -> str:
    """The amounts of an eligible result in one phrase."""
    low, high = result.amount_min, result.amount_max
    if high is None:
        return "不涉及金额" if low is None else f"至少{money_text(low)}"
    if low == high:
        return money_text(high)
    if low is not None:
        return f"{money_text(low)}至{money_text(high)}"
    return f"{ceiling_text(high)}（{format_yuan(high)} 元）"
